// Package outbound connects to hosts that somebody else has named: a client that
// registers the address of its document, or a configuration with the name of a
// host whose address a stranger's name server decides.
//
// Whoever can name a host makes this server connect to it, from inside the
// network that trusts it (G-01). So [Dialer] connects to public addresses alone.
// The name is resolved once, all of its addresses are judged, and those are dialled
// one after another: a name cannot mean another machine a moment later.
//
// Redirects and proxies are the business of the HTTP client: with either, what is
// dialled is not what was named.
package outbound
