package service

import (
	"math"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// What can be wrong with a wished expiry. The texts are the contract's.
var (
	errBoth       = token.Invalid("Use either expiresInDays or expiresAt, not both")
	errDays       = token.Invalid("expiresInDays must be a whole number of at least 1")
	errUnreadable = token.Invalid("expiresAt must be in the future")
)

// lastInstant is the last millisecond of the year 9999, the last that RFC 3339
// can write (trap T-09).
const lastInstant = 253_402_300_799_999

// expiry gives the wish for an expiry. What cannot be read becomes its Fault,
// which is reported in its turn.
func expiry(f wire.Fields) authority.Expiry {
	at, hasAt := f.Find("expiresAt")
	if text, ok := at.Text(); ok && text == "" {
		hasAt = false
	}
	days, hasDays := f.Find("expiresInDays")
	switch {
	case hasAt && hasDays:
		return authority.Expiry{Fault: errBoth}
	case hasDays:
		return daysFrom(days)
	case hasAt:
		return instantFrom(at)
	}
	return authority.Expiry{}
}

// daysFrom reads a whole number of at least 1. One of more digits than a
// machine word holds is a number too, and above every maximum: it must not
// wrap round to "no expiry" (row H-06).
func daysFrom(value web.Value) authority.Expiry {
	if strings.Trim(string(value), "0123456789") != "" || string(value) == "0" {
		return authority.Expiry{Fault: errDays}
	}
	days, ok := value.Integer()
	if !ok {
		days = math.MaxInt64
	}
	return authority.Expiry{Days: days}
}

// instantFrom reads the three forms of the contract: a date-time with a time
// zone, a date, and a number of milliseconds since the epoch.
func instantFrom(value web.Value) authority.Expiry {
	text, isText := value.Text()
	if !isText {
		millis, ok := value.Integer()
		if !ok || millis == 0 || millis > lastInstant {
			return authority.Expiry{Fault: errUnreadable}
		}
		return authority.Expiry{At: time.UnixMilli(millis).UTC()}
	}
	at, err := wire.ParseInstant(text)
	if err != nil {
		return authority.Expiry{Fault: err}
	}
	return authority.Expiry{At: at}
}
