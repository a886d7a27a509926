package wire

import (
	"regexp"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// What can be wrong with an instant. The texts are those of every contract.
var (
	errUnreadable = token.Invalid("expiresAt must be in the future")
	errNoZone     = token.Invalid("expiresAt must carry a time zone")
)

// instantShape is checked before time.Parse, which would also take one-digit
// hours and a comma before the fraction. Its groups are time, seconds,
// fraction and zone.
var instantShape = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$`)

// ParseInstant reads an instant in one of the contracts' forms: a date-time
// with a time zone (RFC 3339, seconds and fraction optional), or a date, which
// begins at midnight UTC. Errors are token.ErrInvalid with the contract's text.
func ParseInstant(s string) (time.Time, error) {
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
