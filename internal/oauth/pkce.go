package oauth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// MethodS256 is the only challenge method there is: with "plain" the challenge
// is the secret itself (RFC 9700 section 2.1.1, F-03).
const MethodS256 = "S256"

// Limits of a code verifier (RFC 7636 section 4.1).
const (
	minVerifier = 43
	maxVerifier = 128
	// randomLength is that of codes, states, challenges and verifiers of ours:
	// 32 bytes in base64url.
	randomLength = 43
)

// Challenge gives the S256 challenge of a verifier (RFC 7636 section 4.2).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// IsChallenge reports whether a text can be an S256 challenge: the only
// spelling of 32 bytes.
func IsChallenge(text string) bool { return isRandom(text) }

// IsCode reports whether a text has the shape of an authorization code.
func IsCode(text string) bool { return isRandom(text) }

// NewCode makes an authorization code: 32 random bytes, 43 characters.
func NewCode() string {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never returns an error: it ends the process
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// Proves reports whether a verifier is that of a challenge. It compares in
// constant time; a verifier of other characters or length than RFC 7636 allows
// proves nothing.
func Proves(verifier, challenge string) bool {
	if len(verifier) < minVerifier || len(verifier) > maxVerifier || !isUnreserved(verifier) {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(Challenge(verifier)), []byte(challenge)) == 1
}

func isRandom(text string) bool {
	if len(text) != randomLength {
		return false
	}
	// The decoder passes over line ends: then there are not 32 bytes (T-01).
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(data) == 32
}

// isUnreserved: letters, digits, "-", ".", "_" and "~" (RFC 3986 section 2.3).
func isUnreserved(text string) bool {
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == '~':
		default:
			return false
		}
	}
	return true
}
