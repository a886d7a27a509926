package login

import (
	"context"
	"slices"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Verifier verifies bearer credentials. *verify.Verifier does.
type Verifier interface {
	Verify(ctx context.Context, bearer string, want verify.Expect) (*verify.Verified, error)
}

// Bearer authenticates bearer credentials.
type Bearer struct {
	// Verifier asks Subject of each credential that acts as a person: for every
	// surface at once, so that none can leave it out. Authenticate does not ask
	// again.
	Verifier  Verifier
	Directory Directory
}

// Authenticate gives who presents a bearer credential.
//
// Access JWTs act as their user, and service tokens and peers as themselves.
// Any other kind is token.ErrWrongKind: those tokens speak to the surfaces of
// their own kind, not to an API that administers tokens. So does a plugin that
// acts for a user. Further errors are those of verify.Verifier,
// token.ErrUnknown and token.ErrDisabled.
func (b Bearer) Authenticate(ctx context.Context, bearer string) (token.Principal, error) {
	verified, err := b.Verifier.Verify(ctx, bearer, verify.Expect{
		Kinds: []token.Kind{token.KindAccess, token.KindService, token.KindPeer},
		// The permission of the route is what a restricted peer is judged by.
		Describe: true,
	})
	if err != nil {
		return token.Principal{}, err
	}
	if verified.Subject() == "" {
		return token.Principal{}, token.ErrUnknown
	}
	switch verified.Kind() {
	case token.KindPeer:
		return peerPrincipal(verified)
	case token.KindService:
		return token.Principal{
			Type: token.PrincipalService, Ref: string(verified.Subject()),
			TokenID: verified.TokenID(), FromToken: true, ExpiresAt: verified.ExpiresAt(), Former: verified.Former(),
		}, nil
	}
	return b.person(ctx, verified)
}

// person gives the principal of an access JWT.
func (b Bearer) person(ctx context.Context, v *verify.Verified) (token.Principal, error) {
	who, err := b.withGroups(ctx, string(v.Subject()))
	if err != nil {
		return token.Principal{}, err
	}
	who.TokenID, who.ExpiresAt = v.TokenID(), v.ExpiresAt()
	// A JWT with a session came out of a long-lived token (row E-03). One that
	// was narrowed to some scopes is less than the person, who alone may make
	// tokens and administer.
	who.FromToken = v.Session() != "" || v.Narrowed()
	if v.Narrowed() {
		who.Permissions = named(v.Scopes())
	}
	return who, nil
}

// named gives the permissions that scopes name; empty, and not nil, for none.
// Whoever let a client read the catalog did not let it see or end tokens.
func named(scopes token.Scopes) []string {
	permissions := []string{}
	for _, p := range slices.Concat(policy.Permissions(), policy.OwnPermissions()) {
		if slices.Contains(scopes, string(p)) {
			permissions = append(permissions, string(p))
		}
	}
	return permissions
}

// Person gives the principal of somebody who may act now; ref as Subject wants
// it.
func (b Bearer) Person(ctx context.Context, ref string) (token.Principal, error) {
	if err := b.mayAct(ctx, ref); err != nil {
		return token.Principal{}, err
	}
	return b.withGroups(ctx, ref)
}

// withGroups gives the principal of somebody who was found to be able to act.
func (b Bearer) withGroups(ctx context.Context, ref string) (token.Principal, error) {
	groups, err := b.Directory.GroupsOf(ctx, ref)
	if err != nil {
		return token.Principal{}, token.Unavailable(err)
	}
	return token.Principal{Type: token.PrincipalUser, Ref: ref, Groups: groups}, nil
}

// Subject reports whether the person that a credential acts as may still act.
// It is asked on every verification of one (row C-12), by every surface.
//
// The subject must be a user in the one canonical spelling: a second spelling
// would be a second person to policy and quota, and a directory elsewhere must
// not be asked for whatever a foreign issuer wrote.
func (b Bearer) Subject(ctx context.Context, v verify.Verified) error {
	return b.mayAct(ctx, string(v.Subject()))
}

func (b Bearer) mayAct(ctx context.Context, ref string) error {
	if canonical, ok := token.ParseUserRef(ref); !ok || canonical != ref {
		return token.ErrUnknown
	}
	return checkActive(ctx, b.Directory, ref)
}
