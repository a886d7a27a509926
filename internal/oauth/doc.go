// Package oauth has the words of OAuth: errors, PKCE, redirect URIs, scopes
// and client metadata. It is pure: it reads no clock, no store and no network,
// and every parser of it takes what strangers send.
//
// What is served is OAuth 2.1: authorization code with PKCE (S256), and
// refresh. There is no implicit grant and no grant of passwords (RFC 9700
// section 2), so there are no words for them.
package oauth
