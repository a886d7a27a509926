package service

import (
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// What can be wrong with a wished expiry. The texts are the contract's.
var (
	errBoth       = token.Invalid("Use either expiresInDays or expiresAt, not both")
	errDays       = token.Invalid("expiresInDays must be a whole number of at least 1")
	errUnreadable = token.Invalid("expiresAt must be in the future")
	errNoZone     = token.Invalid("expiresAt must carry a time zone")
)

// lastInstant is the last millisecond of the year 9999, the last that RFC 3339
// can write (trap T-09).
const lastInstant = 253_402_300_799_999

// expiry gives the wish for an expiry. What cannot be read becomes its Fault,
// which is reported in its turn.
func (f fields) expiry() authority.Expiry {
	at, hasAt := f.find("expiresAt")
	if text, ok := at.Text(); ok && text == "" {
		hasAt = false
	}
	days, hasDays := f.find("expiresInDays")
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
	at, err := parseInstant(text)
	if err != nil {
		return authority.Expiry{Fault: err}
	}
	return authority.Expiry{At: at}
}

// instantShape is checked before time.Parse, which would also take one-digit
// hours and a comma before the fraction. Its groups are time, seconds,
// fraction and zone.
var instantShape = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$`)

func parseInstant(s string) (time.Time, error) {
	parts := instantShape.FindStringSubmatch(s)
	if parts == nil {
		return time.Time{}, errUnreadable
	}
	hasTime, hasSeconds, hasZone := parts[1] != "", parts[2] != "", parts[4] != ""
	layout := "2006-01-02"
	switch {
	case hasTime && hasSeconds:
		layout += "T15:04:05"
	case hasTime:
		layout += "T15:04"
	}
	if hasZone {
		layout += "Z07:00"
	}
	at, err := time.Parse(layout, s)
	switch {
	case err != nil || at.UTC().Year() > 9999:
		return time.Time{}, errUnreadable
	case hasTime && !hasZone:
		return time.Time{}, errNoZone
	}
	return at.UTC(), nil
}
