package web

import (
	"context"
	"errors"
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// OnBehalfOf is the header in which a back end names the person it acts for.
const OnBehalfOf = "Tokenwright-On-Behalf-Of"

// maxNamed is the longest name in that header, in bytes.
const maxNamed = 255

// What can be wrong with acting for somebody.
var (
	// ErrDeputyUnknown: this back end may act for nobody.
	ErrDeputyUnknown = token.NewError(token.ErrPermission, "This backend may not act for others", nil)
	// ErrDeputyForNobody: a back end does not say for whom it acts.
	ErrDeputyForNobody = token.NewError(token.ErrPermission, "A backend must name the person it acts for", nil)
	// ErrNoDeputy: somebody else than a back end acts for others. The header
	// is refused and not passed over, so that a proxy that hands it on blindly
	// is noticed.
	ErrNoDeputy = token.NewError(token.ErrPermission, "Only a backend may act on behalf of others", nil)
	// ErrDeputyHeader: the name cannot be read, or there are two.
	ErrDeputyHeader = token.NewError(ErrSyntax, "Invalid on-behalf-of header", nil)
)

// Deputies says which back ends may use a surface for the people they name. A
// back end is a peer that is known by the name of its key; it adds no rights of
// its own to those of the person.
type Deputies struct {
	// Trusted lists the names of the back ends; none may when it is empty.
	Trusted []string
	// Person gives the principal of somebody who exists and is enabled, or an
	// error that wraps token.ErrUnauthenticated or token.ErrUnavailable. The
	// ref is canonical.
	Person func(ctx context.Context, ref string) (token.Principal, error)
}

// stand puts the person for whom a back end acts in its place.
func (d *Deputies) stand(r *Request) error {
	named, given := r.Header[OnBehalfOf]
	switch {
	case d == nil:
		return nil
	case r.Principal.Kind != token.KindPeer && given:
		return ErrNoDeputy
	case r.Principal.Kind != token.KindPeer:
		return nil
	case r.Principal.Peer == "" || !slices.Contains(d.Trusted, r.Principal.Peer):
		return ErrDeputyUnknown
	case !given:
		return ErrDeputyForNobody
	case len(named) != 1 || !visible(named[0]):
		return ErrDeputyHeader
	}
	backend := r.Principal
	ref, ok := token.ParseUserRef(named[0])
	if !ok {
		return token.ErrPermission
	}
	// Also when there is no such person: the record names both.
	r.Principal = token.Principal{
		Type: token.PrincipalUser, Ref: ref, Peer: backend.Peer, Address: backend.Address, RequestID: backend.RequestID,
	}
	person, err := d.Person(r.Context(), ref)
	switch {
	case errors.Is(err, token.ErrUnavailable):
		return err
	case err != nil:
		return token.ErrPermission
	}
	person.Peer, person.Address, person.RequestID = backend.Peer, backend.Address, backend.RequestID
	person.Permissions = backend.Permissions // a back end that is restricted stays so (PEER-20)
	r.Principal = person
	return nil
}

// visible reports whether s is 1 to 255 visible ASCII characters.
func visible(s string) bool {
	if s == "" || len(s) > maxNamed {
		return false
	}
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
