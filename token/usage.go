package token

import (
	"net/netip"
	"time"
)

// Use is one use of a token that there is a record of, as it is counted. Uses
// are for people: nothing is decided by how often a token was used, and they
// are no part of the log.
type Use struct {
	TokenID string
	Kind    Kind
	// Refused says that the token had ended, or did not hold what was demanded.
	Refused bool
	// Former says that its secret was replaced by a rotation and is good for a
	// while yet.
	Former bool
	// From is the client's address; the zero Addr where it is not known, as
	// when another service asks about the token.
	From netip.Addr
}

// Usage is how often a token was used in one hour.
type Usage struct {
	TokenID string
	Kind    Kind
	Hour    time.Time // its beginning, UTC
	// Allowed has Former in it: the uses of a secret that a rotation replaced.
	Allowed, Refused, Former int
	// UsedAt and FormerAt are the last uses of the secret in force, and of a
	// former one; zero when there was none in the hour.
	UsedAt, FormerAt time.Time
}

// UsageDay is how often something was used on one day.
type UsageDay struct {
	Day              time.Time // its beginning, UTC
	Allowed, Refused int
}

// UsedFrom is an address, or a network, from which a token was used.
type UsedFrom struct {
	TokenID string
	From    string // "192.0.2.7", or "192.0.2.0/24"
	At      time.Time
}

// MaxUsedFrom is how many addresses are kept of one token: those from which it
// was used last.
const MaxUsedFrom = 10

// Refusals is how often uses of a token were refused.
type Refusals struct {
	TokenID string
	Kind    Kind
	Count   int
}
