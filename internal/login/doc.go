// Package login turns what a caller presents into a [token.Principal]: who is
// acting now.
//
// # Ways in
//
// A bearer credential is verified by package verify, and then the person or
// service behind it is looked up ([Bearer]). What a credential says about its
// holder is not enough: a user must exist and be enabled in the directory at
// the moment of use, and groups are those of this moment, never those that a
// token carries (rows C-12 and E-04).
//
// A peer, which is another service with a token of its own, is a service here: it
// holds what the policy binds to its subject, as far as its access restrictions
// reach, and speaks for nobody else.
//
// A one-time link is how the first administrator comes in, and anybody else
// while there is no other sign-in. It is redeemed on a page ([Page]) that works
// without scripts. Opening the page does nothing: mail scanners and previews open
// links too. Only the button redeems it, once.
//
// At an OpenID provider people sign in with the account that they have there
// ([OIDC]). State, nonce and PKCE verifier all follow from a secret that only
// the browser has which began: nobody else's browser can finish the sign-in, any
// node can, and beginning one keeps nothing here (rows F-07, F-08, F-21). The
// state is spent in the store, so that of any number of answers one goes on.
//
// # Login sessions
//
// Both of the latter begin a login session ([Sessions]): a new secret at each
// sign-in (row J-01), of which the store has the digest. Every use looks the
// session and its user up, so that an end counts at once on every node, and no
// role is ever remembered. The cookie is judged by the route guard, which also
// asks changes for proof that a page of ours sent them: see package web.
//
// What is begun before somebody signs in, such as an authorization, is bound to
// the browser by a cookie of its own ([Cookies]) that outlives the sign-in.
//
// # Access tokens
//
// Links, and the command line, hand out short-lived access JWTs
// ([AccessTokens]). They carry the user and nothing about what the user may do.
//
// # Foreign issuers
//
// [RemoteKeys] reads the published keys of an issuer that the operator named.
// It goes to the configured address alone: nothing in a token can make it
// fetch anything (row A-04).
package login
