package jwt

import (
	"encoding/base64"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Limits of the compact form in bytes.
const (
	// DefaultMaxLength is enough for every token that this product issues.
	DefaultMaxLength = 8 << 10
	// LongestMaxLength is the most that can be configured.
	LongestMaxLength = 32 << 10
)

// compact is a token cut into its parts; all but the payload are decoded.
type compact struct {
	signed    string // header and payload as they were signed
	header    []byte
	payload   string // still base64url: not to be read before it is verified
	signature []byte
}

// split cuts a raw string. Its length is checked first and the number of parts
// before any of them is decoded, so that junk costs one pass over at most
// maxLength bytes.
func split(raw string, maxLength int) (compact, error) {
	if len(raw) > maxLength {
		return compact{}, malformed("the token is too long")
	}
	if strings.Count(raw, ".") != 2 {
		return compact{}, malformed("a token has exactly three parts")
	}
	last := strings.LastIndexByte(raw, '.')
	c := compact{signed: raw[:last]}
	header, payload, _ := strings.Cut(c.signed, ".")
	c.payload = payload
	var err error
	if c.header, err = decodeBase64(header); err != nil {
		return compact{}, err
	}
	if c.signature, err = decodeBase64(raw[last+1:]); err != nil {
		return compact{}, err
	}
	return c, nil
}

// decodeBase64 decodes base64url without padding in its one canonical
// spelling. The strict decoder refuses spare bits (T-01), but skips CR and LF
// wherever they stand (T-02), so the alphabet is checked before.
func decodeBase64(s string) ([]byte, error) {
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '-' && c != '_' {
			return nil, malformed("a part is not base64url")
		}
	}
	out, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, malformed("a part is not base64url in its canonical spelling")
	}
	return out, nil
}

func encodeBase64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// ValidKeyID reports whether s can be a kid: 1 to 128 of [A-Za-z0-9._-]. A kid
// is a key of a map and nothing else: never part of a path, a query or a log
// line (A-05).
func ValidKeyID(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// refusal is why a token is not good: a reason of package token, with the
// detail that helps an operator who reads the log. It is not a token.Error,
// because its text is not for the outside.
type refusal struct {
	reason error
	detail string
}

func (r *refusal) Error() string { return r.reason.Error() + ": " + r.detail }

func (r *refusal) Unwrap() error { return r.reason }

func refuse(reason error, detail string) error { return &refusal{reason, detail} }

func malformed(detail string) error { return refuse(token.ErrMalformed, detail) }
