package token

import "time"

// Subject is whom a token speaks for, for example
// "service-token:group:default/platform:ci-pipeline" or "user:default/alice".
type Subject string

// ServiceSubject builds the subject of a service token from the canonical
// ref of its group and its name. Names have no colon, so everything up to
// the last colon is the group.
func ServiceSubject(group, name string) Subject {
	return Subject("service-token:" + group + ":" + name)
}

// PrincipalType says what sort of actor a principal is.
type PrincipalType string

// The principal types. The zero value is nobody.
const (
	PrincipalUser    PrincipalType = "user"    // a person
	PrincipalService PrincipalType = "service" // a service token or a peer
	PrincipalLocal   PrincipalType = "local"   // whoever may open the admin socket
)

// Principal is who is acting now. The zero Principal is nobody and may do
// nothing.
type Principal struct {
	Type PrincipalType
	// Ref names the actor in policy and audit: a user ref, a token's
	// subject, or "local:<operating system user>".
	Ref string
	// Groups are the canonical refs of the groups a user belongs to.
	Groups []string
	// TokenID is the id of the credential, or "" when it has none.
	TokenID string
	// Kind is the kind of the credential, or "" when it has none.
	Kind Kind
	// Peer is the name of the peer whose key made the credential, or "". It
	// comes from the configuration, never from what a token claims.
	Peer string
	// Permissions, when not nil, are the only ones that the principal may use:
	// what the access restrictions of a peer, or the scopes of a JWT, leave of
	// those that a policy gives it. They add nothing.
	Permissions []string
	// FromToken is true when the credential is, or came out of, a
	// long-lived token. Such a principal may not issue tokens.
	FromToken bool
	// Former is true when the secret of the credential was replaced by a
	// rotation and is good for a while yet. It is for counting alone.
	Former bool
	// ExpiresAt is when the credential ends; zero when it does not, or there
	// is none. What is made with it for the same use ends no later (row E-03).
	ExpiresAt time.Time
	// Address is the client's network address, RequestID the request's id;
	// both are for the audit log alone.
	Address, RequestID string
}

// IsZero reports whether there is nobody.
func (p Principal) IsZero() bool { return p.Type == "" || p.Ref == "" }
