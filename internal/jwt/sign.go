package jwt

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/tokenwright/tokenwright/token"
)

// Signer signs tokens with one key. It is immutable and safe for use by
// several goroutines; the zero Signer signs nothing.
type Signer struct {
	key  Key
	sign func(text string) ([]byte, error)
}

// NewES256Signer makes a signer of a private key on P-256.
func NewES256Signer(kid string, private *ecdsa.PrivateKey) (Signer, error) {
	if private == nil {
		return Signer{}, token.Invalid("an ES256 signer must have a private key")
	}
	key, err := NewES256Key(kid, &private.PublicKey)
	if err != nil {
		return Signer{}, err
	}
	return Signer{key.LowS(), func(text string) ([]byte, error) { return signES256(private, text) }}, nil
}

// NewHS256Signer makes a signer of a shared secret; see NewHS256Key.
func NewHS256Signer(kid string, secret []byte) (Signer, error) {
	key, err := NewHS256Key(kid, secret)
	if err != nil {
		return Signer{}, err
	}
	return NewSecretSigner(key)
}

// NewSecretSigner makes a signer of an HS256 key: whoever can verify with one
// can sign with it.
func NewSecretSigner(key Key) (Signer, error) {
	if key.alg != HS256 || !key.IsSecret() {
		return Signer{}, token.Invalid("only an HS256 key can both verify and sign")
	}
	return Signer{key, func(text string) ([]byte, error) { return mac(key.secret.Reveal(), text), nil }}, nil
}

// Key gives the key that verifies what the signer signs.
func (s Signer) Key() Key { return s.key }

// Sign makes a token. Its header has typ (left out when ""), alg and, when the
// key has one, kid. claims is encoded with encoding/json and must give an
// object: a struct whose fields stand in the order that the wire shall have,
// times in whole seconds.
func (s Signer) Sign(typ string, claims any) (string, error) {
	if s.sign == nil {
		return "", errors.New("jwt: Sign on a zero Signer")
	}
	header, err := marshal(struct {
		Type      string    `json:"typ,omitempty"`
		Algorithm Algorithm `json:"alg"`
		KeyID     string    `json:"kid,omitempty"`
	}{typ, s.key.alg, s.key.id})
	if err != nil {
		return "", err
	}
	payload, err := marshal(claims)
	if err != nil {
		return "", err
	}
	if payload[0] != '{' {
		return "", errors.New("jwt: claims must be a JSON object")
	}
	text := encodeBase64(header) + "." + encodeBase64(payload)
	signature, err := s.sign(text)
	if err != nil {
		return "", err
	}
	return text + "." + encodeBase64(signature), nil
}

// marshal encodes without the escapes that are meant for HTML, so that other
// programs that rebuild the text get the same bytes.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("jwt: encode: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// signES256 gives r and s side by side, and of the two signatures (r, s) and
// (r, n-s) the one with the lesser s; see Key.LowS.
func signES256(private *ecdsa.PrivateKey, text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, private, sum[:])
	if err != nil {
		return nil, token.Unavailable(err)
	}
	if n := private.Params().N; !isLow(s, n) {
		s = new(big.Int).Sub(n, s)
	}
	signature := make([]byte, 2*scalarSize)
	r.FillBytes(signature[:scalarSize])
	s.FillBytes(signature[scalarSize:])
	return signature, nil
}
