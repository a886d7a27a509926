// Package oauth is the authorization server: the endpoints below /api/auth, and
// the page on which people consent.
//
// The trip of one authorization (RFC 6749 section 4.1, OAuth 2.1):
//
//	GET  /api/auth/v1/authorize       a client asks; what it asks is kept, bound
//	                                  to the browser
//	GET  /oauth2/authorize/{id}       the person reads who asks for what
//	POST /oauth2/authorize/{id}       and says yes or no; a code goes back
//	POST /api/auth/v1/token           the client takes the code for a JWT, and
//	                                  for a refresh token if it asked for one
//	POST /api/auth/v1/token           and later the refresh token for another JWT
//
// The same answers can be given through /api/auth/v1/sessions, for pages with
// scripts.
//
// The package speaks the protocol and decides nothing: whether a code is good,
// what follows from its second use and when a refresh token ends is said by the
// authority, in one transaction each. What it does decide is what must never
// become a redirect: a person whose browser was sent here by a client that does
// not exist, or to an address that is not that client's, is shown a page and
// sent nowhere (RFC 9700 section 4.11, PER-17).
//
// Everything that is refused about a token or a code is refused in the same
// words, so that nobody learns from an answer whether it exists (PER-21).
package oauth
