// Package wstoken writes and reads workspace tokens: HS256 JWTs that name an
// account, a workspace, the id of a stored record, and optionally scopes.
//
//	header   {"typ":"JWT","alg":"HS256"}
//	payload  {"extra":{"apiTokenId":ID,"scopes":TEXT},"account":UUID,"workspace":UUID,"exp":SECONDS}
//
// The order of the members is fixed, and there are no others: clients of the
// reference, and its tests, compare bytes. scopes is JSON inside JSON, a text
// such as ["read:*","write:*"]; it is left out of a token that holds all
// three scopes by having none named.
//
// # What this package decides
//
// [Open] is everything that can be known without a look-up: one spelling, the
// algorithm, the signature, strict claims, the times. Its errors are the
// reasons of package token and mean "not authenticated", whatever was wrong.
// Whether the record exists, is revoked, or says the same as the token is
// decided by package verify.
//
// A token that names its own algorithm, key or address of keys gains nothing:
// the algorithm is HS256 because the keys are HS256 keys, and a
// kid is not looked at. Which secret made a token is found out by trying those
// that are configured.
package wstoken
