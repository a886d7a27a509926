package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// DigestSize is the size of a Digest in bytes.
const DigestSize = sha256.Size

// Digest is what is kept of a secret: SHA-256 over the whole raw string, or
// HMAC-SHA-256 under the operator's pepper. A secret has at least 256 random
// bits, so a slow hash would add nothing.
type Digest [DigestSize]byte

// Equal compares in constant time.
func (d Digest) Equal(other Digest) bool {
	return subtle.ConstantTimeCompare(d[:], other[:]) == 1
}

// String gives lower-case hexadecimal. A digest is no secret, but it is not
// shown to callers either.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Digester turns raw strings into digests. The zero Digester uses SHA-256.
type Digester struct {
	pepper  Secret
	foreign *Formats // nil unless imported tokens are digested otherwise; see For
}

// NewDigester gives a Digester with a pepper of at least 32 bytes; an empty
// pepper means plain SHA-256.
func NewDigester(pepper []byte) (Digester, error) {
	switch n := len(pepper); {
	case n == 0:
		return Digester{}, nil
	case n < 32:
		return Digester{}, Invalid("the pepper must have at least 32 bytes")
	}
	return Digester{pepper: NewSecret(string(pepper))}, nil
}

// Digest digests the whole raw string. It does not allocate when there is no
// pepper.
func (d Digester) Digest(raw string) Digest {
	if d.foreign != nil {
		if key, ok := d.foreign.importedKey(raw); ok {
			return digestUnder(key, raw)
		}
	}
	return digestUnder(d.pepper, raw)
}
