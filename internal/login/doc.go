// Package login turns what a caller presents into a [token.Principal]: who is
// acting now.
//
// # Two ways in
//
// A bearer credential is verified by package verify, and then the person or
// service behind it is looked up ([Bearer]). What a credential says about its
// holder is not enough: a user must exist and be enabled in the directory at
// the moment of use, and groups are those of this moment, never those that a
// token carries (rows C-12 and E-04).
//
// A one-time link is how the first administrator comes in, and anybody else
// while there is no other sign-in. It is redeemed on a page without scripts
// ([Page]). Opening the page does nothing: mail scanners and previews open
// links too. Only the button redeems it, once.
//
// # Access tokens
//
// Both ways, and the command line, hand out short-lived access JWTs
// ([AccessTokens]). They carry the user and nothing about what the user may do.
//
// # Foreign issuers
//
// [RemoteKeys] reads the published keys of an issuer that the operator named.
// It goes to the configured address alone: nothing in a token can make it
// fetch anything (row A-04).
package login
