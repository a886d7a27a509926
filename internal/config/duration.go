package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// ParseDuration reads a duration as time.ParseDuration does, and also the
// units d (24 hours) and w (7 days), which take whole numbers: "90s",
// "1h30m", "30d", "2w", "1d12h". It is what flags, the configuration and the
// environment accept.
//
// A time.Duration holds at most 106751 days. What does not fit is an error,
// and never wraps round to a time in the past (rows H-06 and T-08). The error
// means token.ErrInvalid and its message fits behind the name of a key.
func ParseDuration(s string) (time.Duration, error) {
	rest, negative := strings.CutPrefix(s, "-")
	if s == "0" {
		return 0, nil
	}
	var total time.Duration
	for first := true; first || rest != ""; first = false {
		var one time.Duration
		var ok bool
		if one, rest, ok = cutPart(rest); !ok || one > math.MaxInt64-total {
			return 0, token.Invalid("must be a duration such as 90s, 12h, 30d or 2w, at most 106751d")
		}
		total += one
	}
	if negative {
		return -total, nil
	}
	return total, nil
}

// cutPart cuts a number with its unit off the front and reads it. ok is false
// when it is not readable or does not fit.
func cutPart(s string) (d time.Duration, after string, ok bool) {
	digits := strings.IndexFunc(s, func(r rune) bool { return !numeral(r) })
	if digits <= 0 {
		return 0, "", false
	}
	end := strings.IndexFunc(s[digits:], numeral)
	if end < 0 {
		end = len(s) - digits
	}
	number, unit, after := s[:digits], s[digits:digits+end], s[digits+end:]
	switch unit {
	case "d":
		d, ok = whole(number, day)
	case "w":
		d, ok = whole(number, 7*day)
	default:
		var err error
		d, err = time.ParseDuration(number + unit)
		ok = err == nil
	}
	return d, after, ok
}

func numeral(r rune) bool { return r >= '0' && r <= '9' || r == '.' }

// whole gives number units. It compares before it multiplies: the product
// would wrap round.
func whole(number string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > int64(math.MaxInt64/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// FormatDuration writes a duration as ParseDuration reads it, whole days as
// days: "30d", "12h", "1m30s".
func FormatDuration(d time.Duration) string {
	if d != 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	for _, tail := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, tail) {
			s = s[:len(s)-2]
		}
	}
	return s
}
