package jwt

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// Limits of key sets.
const (
	MaxKeySetLength = 64 << 10 // bytes
	MaxKeySetKeys   = 100
)

// ParseJWKS reads a published key set (RFC 7517 section 5).
//
// Keys that are of no use here are left out: those for encryption, of other
// algorithms or curves, or without a kid. The whole set is refused, with
// token.ErrInvalid and a message that says which key and why, when it holds
// anything that a sound issuer does not publish: a secret or private key, two
// keys of one kid, a weak or broken key, a curve that contradicts the
// algorithm. A set without any usable key gives no keys and no error.
func ParseJWKS(data []byte) ([]Key, error) {
	return parseSet(data, func(j jwk) error {
		if j.isSecret() {
			return j.invalid("a published set must not hold secret or private keys")
		}
		return nil
	})
}

// ParseSecretJWKS reads a set of HS256 secrets, kept in a file that only their
// holder can read. A set that mixes them with keys of another sort is refused:
// whoever wrote it is about to publish a secret.
func ParseSecretJWKS(data []byte) ([]Key, error) {
	return parseSet(data, func(j jwk) error {
		if j.keyType != "oct" {
			return j.invalid("a set of secrets must not hold keys of another type")
		}
		return nil
	})
}

func parseSet(data []byte, allow func(jwk) error) ([]Key, error) {
	object, err := strictjson.ParseObject(data, strictjson.Limits{MaxBytes: MaxKeySetLength})
	if err != nil {
		return nil, token.NewError(token.ErrInvalid, "the key set is not a strict JSON object", err)
	}
	value, _ := object.Find("keys")
	var entries []json.RawMessage
	if err := json.Unmarshal(value, &entries); err != nil || entries == nil {
		return nil, token.Invalid("the key set has no array \"keys\"")
	}
	if len(entries) > MaxKeySetKeys {
		return nil, token.Invalid("the key set has more than 100 keys")
	}
	var keys []Key
	for i, entry := range entries {
		j, err := parseJWK(entry, i)
		if err != nil {
			return nil, err
		}
		if err := allow(j); err != nil {
			return nil, err
		}
		if !j.usable() {
			continue
		}
		key, err := j.key()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if _, err := NewKeySet(keys); err != nil {
		return nil, err
	}
	return keys, nil
}

// jwk is one entry of a set, its strings read and its place known.
type jwk struct {
	members                      strictjson.Object
	place                        int
	id, keyType, alg, use, curve string
}

func parseJWK(data []byte, place int) (jwk, error) {
	j := jwk{place: place}
	var err error
	if j.members, err = strictjson.ParseObject(data, strictjson.Limits{MaxBytes: MaxKeySetLength}); err != nil {
		return jwk{}, j.invalid("it is not an object")
	}
	for _, field := range [...]struct {
		name string
		into *string
	}{{"kid", &j.id}, {"kty", &j.keyType}, {"alg", &j.alg}, {"use", &j.use}, {"crv", &j.curve}} {
		if *field.into, err = optionalText(j.members, field.name); err != nil {
			return jwk{}, j.invalid(field.name + " is not a string")
		}
	}
	return j, nil
}

// isSecret reports whether the key can sign: it is a shared secret, or it has
// a private part.
func (j jwk) isSecret() bool {
	_, private := j.members.Find("d")
	_, secret := j.members.Find("k")
	return private || secret || j.keyType == "oct"
}

// usable reports whether a token could name the key and be verified with it.
func (j jwk) usable() bool {
	if j.id == "" || j.use != "" && j.use != "sig" || !j.allowsVerify() {
		return false
	}
	switch {
	case j.alg != "":
		return j.alg == string(ES256) || j.alg == string(RS256) || j.alg == string(EdDSA) || j.alg == string(HS256)
	case j.keyType == "EC":
		return j.curve == "P-256"
	case j.keyType == "OKP":
		return j.curve == "Ed25519"
	}
	// Many issuers leave alg out of RSA keys. A secret must say what it is for.
	return j.keyType == "RSA"
}

// allowsVerify reads key_ops (RFC 7517 section 4.3): absent, or with "verify"
// in it.
func (j jwk) allowsVerify() bool {
	value, ok := j.members.Find("key_ops")
	if !ok {
		return true
	}
	operations, _ := value.Texts()
	return slices.Contains(operations, "verify")
}

// key makes the Key. Type and curve must be those of the algorithm.
func (j jwk) key() (Key, error) {
	is := func(alg Algorithm) bool { return j.alg == "" || j.alg == string(alg) }
	switch {
	case j.keyType == "EC" && j.curve == "P-256" && is(ES256):
		return j.named(j.ecKey())
	case j.keyType == "RSA" && is(RS256):
		return j.named(j.rsaKey())
	case j.keyType == "OKP" && j.curve == "Ed25519" && is(EdDSA):
		return j.named(j.edKey())
	case j.keyType == "oct" && j.alg == string(HS256):
		return j.named(j.secretKey())
	}
	return Key{}, j.invalid("kty, crv and alg contradict each other")
}

// named puts the key's place in the set before the message of an error.
func (j jwk) named(key Key, err error) (Key, error) {
	if err != nil {
		return Key{}, j.invalid(token.Message(err))
	}
	return key, nil
}

// bytes reads a base64url member that must not be empty.
func (j jwk) bytes(name string) ([]byte, error) {
	value, _ := j.members.Find(name)
	text, _ := value.Text()
	out, err := decodeBase64(text)
	if err != nil || len(out) == 0 {
		return nil, token.Invalid(name + " is missing or is not base64url")
	}
	return out, nil
}

func (j jwk) invalid(what string) error {
	return token.Invalid(fmt.Sprintf("key %d of the set: %s", j.place+1, what))
}
