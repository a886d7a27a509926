package authority

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const day = 24 * time.Hour

// Limits of fields, stated by the REST contract.
const (
	maxNameLength        = 100 // characters
	maxDescriptionLength = 500 // UTF-16 code units
	maxReasonLength      = 500 // UTF-16 code units
)

// check applies the field rules in the order of the contract; the first
// broken one decides. It gives the grant that was asked for.
func (a *Authority) check(ctx context.Context, rules KindRules, req Request, now time.Time) (token.Grant, error) {
	if err := checkFields(rules, req); err != nil {
		return token.Grant{}, err
	}
	expiresAt, err := resolveExpiry(rules, req.Expiry, now)
	if err != nil {
		return token.Grant{}, err
	}
	owner, err := a.checkOwner(ctx, req.Owner)
	if err != nil {
		return token.Grant{}, err
	}
	return token.Grant{
		Kind: req.Kind, Name: req.Name, Description: req.Description,
		Owner: owner, Subject: token.ServiceSubject(owner, req.Name),
		Scopes: token.Scopes(req.Scopes).Unique(), ExpiresAt: expiresAt,
	}, nil
}

// checkFields applies rules 1 to 5: name, description, scopes, owner given,
// catalogue.
func checkFields(rules KindRules, req Request) error {
	switch {
	case !validTokenName(req.Name):
		return token.Invalid("name must be 1-100 characters of lowercase letters, numbers, and hyphens")
	case req.Description == "" || token.UTF16Length(req.Description) > maxDescriptionLength:
		return token.Invalid("description must be between 1 and 500 characters")
	case !token.ValidText(req.Description):
		return token.Invalid("description contains characters that are not allowed")
	case len(req.Scopes) == 0:
		return token.Invalid("At least one scope is required")
	case len(req.Scopes) > token.MaxScopes:
		return token.Invalid("scopes must not exceed 100")
	case req.Owner == "":
		return token.Invalid("groupEntityRef is required")
	}
	for _, scope := range req.Scopes {
		if !slices.ContainsFunc(rules.Catalogue, func(s Scope) bool { return s.ID == scope }) {
			return token.Invalid("All scopes must exist in the allowed scope catalogue")
		}
	}
	return nil
}

// validTokenName: 1 to 100 of a-z, 0-9 and '-', the whole string.
func validTokenName(s string) bool {
	if s == "" || len(s) > maxNameLength {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// resolveExpiry applies rules 6 and 7.
func resolveExpiry(rules KindRules, wish Expiry, now time.Time) (time.Time, error) {
	maxDays := int64(rules.MaxLifetime / day)
	switch {
	case wish.Fault != nil:
		return time.Time{}, wish.Fault
	case wish.Days != 0:
		// Compared as a number of days: as a time.Duration, 106,752 days
		// would turn negative (trap T-08).
		if wish.Days > maxDays {
			return time.Time{}, token.Invalid(fmt.Sprintf("expiresInDays must not exceed the configured maximum of %d days", maxDays))
		}
		return now.Add(time.Duration(wish.Days) * day), nil
	case wish.At.IsZero():
		return now.Add(rules.DefaultLifetime), nil
	}
	at := wish.At.UTC().Truncate(time.Millisecond)
	if !at.After(now) {
		return time.Time{}, token.Invalid("expiresAt must be in the future")
	}
	if at.After(now.Add(rules.MaxLifetime)) {
		return time.Time{}, token.Invalid(fmt.Sprintf("expiresAt must not exceed the configured maximum of %d days", maxDays))
	}
	return at, nil
}

// checkOwner applies rule 8. A directory that does not answer is unavailable,
// not "no such group".
func (a *Authority) checkOwner(ctx context.Context, owner string) (string, error) {
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
