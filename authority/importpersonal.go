package authority

import (
	"context"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// writeOf gives the permission by which tokens of a kind are imported. Personal
// ones are written by their owner alone, so whoever brings everybody's over
// must be an administrator.
func writeOf(rules KindRules) policy.Permission {
	if rules.Kind == token.KindPersonal {
		return policy.Admin
	}
	return rules.Write
}

// checkImportedSession checks how a personal token will be recognised: by its
// id, which is the first part of the raw token, and its hash.
func checkImportedSession(one *ImportToken) error {
	switch {
	case one.Digest != (token.Digest{}):
		return token.Invalid("personal tokens are imported by the scrypt hash of Backstage; give algorithm scrypt, and the hash as the digest")
	case one.ID == "":
		return token.Invalid("id is missing; for a personal token it is the first part of the raw token, up to the dot")
	case one.Scrypt.IsZero() && one.RevokedAt.IsZero():
		return token.Invalid("digest is missing; only a personal token that is revoked can do without")
	}
	one.Hint = one.ID[:personalHint]
	return nil
}

// checkImportedPersonal is checkPersonal for tokens of everybody, which exist
// already. What the owner has here is compared for all lines at once.
func (a *Authority) checkImportedPersonal(ctx context.Context, ask asked) (token.Grant, error) {
	owner, ok := token.ParseUserRef(ask.Owner)
	if !ok {
		return token.Grant{}, token.Invalid("owner must be a user ref such as user:default/alice")
	}
	switch active, err := a.opts.Directory.UserActive(ctx, owner); {
	case err != nil:
		return token.Grant{}, token.Unavailable(err)
	case !active:
		return token.Grant{}, token.Invalid("user not found")
	}
	name, err := checkPersonalName(ask.Name)
	if err != nil {
		return token.Grant{}, err
	}
	expiresAt, err := personalExpiry(ask.rules, ask.Expiry, ask.now)
	if err != nil {
		return token.Grant{}, err
	}
	if err := checkPersonalScopes(ask); err != nil {
		return token.Grant{}, err
	}
	return token.Grant{
		Kind: token.KindPersonal, Name: name, Owner: owner, Subject: token.Subject(owner),
		Scopes: token.Scopes(ask.Scopes).Unique(), ExpiresAt: expiresAt,
	}, nil
}
