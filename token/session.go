package token

import "time"

// SignInMethod is how a person proved who they are.
type SignInMethod string

// The ways to sign in.
const (
	SignInLink SignInMethod = "link" // a one-time link
	SignInOIDC SignInMethod = "oidc" // an OpenID provider
)

// Session is a login session: one person in one browser. Only the digest of
// its secret is kept; the id names it to its owner and in the log.
type Session struct {
	ID     string // UUID version 7
	Digest Digest
	User   string // canonical user ref
	Method SignInMethod
	// Address is the client's address at the sign-in, Agent a short label of
	// the browser, such as "Firefox on Linux". Both are for the owner to
	// recognise the session by.
	Address, Agent string
	CreatedAt      time.Time
	// SeenAt is the last use, behind by up to half a minute.
	SeenAt    time.Time
	ExpiresAt time.Time
	EndedAt   time.Time // zero = not ended
}

// Identity is the account of a provider with which a user signs in.
type Identity struct {
	Issuer  string // as in the configuration
	Subject string // the sub claim: never reassigned, unlike names
}

// IdentityOpening lets the next account that signs in under a user's name be
// theirs, until it ends: for a user who is somebody already.
type IdentityOpening struct {
	User       string // canonical user ref
	At, EndsAt time.Time
}

// SignIn is what a person's sign-in changes, in one transaction.
type SignIn struct {
	Session Session
	// Former is the digest of the session that the browser had until now;
	// it ends. The zero Digest means none.
	Former Digest
	// Identity is the provider's account; nil for other ways in.
	Identity *Identity
	// Named, when set, reports whether a role is given to the user, by the
	// configuration or among those granted. Such a user is not whoever comes
	// first under their name: they must be bound to the account already, or an
	// administrator has opened them to it. It decides by what it is given.
	Named func(granted []RoleGrant) bool
	// Elsewhere says that another directory knows who exists, and answers for
	// the names there. Without it a user who has anything at all is not whoever
	// comes first under their name, either.
	Elsewhere bool
	// Create adds a user who is not known yet, with Name and Email.
	Create      bool
	Name, Email string
	// Claimed says that Groups are the user's memberships at the provider
	// now; they replace those of the sign-in before.
	Claimed bool
	Groups  []string // canonical group refs, sorted, each once
}
