package token

import "time"

// AuthorizationStatus is how far an authorization has come. It moves forward
// only.
type AuthorizationStatus string

// The statuses.
const (
	AuthorizationPending  AuthorizationStatus = "pending"  // nobody has answered yet
	AuthorizationApproved AuthorizationStatus = "approved" // a code is out
	AuthorizationRejected AuthorizationStatus = "rejected"
	AuthorizationRedeemed AuthorizationStatus = "redeemed" // the code was used
	// AuthorizationEnded: too many wrong attempts were made with its code.
	AuthorizationEnded AuthorizationStatus = "ended"
)

// Authorization is one question to one person, whether a client may act for
// them, with its answer and the code that follows from it (RFC 6749 section
// 4.1). It is bound to the browser in which it began and to the first person
// who is signed in there.
type Authorization struct {
	ID string // random UUID
	// Client is the id of the client that asks.
	Client string
	// Browser is the digest of the secret by which the browser is recognised.
	Browser Digest
	// User is the canonical ref of the person; "" until somebody signs in.
	User string
	// RedirectURI, State and Nonce are as the client sent them. The state of a
	// mint is not kept; see StateDigest.
	RedirectURI, State, Nonce string
	// StateDigest finds a mint by its state; zero for other clients.
	StateDigest Digest
	// Challenge is the S256 challenge of PKCE: 43 characters of base64url.
	Challenge string
	Scopes    Scopes // asked for, in the order of the request
	Wish      Wish   // of a mint
	Status    AuthorizationStatus
	CreatedAt time.Time
	ExpiresAt time.Time // for an answer

	// Code is the digest of the code, from the approval on.
	Code       Digest
	CodeEndsAt time.Time
	// Failures counts wrong attempts with the right code.
	Failures int
	// TokenID is the record that came out of the code.
	TokenID string
}

// IsMint reports whether a personal token is to come out.
func (a *Authorization) IsMint() bool { return a.StateDigest != Digest{} }

// Wish is the personal token that a person wants to have.
type Wish struct {
	Name      string
	Scopes    Scopes
	ExpiresAt time.Time
}

// PendingBounds says how many unanswered authorizations there may be.
type PendingBounds struct{ PerBrowser, InAll int }

// AuthorizationAnswer is what a person says about a pending authorization.
type AuthorizationAnswer struct {
	ID       string
	Browser  Digest
	User     string
	Approved bool
	At       time.Time
	// Code and CodeEndsAt are set with an approval.
	Code       Digest
	CodeEndsAt time.Time
}

// CodeUse is the wish to use a code up and to keep what comes out of it.
type CodeUse struct {
	Code Digest
	New  New
	At   time.Time
}

// RefreshUse is the wish to replace a refresh token by its presentation.
type RefreshUse struct {
	// Presented is the digest of the token that was sent. Unless it is the
	// current one of its record the whole record ends.
	Presented Digest
	Rotation  Rotation
}
