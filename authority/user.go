package authority

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/token"
)

// maxUserTokenName is in characters (code points).
const maxUserTokenName = 100

func userContract() contract {
	return contract{
		check:     (*Authority).checkUser,
		nameTaken: "A token with this name already exists for the user",
		quota:     "The user already has %d usable tokens",
		nameKey:   foldName,
		hint:      func(raw, prefix string) string { return raw[:len(prefix)+len("_")+4] },
	}
}

// checkUser applies the rules of a token that an administrator assigns to a
// person. Its scopes are called permissions there.
func (a *Authority) checkUser(ctx context.Context, ask asked) (token.Grant, error) {
	owner, err := a.checkPerson(ctx, ask.Owner)
	if err != nil {
		return token.Grant{}, err
	}
	name := strings.TrimSpace(ask.Name)
	if n := utf8.RuneCountInString(name); foldName(name) == "" || n > maxUserTokenName || !token.ValidText(name) || strings.ContainsAny(name, "\t\r\n") {
		return token.Grant{}, token.Invalid(fmt.Sprintf("name must be 1-%d characters", maxUserTokenName))
	}
	if err := checkPermissions(ask); err != nil {
		return token.Grant{}, err
	}
	expiresAt, err := resolveExpiry(ask.rules, ask.Expiry, ask.now)
	if err != nil {
		return token.Grant{}, err
	}
	return token.Grant{
		Kind: ask.Kind, Name: name, Owner: owner, Subject: token.Subject(owner),
		Scopes: ask.rules.inOrder(ask.Scopes), ExpiresAt: expiresAt,
	}, nil
}

func checkPermissions(ask asked) error {
	switch {
	case len(ask.Scopes) == 0:
		return token.Invalid("At least one permission is required")
	case !ask.rules.offers(ask.Scopes):
		return token.Invalid("All permissions must exist in the allow-list")
	case len(token.Scopes(ask.Scopes).Unique()) != len(ask.Scopes):
		return token.Invalid("permissions must not repeat")
	}
	return nil
}

// inOrder gives scopes in the order of the catalogue.
func (k KindRules) inOrder(scopes []string) token.Scopes {
	out := make(token.Scopes, 0, len(scopes))
	for _, s := range k.Catalogue {
		if slices.Contains(scopes, s.ID) {
			out = append(out, s.ID)
		}
	}
	return out
}

// checkPerson gives the canonical ref of somebody who exists and is enabled.
func (a *Authority) checkPerson(ctx context.Context, user string) (string, error) {
	if user == "" {
		return "", token.Invalid("user is required")
	}
	errNoUser := token.Invalid("user not found")
	ref, ok := token.ParseUserRef(user)
	if !ok {
		return "", errNoUser
	}
	active, err := a.opts.Directory.UserActive(ctx, ref)
	switch {
	case err != nil:
		return "", token.Unavailable(err)
	case !active:
		return "", errNoUser
	}
	return ref, nil
}
