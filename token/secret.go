package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is the raw string of a token. It is shown once and prints as
// "[redacted]" in every way Go can print, log or marshal it.
//
// The string stands behind a pointer because the fmt package cannot call
// methods of values in unexported fields: there it prints an address instead
// of the text.
type Secret struct{ p *string }

// NewSecret wraps a raw string.
func NewSecret(raw string) Secret { return Secret{&raw} }

// Reveal gives the raw string. Call it only where the string leaves for its
// owner, or where it is digested or compared.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return *s.p
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.p == nil || *s.p == "" }

// Equal compares in constant time: digests of fixed length are compared, so
// that neither content nor length shows in the time. Two absent secrets are
// not equal: an empty credential must never match an empty configuration.
func (s Secret) Equal(other Secret) bool {
	a, b := sha256.Sum256([]byte(s.Reveal())), sha256.Sum256([]byte(other.Reveal()))
	same := subtle.ConstantTimeCompare(a[:], b[:]) == 1
	return same && !s.IsZero() && !other.IsZero()
}

// Format implements fmt.Formatter for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// String gives "[redacted]".
func (s Secret) String() string { return redacted }

// GoString gives "[redacted]".
func (s Secret) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler; encoding/json uses it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalBinary implements encoding.BinaryMarshaler (used by encoding/gob).
func (s Secret) MarshalBinary() ([]byte, error) { return []byte(redacted), nil }
