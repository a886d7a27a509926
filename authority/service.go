package authority

import (
	"context"
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// Limits of a service token's fields.
const (
	maxServiceName        = 100 // characters
	maxServiceDescription = 500 // UTF-16 code units
)

func serviceContract() contract {
	return contract{
		check:     (*Authority).checkService,
		nameTaken: "A token with this name already exists for the group",
		quota:     "The group already has %d usable tokens",
		hint:      func(raw, _ string) string { return token.Hint(raw) },
	}
}

// checkService applies the rules of a service token.
func (a *Authority) checkService(ctx context.Context, ask asked) (token.Grant, error) {
	if err := checkServiceFields(ask); err != nil {
		return token.Grant{}, err
	}
	expiresAt, err := resolveExpiry(ask.rules, ask.Expiry, ask.now)
	if err != nil {
		return token.Grant{}, err
	}
	owner, err := a.checkGroup(ctx, ask.Owner)
	if err != nil {
		return token.Grant{}, err
	}
	return token.Grant{
		Kind: ask.Kind, Name: ask.Name, Description: ask.Description,
		Owner: owner, Subject: token.ServiceSubject(owner, ask.Name),
		Scopes: token.Scopes(ask.Scopes).Unique(), ExpiresAt: expiresAt,
	}, nil
}

// checkServiceFields applies rules 1 to 5: name, description, scopes, owner
// given, catalogue.
func checkServiceFields(ask asked) error {
	switch {
	case !validServiceName(ask.Name):
		return token.Invalid("name must be 1-100 characters of lowercase letters, numbers, and hyphens")
	case ask.Description == "" || token.UTF16Length(ask.Description) > maxServiceDescription:
		return token.Invalid("description must be between 1 and 500 characters")
	case !token.ValidText(ask.Description):
		return token.Invalid("description contains characters that are not allowed")
	case len(ask.Scopes) == 0:
		return token.Invalid("At least one scope is required")
	case len(ask.Scopes) > token.MaxScopes:
		return token.Invalid("scopes must not exceed 100")
	case ask.Owner == "":
		return token.Invalid("groupEntityRef is required")
	case !ask.rules.offers(ask.Scopes):
		return token.Invalid("All scopes must exist in the allowed scope catalogue")
	}
	return nil
}

// offers reports whether every scope is in the catalogue.
func (k KindRules) offers(scopes []string) bool {
	return !slices.ContainsFunc(scopes, func(scope string) bool {
		return !slices.ContainsFunc(k.Catalogue, func(s Scope) bool { return s.ID == scope })
	})
}

// validServiceName: 1 to 100 of a-z, 0-9 and '-', the whole string.
func validServiceName(s string) bool {
	if s == "" || len(s) > maxServiceName {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// checkGroup applies rule 8. A directory that does not answer is unavailable,
// not "no such group".
func (a *Authority) checkGroup(ctx context.Context, owner string) (string, error) {
	const text = "groupEntityRef must reference an existing Group entity"
	ref, ok := token.ParseGroupRef(owner)
	if !ok {
		return "", token.Invalid(text)
	}
	exists, err := a.opts.Directory.HasGroup(ctx, ref)
	if err != nil {
		return "", token.Unavailable(err)
	}
	if !exists {
		return "", token.Invalid(text)
	}
	return ref, nil
}
