package proof_test

import (
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/tokentest"
)

// outcome is what has to become of a request before its handler.
type outcome string

const (
	letIn     outcome = "let in"
	stranger  outcome = "refused as a stranger"
	notPerson outcome = "refused as no person" // recorded, unlike a stranger
	forbidden outcome = "forbidden"            // recorded
	later     outcome = "forbidden by the handler"
	foreign   outcome = "forbidden, as not from our page" // recorded at a rate
	malformed outcome = "refused as malformed"
	absent    outcome = "not found"
)

// recorded: a refusal of somebody known, of whom the log has a line.
func (o outcome) recorded() bool { return o == notPerson || o == forbidden }

// declared is who may use a route, read from the words of its declaration.
type declared struct {
	tokentest.Route

	public, local              bool
	bearers, services, cookies bool
	permission                 string
}

// declarationOf reads a declaration. ok is false for words that are none: such
// a route fails the matrix, and so does one without any.
func declarationOf(r tokentest.Route) (d declared, ok bool) {
	d.Route = r
	if why, public := strings.CutPrefix(r.Access, "public: "); public {
		d.public = true
		return d, why != ""
	}
	words, permission, _ := strings.Cut(r.Access, " with ")
	d.permission = permission
	switch words {
	case "admin socket":
		d.local = true
	case "principals":
		d.bearers, d.services = true, true
	case "principals or browsers":
		d.bearers, d.services, d.cookies = true, true, true
	case "users":
		d.bearers = true
	case "users or browsers":
		d.bearers, d.cookies = true, true
	case "users signed in in a browser":
		d.cookies = true
	default:
		return d, false
	}
	return d, true
}

// bearer says what becomes of a request with a bearer alone; for names the
// person on whose behalf a back end says that it asks, or nobody.
func (d declared) bearer(h *holder, onBehalf *holder) outcome {
	switch {
	case d.public:
		return letIn
	case d.local:
		return absent
	case !d.bearers || !h.good:
		return stranger
	case d.Deputies && h.peer && !h.trusted, d.Deputies && h.peer && onBehalf == nil:
		return forbidden
	case d.Deputies && h.peer:
		return d.person(&holder{person: true, all: onBehalf.all, holds: onBehalf.holds, only: h.only})
	case d.Deputies && onBehalf != nil:
		return forbidden // nobody but a back end acts for others
	case !h.person && !d.services:
		return notPerson
	}
	return d.person(h)
}

// person says what becomes of a request of somebody who is known.
func (d declared) person(h *holder) outcome {
	switch {
	case !h.may(d.permission):
		return forbidden
	case h.derived && d.personal(), (!h.person || h.only != nil) && d.lists() && !h.readsTokens():
		return later
	}
	return letIn
}

// personal reports whether a route is about what a person does in person:
// consenting, and looking after their login sessions. What came out of a token
// may do neither (PER-51, row E-03).
func (d declared) personal() bool {
	return strings.HasPrefix(d.Pattern, "/api/auth/v1/sessions/") || strings.HasPrefix(d.Pattern, "/api/sessions")
}

// lists reports whether a route lists tokens of every kind. People have tokens
// of their own to list; others need a permission for one kind.
func (d declared) lists() bool { return d.Method+" "+d.Pattern == "GET /api/admin/v1/tokens" }

func (h *holder) readsTokens() bool {
	return h.may("access-tokens:service:read") || h.may("access-tokens:user:read") || h.may("access-tokens:user-admin:read")
}

// issuing are the permissions that bring forth a credential or a right: no
// token holds them, and no service (row E-03).
var issuing = []string{
	"access-tokens:service:write", "access-tokens:user:write", "access-tokens:user-admin:write",
	"access-tokens:workspace:write", "access-tokens:admin",
}

// own are the permissions that everybody holds for what is theirs.
var own = []string{"access-tokens:workspace:read", "access-tokens:workspace:write", "access-tokens:workspace:revoke"}

// may says whether somebody holds a permission for anything at all. The empty
// permission is one that everybody holds but a peer whose key was limited to
// some, about which nothing then says whether it is among them (PEER-19).
func (h *holder) may(permission string) bool {
	switch {
	case permission == "":
		return h.only == nil || !h.peer
	case slices.Contains(issuing, permission) && (h.derived || !h.person):
		return false
	case h.only != nil && !slices.Contains(h.only, permission):
		return false
	case h.person && slices.Contains(own, permission):
		return true
	}
	return h.all || slices.Contains(h.holds, permission)
}
