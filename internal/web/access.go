package web

// Access says who may use a route. The zero Access is no declaration at all,
// and a route that has it cannot be mounted.
type Access struct {
	kind       accessKind
	permission string
	why        string

	browsers   bool   // a login session counts, too
	onlyThem   bool   // and nothing else does
	boundTo    string // see BoundTo
	sameOrigin bool   // see SameOrigin
	codes      bool   // see TakesCodes
}

type accessKind uint8

const (
	accessUndeclared accessKind = iota
	accessPublic
	accessPrincipals
	accessUsers
	accessLocal
)

// Public opens a route to everybody. why is for the reader of the route list
// and must not be empty. A credential in the query is refused all the same.
func Public(why string) Access {
	if why == "" {
		return Access{}
	}
	return Access{kind: accessPublic, why: why}
}

// Principals opens a route to whoever holds the permission, person or
// service. The empty permission means every good credential.
func Principals(permission string) Access {
	return Access{kind: accessPrincipals, permission: permission}
}

// Users opens a route to people who hold the permission. A service is told
// that it is not a user (ErrNotUser), whatever it may hold. Whoever can open
// the admin socket counts as a person.
func Users(permission string) Access {
	return Access{kind: accessUsers, permission: permission}
}

// Local opens a route to whoever can open the admin socket. On the network it
// does not exist.
func Local() Access { return Access{kind: accessLocal} }

// Browsers opens a route to people who are signed in in a browser and hold the
// permission. Bearers are no credential there.
func Browsers(permission string) Access {
	return Access{kind: accessUsers, permission: permission, browsers: true, onlyThem: true}
}

// AndBrowsers also takes the login session of a browser as the credential. A
// session together with a bearer is two credentials, which is
// ErrManyCredentials. What changes something must then come from a page of
// ours; see [Request.CSRF].
//
// On a public route the principal is filled in when somebody is signed in.
func (a Access) AndBrowsers() Access {
	a.browsers = true
	return a
}

// BoundTo asks changes by login sessions for the CSRF value of one thing: the
// part of the path that is called name. A value that was given for another
// thing is refused (row F-07).
func (a Access) BoundTo(name string) Access {
	a.boundTo = name
	return a
}

// SameOrigin refuses changes that a browser was made to send by another site,
// whatever the credential: on a route that nobody need be signed in for, because
// a stranger must not sign somebody else's browser in (login CSRF, row F-07), and
// where a person answers by a bearer (PER-30). Clients that are no browser do not
// say where a request comes from and pass.
func (a Access) SameOrigin() Access {
	a.sameOrigin = true
	return a
}

// TakesCodes lets the query hold values of another party, which may look like
// tokens: on a route to which an OpenID provider sends its answer.
func (a Access) TakesCodes() Access {
	a.codes = true
	return a
}

// Credentials says which credentials a route takes.
type Credentials struct {
	None     bool // the route is public
	People   bool // bearers of people
	Services bool // bearers of services
	Sessions bool // cookies of login sessions
}

// Credentials gives what the route takes over the network; nothing at all for
// one that stands on the admin socket alone.
func (a Access) Credentials() Credentials {
	return Credentials{
		None:     a.kind == accessPublic,
		People:   (a.kind == accessUsers || a.kind == accessPrincipals) && !a.onlyThem,
		Services: a.kind == accessPrincipals,
		Sessions: a.browsers,
	}
}

// Demands says what a route asks of browsers beside a credential.
type Demands struct {
	// BoundTo is the part of the path to which the CSRF value belongs; "" is
	// the value of the whole session.
	BoundTo string
	// SameOrigin: strangers, too, must come from a page of ours.
	SameOrigin bool
	// TakesCodes: the query may hold what looks like a token.
	TakesCodes bool
}

// Demands gives what [Access.BoundTo], [Access.SameOrigin] and
// [Access.TakesCodes] declared.
func (a Access) Demands() Demands { return Demands{a.boundTo, a.sameOrigin, a.codes} }

// Permission gives the permission that the route asks for, or "".
func (a Access) Permission() string { return a.permission }

// String describes the access in words, for lists of routes.
func (a Access) String() string {
	suffix := ""
	if a.permission != "" {
		suffix = " with " + a.permission
	}
	switch a.kind {
	case accessPublic:
		return "public: " + a.why
	case accessPrincipals:
		return "principals" + a.cookies() + suffix
	case accessUsers:
		return "users" + a.cookies() + suffix
	case accessLocal:
		return "admin socket"
	}
	return "undeclared"
}

// cookies says in words whether a login session is a credential.
func (a Access) cookies() string {
	switch {
	case a.onlyThem:
		return " signed in in a browser"
	case a.browsers:
		return " or browsers"
	}
	return ""
}
