package authority

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const day = 24 * time.Hour

// Limits of what every kind has.
const (
	maxReasonLength  = 500 // UTF-16 code units
	maxWorkspaceName = 100 // bytes
)

// asked is a request whose fields are to be checked.
type asked struct {
	by    token.Principal
	rules KindRules
	now   time.Time
	Request
}

// contract is what is said of a kind: the rules of its fields, and the texts
// of what the inserting transaction refuses. Each kind's is in a file of its
// own.
type contract struct {
	// check applies the field rules in their order; the first broken one
	// decides. It gives the grant that was asked for.
	check func(a *Authority, ctx context.Context, ask asked) (token.Grant, error)
	// stand, when set, says whether the owner of a grant may have such a token
	// there now: nil, or an error of meaning token.ErrDenied, which is recorded.
	stand func(a *Authority, ctx context.Context, grant token.Grant) error
	// consented says that tokens come out of an authorization their owner
	// consented to, and out of nothing else.
	consented bool
	nameTaken string // with %s for the name, where it is told
	quota     string // with %d for the limit, where it is told
	// nameKey gives what names are compared by; nil means the name itself.
	nameKey func(name string) string
	// hint gives the part of a raw token that may be shown later, by which
	// people recognise a token they hold.
	hint func(raw, prefix string) string
}

// contractOf gives the contract of a kind that is issued here; see
// [Authority.Rules].
func contractOf(kind token.Kind) contract {
	switch kind {
	case token.KindService:
		return serviceContract()
	case token.KindPersonal:
		return personalContract()
	case token.KindUser:
		return userContract()
	case token.KindWorkspace:
		return workspaceContract()
	}
	return contract{}
}

// resolveExpiry gives the end of a token from a wish and the rules of its kind.
func resolveExpiry(rules KindRules, wish Expiry, now time.Time) (time.Time, error) {
	maxDays := int64(rules.MaxLifetime / day)
	switch {
	case wish.Fault != nil:
		return time.Time{}, wish.Fault
	case wish.Days != 0:
		// Compared as a number of days: as a time.Duration, 106,752 days
		// would turn negative (trap T-08).
		if wish.Days > maxDays {
			return time.Time{}, token.Invalid(fmt.Sprintf("expiresInDays must not exceed the configured maximum of %d days", maxDays))
		}
		return now.Add(time.Duration(wish.Days) * day), nil
	case wish.At.IsZero():
		return now.Add(rules.DefaultLifetime), nil
	}
	at := wish.At.UTC().Truncate(time.Millisecond)
	if !at.After(now) {
		return time.Time{}, token.Invalid("expiresAt must be in the future")
	}
	if at.After(now.Add(rules.MaxLifetime)) {
		return time.Time{}, token.Invalid(fmt.Sprintf("expiresAt must not exceed the configured maximum of %d days", maxDays))
	}
	return at, nil
}
