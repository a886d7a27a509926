package web

// Access says who may use a route. The zero Access is no declaration at all,
// and a route that has it cannot be mounted.
type Access struct {
	kind       accessKind
	permission string
	why        string
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
		return "principals" + suffix
	case accessUsers:
		return "users" + suffix
	case accessLocal:
		return "admin socket"
	}
	return "undeclared"
}
