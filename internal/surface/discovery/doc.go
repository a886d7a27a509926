// Package discovery publishes the keys that verify our access JWTs (RFC 7517)
// and the metadata by which clients find the endpoints (RFC 8414). It names
// only what this server serves now: a client that trusts a document must not
// be sent to an endpoint that is not there.
//
// The key set may be cached for a short while. A new key is published before
// it signs and a retired one stays published until everything it signed has
// expired, so a cached set is never too old to verify a good token (row K-11).
package discovery
