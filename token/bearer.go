package token

import (
	"encoding/binary"
	"strings"
)

// Bearer reads the credential from the values of a request's Authorization
// headers (RFC 6750 section 2.1): exactly one header, the scheme in any letter
// case, one or more spaces, one run of visible ASCII. The values are counted,
// because taking the first of several is how two programs come to see two
// different callers (row C3).
//
// Errors: ErrNoCredential when there is none of this form, ErrManyCredentials.
func Bearer(authorization []string) (string, error) {
	switch len(authorization) {
	case 0:
		return "", ErrNoCredential
	case 1:
	default:
		return "", ErrManyCredentials
	}
	scheme, rest, _ := strings.Cut(authorization[0], " ")
	rest = strings.TrimLeft(rest, " ")
	if !strings.EqualFold(scheme, "Bearer") || rest == "" || !isVisible(rest) {
		return "", ErrNoCredential
	}
	return rest, nil
}

// isVisible reports whether s has visible ASCII alone, 0x21 to 0x7e. It looks
// at eight characters at a time, as isBase62 does: JWTs are long, and this runs
// over every credential.
func isVisible(s string) bool {
	const each = 0x0101010101010101
	other := uint64(0)
	for ; len(s) >= 8; s = s[8:] {
		w := binary.LittleEndian.Uint64(bytesOf(s[:8]))
		// Of a byte below 0x80: the highest bit of the first sum is set from
		// 0x21 on, of the second from 0x7f on. Others have their own.
		other |= (^(w + (0x80-0x21)*each) | (w + each) | w) & (0x80 * each)
	}
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return other == 0
}
