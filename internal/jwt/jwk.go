package jwt

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"math/big"

	"github.com/tokenwright/tokenwright/token"
)

// publicJWK is the written form of a public key (RFC 7517, RFC 7518 section 6,
// RFC 8037), members in the order in which they are published.
type publicJWK struct {
	KeyType   string    `json:"kty"`
	X         string    `json:"x,omitempty"`
	Y         string    `json:"y,omitempty"`
	Curve     string    `json:"crv,omitempty"`
	Modulus   string    `json:"n,omitempty"`
	Exponent  string    `json:"e,omitempty"`
	KeyID     string    `json:"kid"`
	Algorithm Algorithm `json:"alg"`
	Use       string    `json:"use"`
}

// MarshalJWKS writes a key set for publication. It refuses secret keys.
func MarshalJWKS(keys []Key) ([]byte, error) {
	set := struct {
		Keys []publicJWK `json:"keys"`
	}{make([]publicJWK, 0, len(keys))}
	for _, key := range keys {
		jwk, err := key.jwk()
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, jwk)
	}
	return json.Marshal(set)
}

func (k Key) jwk() (publicJWK, error) {
	out := publicJWK{KeyID: k.id, Algorithm: k.alg, Use: "sig"}
	switch public := k.public.(type) {
	case *ecdsa.PublicKey:
		point, err := public.Bytes() // 4, then x and y
		if err != nil {
			return publicJWK{}, token.NewError(token.ErrInvalid, "the key is not a point on its curve", err)
		}
		out.KeyType, out.Curve = "EC", "P-256"
		out.X, out.Y = encodeBase64(point[1:1+scalarSize]), encodeBase64(point[1+scalarSize:])
	case ed25519.PublicKey:
		out.KeyType, out.Curve, out.X = "OKP", "Ed25519", encodeBase64(public)
	case *rsa.PublicKey:
		out.KeyType = "RSA"
		out.Modulus = encodeBase64(public.N.Bytes())
		out.Exponent = encodeBase64(big.NewInt(int64(public.E)).Bytes())
	default:
		return publicJWK{}, token.Invalid("only public keys can be published")
	}
	return out, nil
}

// ecKey reads x and y of a key on P-256.
func (j jwk) ecKey() (Key, error) {
	x, err := j.bytes("x")
	if err != nil {
		return Key{}, err
	}
	y, err := j.bytes("y")
	if err != nil {
		return Key{}, err
	}
	if len(x) != scalarSize || len(y) != scalarSize {
		return Key{}, token.Invalid("x and y must have 32 bytes")
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return Key{}, token.Invalid("x and y are no point on P-256")
	}
	return NewES256Key(j.id, public)
}

// rsaKey reads modulus and exponent, both big-endian without leading zeros.
func (j jwk) rsaKey() (Key, error) {
	n, err := j.bytes("n")
	if err != nil {
		return Key{}, err
	}
	e, err := j.bytes("e")
	if err != nil {
		return Key{}, err
	}
	if n[0] == 0 || e[0] == 0 || len(e) > 4 || e[0] > 0x7f && len(e) == 4 {
		return Key{}, token.Invalid("n and e must have no leading zeros, and e at most 31 bits")
	}
	exponent := int(new(big.Int).SetBytes(e).Int64())
	return NewRS256Key(j.id, &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: exponent})
}

func (j jwk) edKey() (Key, error) {
	x, err := j.bytes("x")
	if err != nil {
		return Key{}, err
	}
	return NewEdDSAKey(j.id, x)
}

func (j jwk) secretKey() (Key, error) {
	secret, err := j.bytes("k")
	if err != nil {
		return Key{}, err
	}
	return NewHS256Key(j.id, secret)
}
