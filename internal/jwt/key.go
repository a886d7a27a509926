package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// Algorithm is the JWA name of a signature algorithm (RFC 7518 section 3.1).
type Algorithm string

// The algorithms offered.
const (
	ES256 Algorithm = "ES256" // ECDSA, P-256, SHA-256
	RS256 Algorithm = "RS256" // RSASSA-PKCS1-v1_5, SHA-256
	EdDSA Algorithm = "EdDSA" // Ed25519 (RFC 8037)
	HS256 Algorithm = "HS256" // HMAC, SHA-256
)

// Limits of keys.
const (
	// MinSecretLength is the least length of an HS256 secret in bytes
	// (RFC 7518 section 3.2, A-14).
	MinSecretLength = 32
	minModulusBits  = 2048
	maxModulusBits  = 8192 // verification cost grows with the square
)

// Key verifies the signatures of one algorithm. It is immutable, and the zero
// Key verifies nothing. It prints without its secret.
type Key struct {
	id     string
	alg    Algorithm
	public crypto.PublicKey // nil for HS256
	secret token.Secret     // HS256 only
	lowS   bool             // see LowS
}

// NewES256Key makes a key of a point on P-256. kid must satisfy ValidKeyID.
func NewES256Key(kid string, public *ecdsa.PublicKey) (Key, error) {
	if !ValidKeyID(kid) {
		return Key{}, invalidKeyID()
	}
	if public == nil || public.Curve != elliptic.P256() {
		return Key{}, token.Invalid("an ES256 key must be on the curve P-256")
	}
	if _, err := public.ECDH(); err != nil {
		return Key{}, token.NewError(token.ErrInvalid, "an ES256 key must be a point on the curve P-256", err)
	}
	return Key{id: kid, alg: ES256, public: public}, nil
}

// NewRS256Key makes a key of an RSA modulus of 2048 to 8192 bits and an odd
// exponent of at least 3. kid must satisfy ValidKeyID.
func NewRS256Key(kid string, public *rsa.PublicKey) (Key, error) {
	if !ValidKeyID(kid) {
		return Key{}, invalidKeyID()
	}
	if public == nil || public.N == nil {
		return Key{}, token.Invalid("an RS256 key must have a modulus")
	}
	if bits := public.N.BitLen(); bits < minModulusBits || bits > maxModulusBits {
		return Key{}, token.Invalid("the modulus of an RS256 key must have 2048 to 8192 bits")
	}
	if public.E < 3 || public.E&1 == 0 || public.N.Bit(0) == 0 {
		return Key{}, token.Invalid("modulus and exponent of an RS256 key must be odd, and the exponent at least 3")
	}
	if hasROCAFingerprint(public.N) {
		return Key{}, token.Invalid("the RS256 key was made by a generator whose keys can be factored (CVE-2017-15361)")
	}
	return Key{id: kid, alg: RS256, public: public}, nil
}

// NewEdDSAKey makes an Ed25519 key. kid must satisfy ValidKeyID.
func NewEdDSAKey(kid string, public ed25519.PublicKey) (Key, error) {
	if !ValidKeyID(kid) {
		return Key{}, invalidKeyID()
	}
	if len(public) != ed25519.PublicKeySize {
		return Key{}, token.Invalid("an Ed25519 key must have 32 bytes")
	}
	return Key{id: kid, alg: EdDSA, public: slices.Clone(public)}, nil
}

// NewHS256Key makes a key of a shared secret of at least 32 bytes. kid may be
// "", for parties that do not name their secrets.
func NewHS256Key(kid string, secret []byte) (Key, error) {
	if len(secret) < MinSecretLength {
		return Key{}, token.Invalid("an HS256 secret must have at least 32 bytes")
	}
	return NewShortHS256Key(kid, secret)
}

// NewShortHS256Key is NewHS256Key for secrets that others chose too short and
// that an operator has admitted by name while they are replaced. An empty
// secret stays refused: everybody knows it.
func NewShortHS256Key(kid string, secret []byte) (Key, error) {
	if kid != "" && !ValidKeyID(kid) {
		return Key{}, invalidKeyID()
	}
	if len(secret) == 0 {
		return Key{}, token.Invalid("an HS256 secret must not be empty")
	}
	return Key{id: kid, alg: HS256, secret: token.NewSecret(string(secret))}, nil
}

// LowS gives the same ES256 key, but accepting only signatures whose s is at
// most half the order of the group. Of a signature (r, s) anybody can make the
// twin (r, n-s). [Signer] never makes the greater one, so its keys
// leave no second spelling of a token. Other issuers make either, so their
// keys must take both. It changes nothing for other algorithms.
func (k Key) LowS() Key {
	k.lowS = true
	return k
}

// ID gives the kid.
func (k Key) ID() string { return k.id }

// Algorithm gives the only algorithm of the key.
func (k Key) Algorithm() Algorithm { return k.alg }

// IsSecret reports whether whoever can verify with the key can also sign.
func (k Key) IsSecret() bool { return !k.secret.IsZero() }

func invalidKeyID() error {
	return token.Invalid("a key id must be 1 to 128 letters, digits, dots, underscores or hyphens")
}
