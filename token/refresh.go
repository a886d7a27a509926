package token

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/google/uuid"
)

// Sizes of the parts of a refresh token, in characters.
const (
	refreshIDLength     = 36 // a UUID with its hyphens
	refreshRandomLength = 43 // 32 random bytes in base64url, without padding
	// RefreshLength is that of a whole refresh token.
	RefreshLength = refreshIDLength + len(".") + refreshRandomLength
)

// NewRefresh makes a refresh token, "<UUID>.<43 characters>", and the id of
// the record it is for, which is its first part. The id is a random UUID
// (version 4) and not one by time: its first eight characters are what people
// tell their personal tokens apart by.
func NewRefresh() (id string, secret Secret) {
	id = uuid.NewString()
	return id, RenewRefresh(id)
}

// RenewRefresh makes another refresh token for the record of an id: the first
// part survives a rotation.
func RenewRefresh(id string) Secret {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never returns an error: it ends the process
	return NewSecret(id + "." + base64.RawURLEncoding.EncodeToString(random[:]))
}

// ParseRefresh gives the record's id of what has the shape of a refresh token:
// exactly two parts around one dot, the first a UUID in lower case, the second
// 43 characters of base64url that decode to 32 bytes in one way only. It
// does no I/O and says nothing about whether there is such a token.
func ParseRefresh(raw string) (id string, ok bool) {
	id, random, found := strings.Cut(raw, ".")
	if !found || len(raw) != RefreshLength || len(id) != refreshIDLength {
		return "", false
	}
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return "", false
	}
	// The decoder passes over line ends: then there are not 32 bytes (T-01).
	if data, err := base64.RawURLEncoding.Strict().DecodeString(random); err != nil || len(data) != 32 {
		return "", false
	}
	return id, true
}
