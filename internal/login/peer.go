package login

import (
	"strings"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// ownPlugin is what our API is called in the access restrictions of peers: its
// permissions begin with it.
const ownPlugin = "access-tokens"

// peerPrincipal gives the principal of a peer. It holds what the policy binds to
// its subject, as far as its access restrictions reach.
func peerPrincipal(v *verify.Verified) (token.Principal, error) {
	ref := string(v.Subject())
	if strings.HasPrefix(ref, "user:") {
		// A plugin that acts for a user is neither the user nor a service here
		// (row E-05).
		return token.Principal{}, token.ErrWrongKind
	}
	who := token.Principal{
		Type: token.PrincipalService, Ref: ref, Kind: token.KindPeer, Peer: v.Name(),
		FromToken: true, ExpiresAt: v.ExpiresAt(),
	}
	if limits := v.Restrictions(); len(limits) > 0 {
		who.Permissions = []string{}
		for _, permission := range policy.Permissions() {
			if limits.Check(ownPlugin, string(permission), permission.Action()) == nil {
				who.Permissions = append(who.Permissions, string(permission))
			}
		}
	}
	return who, nil
}
