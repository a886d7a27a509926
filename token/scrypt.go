package token

import (
	"encoding/base64"
	"strings"
)

// Sizes of the parts of a ScryptHash, in bytes.
const (
	scryptSalt = 16
	scryptKey  = 64
)

// ScryptHash is what Backstage keeps of a refresh token: a salt of 16 bytes, and
// 64 bytes of scrypt (RFC 7914; N=16384, r=8, p=1) over the whole raw token.
//
// It is slow because its author took a token for a password. It is known here of
// imported tokens alone, until they are presented for the first time.
type ScryptHash [scryptSalt + scryptKey]byte

// ParseScryptHash reads "<base64 of the salt>.<base64 of the hash>", with
// padding, in one spelling only.
//
// Errors: ErrInvalid, whose words do not quote the text.
func ParseScryptHash(text string) (ScryptHash, error) {
	var out ScryptHash
	first, second, found := strings.Cut(text, ".")
	salt, saltErr := base64.StdEncoding.Strict().DecodeString(first)
	key, keyErr := base64.StdEncoding.Strict().DecodeString(second)
	// The decoder passes over line ends: the length of the text tells.
	wanted := base64.StdEncoding.EncodedLen(scryptSalt) + len(".") + base64.StdEncoding.EncodedLen(scryptKey)
	if !found || saltErr != nil || keyErr != nil || len(salt) != scryptSalt || len(key) != scryptKey || len(text) != wanted {
		return ScryptHash{}, Invalid("a scrypt hash is the base64 of a salt of 16 bytes, a dot, and the base64 of a hash of 64 bytes")
	}
	copy(out[:scryptSalt], salt)
	copy(out[scryptSalt:], key)
	return out, nil
}

// Salt gives the salt.
func (h ScryptHash) Salt() []byte { return h[:scryptSalt] }

// Key gives what scrypt made of the token.
func (h ScryptHash) Key() []byte { return h[scryptSalt:] }

// IsZero reports whether there is no hash.
func (h ScryptHash) IsZero() bool { return h == ScryptHash{} }

// String gives the text that [ParseScryptHash] reads.
func (h ScryptHash) String() string {
	return base64.StdEncoding.EncodeToString(h.Salt()) + "." + base64.StdEncoding.EncodeToString(h.Key())
}
