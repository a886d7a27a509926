// Package wire holds what the REST surfaces of tokens read and write alike:
// the members of a request, a wished expiry, the page of a list, instants and
// the events of a token's history.
//
// The contracts of the kinds differ in words, not in what they mean. A surface
// says in its own words what is wrong; this package finds out that something
// is. A field that the caller mistyped must not be taken for one that is
// absent: that is how a mistyped expiry once became a token of 365 days. So
// every unknown member is refused, whatever its letter case, and so is every
// value of a wrong type.
package wire
