package keyring

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// private is the private part of a signing key: *ecdsa.PrivateKey or
// ed25519.PrivateKey.
type private interface {
	crypto.Signer
	Equal(crypto.PrivateKey) bool
}

// generate makes a new private key for a use.
func generate(use token.KeyUse) (private, jwt.Algorithm, error) {
	switch use {
	case token.KeyUseAccess:
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		return key, jwt.ES256, err
	case token.KeyUseLog:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, jwt.EdDSA, err
	}
	return nil, "", token.Invalid("the use of a signing key must be one of access, log, workspace")
}

// newRecord makes a key and its record.
func newRecord(use token.KeyUse, kek KEK, by token.Principal, now time.Time) (token.KeyRecord, error) {
	record := token.KeyRecord{KID: token.NewID(), Use: use, CreatedBy: by.Ref, CreatedAt: now}
	if use == token.KeyUseWorkspace {
		record.Algorithm = string(jwt.HS256)
		seal(&record, kek, generateSecret())
		return record, nil
	}
	key, algorithm, err := generate(use)
	if err != nil {
		return token.KeyRecord{}, err
	}
	record.Algorithm = string(algorithm)
	if record.Public, err = x509.MarshalPKIXPublicKey(key.Public()); err != nil {
		return token.KeyRecord{}, fmt.Errorf("keyring: encode a public key: %w", err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return token.KeyRecord{}, fmt.Errorf("keyring: encode a private key: %w", err)
	}
	seal(&record, kek, plain)
	return record, nil
}

// seal encrypts the private part of a record. The cipher draws a random nonce
// and puts it before the sealed bytes; it takes none from here
// (cipher.NewGCMWithRandomNonce, see ParseKEK).
func seal(record *token.KeyRecord, kek KEK, plain []byte) {
	record.Sealed = kek.aead.Seal(nil, nil, plain, bound(*record)) //nolint:gosec // not a fixed nonce: see above
}

// open gives the private key of a record. It fails when the key-encryption key
// is not the one that sealed it, when anything of the record was changed, and
// when its public part is not that of the private one: a public key counts
// only when somebody who has the KEK made it.
func open(record token.KeyRecord, kek KEK) (private, error) {
	plain, err := unseal(record, kek)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, broken(record, err)
	}
	key, ok := parsed.(private)
	if !ok || !fits(record, key) {
		return nil, broken(record, errors.New("the private key is of another algorithm"))
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil || !bytes.Equal(public, record.Public) {
		return nil, broken(record, errors.Join(errors.New("the public part does not belong to the private part"), err))
	}
	return key, nil
}

// unseal decrypts the private part of a record.
func unseal(record token.KeyRecord, kek KEK) ([]byte, error) {
	plain, err := kek.aead.Open(nil, nil, record.Sealed, bound(record))
	if err != nil {
		return nil, token.NewError(token.ErrUnavailable, fmt.Sprintf(
			"the key-encryption key does not open signing key %s (use %s): "+
				"it is not the key this installation was set up with, or the stored key was changed",
			record.KID, record.Use), err)
	}
	return plain, nil
}

// fits reports whether a private key is of the only algorithm of its use.
func fits(record token.KeyRecord, key private) bool {
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		return record.Use == token.KeyUseAccess && record.Algorithm == string(jwt.ES256) && key.Curve == elliptic.P256()
	case ed25519.PrivateKey:
		return record.Use == token.KeyUseLog && record.Algorithm == string(jwt.EdDSA)
	}
	return false
}

// bound is the additional data of the seal. It ties a private part to its
// record, so that nobody can exchange the private parts of two records.
func bound(record token.KeyRecord) []byte {
	return fmt.Appendf(nil, "tokenwright signing key 1\n%s\n%s\n", record.KID, record.Use)
}

func broken(record token.KeyRecord, cause error) error {
	return token.NewError(token.ErrUnavailable,
		fmt.Sprintf("signing key %s (use %s) is broken in the store; restore it from a backup", record.KID, record.Use), cause)
}
