// Package peer makes and verifies the tokens that one service shows another.
//
// Two deployments that share a secret can prove to each other who is calling,
// without a server between them and without a look-up: a token is signed with
// the secret and good for an hour. That is what [TokenManager] does.
//
//	manager, err := peer.New(peer.Options{Keys: []peer.Key{
//		{Caller: peer.Caller{Name: "catalog"}, Secret: own},
//		{Caller: peer.Caller{Name: "search", Scopes: token.Scopes{"catalog:read"}}, Secret: theirs},
//	}})
//	...
//	raw, err := manager.GetToken(ctx)                // to call somebody
//	caller, err := manager.Authenticate(ctx, bearer) // when somebody calls
//
// # Who trusts whom
//
// The first key signs, all keys verify. Trust is a matter of who lists whose
// key, and needs no symmetry: when catalog lists its own key and that of search,
// while search lists its own alone, search may call catalog and catalog may not
// call search. A caller is named after the key that verified its token. What a
// token says about its caller is not looked at: all of them say the same.
//
// # What a token looks like
//
// A compact JWS (RFC 7515) with HMAC-SHA-256. The header is {"alg":"HS256"},
// the payload {"sub":"backstage-server","exp":<seconds>}, so any language that
// has HMAC can make one. It is the token of ServerTokenManager in Backstage,
// byte for byte, and the two understand each other.
//
// # What is strict
//
// The order is length, shape, algorithm, signature, and only then the claims,
// so that a refusal tells nothing to somebody without a key. A token has one
// spelling: canonical base64url, JSON without repeated names. exp is required,
// in whole seconds, and no further ahead than the caller may ask for. Secrets
// have 32 bytes, or are admitted by name while they are replaced; an empty one
// never is, and no two are the same.
//
// # Callers without a shared secret
//
// [Static] is a fixed text, for callers that cannot sign. [JWKS] takes tokens
// that another issuer signs, such as the workload identity of a build system.
// [Plugin] takes those of plugins with keys of their own, and the user for whom
// they act. Verifying shared secrets and fixed texts does no I/O at all; keys
// of others come from the source that the program hands over.
//
// # Plugins, and for whom they act
//
// [PluginTokens] makes the tokens of a plugin, with keys of its own that others
// read from it. A plugin acts for itself, for a user, or for the caller whose
// request it answers; what limits that caller goes on with the call, and gives
// the plugin nothing.
//
// # What a caller may do
//
// Nothing, unless it is written: [Caller] has scopes, [Restrictions] to some
// plugins, or is unrestricted by name. [Principal.Covers] answers for a scope,
// [Restrictions.Check] for a permission of a plugin, and
// [Restrictions.CheckDelegation] whether a call may be passed on.
package peer
