package peer

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// MinSecretLength is how many bytes a secret must decode to (RFC 7518 section
// 3.2, row A-14).
const MinSecretLength = jwt.MinSecretLength

// GenerateSecret makes a secret of 32 random bytes, written in base64 as
// [Key].Secret takes it.
func GenerateSecret() token.Secret {
	var random [MinSecretLength]byte
	_, _ = rand.Read(random[:]) // never returns an error: it ends the process
	return token.NewSecret(base64.StdEncoding.EncodeToString(random[:]))
}

// decodeSecret gives the bytes of a secret. Both sides must read the same
// bytes out of the same text, or no signature ever matches, so there are two
// readings and no third: the strict one, which both sides read alike whatever
// they are written in, and the lenient one of the reference, for secrets that
// were chosen under it. The error says nothing of the secret.
func decodeSecret(text string, lenient bool) ([]byte, error) {
	if lenient {
		return decodeLenient(text), nil
	}
	return decodeStrict(text)
}

// decodeStrict takes base64 or base64url, padded rightly or not at all. White
// space may stand at the ends, where files have their line break.
func decodeStrict(text string) ([]byte, error) {
	text = strings.Trim(text, " \t\r\n")
	body := strings.TrimRight(text, "=")
	standard, url := strings.ContainsAny(body, "+/"), strings.ContainsAny(body, "-_")
	foreign := func(r rune) bool { _, ok := sextet(r); return !ok }
	switch padding := len(text) - len(body); {
	case strings.ContainsFunc(body, foreign):
		return nil, fmt.Errorf("is not base64: it has a character that is in neither alphabet")
	case standard && url:
		return nil, fmt.Errorf("is not base64: it mixes the characters + and / with - and _, which belong to two alphabets")
	case padding > 0 && (len(text)%4 != 0 || padding > 2), len(body)%4 == 1:
		return nil, fmt.Errorf("is not base64: its length or its padding does not fit; it may have been cut")
	}
	return decodeLenient(body), nil
}

// decodeLenient reads as the reference does: both alphabets, padding optional,
// anything else skipped, the end at the first equals sign, and a lone last
// character dropped.
func decodeLenient(text string) []byte {
	text, _, _ = strings.Cut(text, "=")
	out := make([]byte, 0, len(text)*3/4)
	var bits, held uint
	for _, r := range text {
		six, ok := sextet(r)
		if !ok {
			continue
		}
		bits, held = bits<<6|six, held+6
		if held >= 8 {
			held -= 8
			out = append(out, byte(bits>>held))
		}
	}
	return out
}

// sextet gives the value of a character in either alphabet.
func sextet(r rune) (uint, bool) {
	switch {
	case r >= 'A' && r <= 'Z':
		return uint(r - 'A'), true
	case r >= 'a' && r <= 'z':
		return uint(r-'a') + 26, true
	case r >= '0' && r <= '9':
		return uint(r-'0') + 52, true
	case r == '+' || r == '-':
		return 62, true
	case r == '/' || r == '_':
		return 63, true
	}
	return 0, false
}

// fingerprint is equal for two secrets whenever HMAC cannot tell them apart.
// That is more than equal bytes: HMAC fills a short key up with zeros and
// hashes a long one (RFC 2104 section 2), so that "k" and "k\x00" sign alike,
// and one peer could speak with the name of the other.
func fingerprint(secret []byte) token.Digest {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("tokenwright: are two peer keys the same"))
	return token.Digest(mac.Sum(nil))
}
