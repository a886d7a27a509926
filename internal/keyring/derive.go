package keyring

import (
	"crypto/hkdf"
	"crypto/sha256"
)

// Derive gives a key of 32 bytes for a purpose. It is the same on every node and
// after every restart, because it follows from the key-encryption key alone, and
// tells nothing about that one or about the key of another purpose (row A-16).
// With a new key-encryption key everything that it protected is void: use it for
// what lasts minutes.
func (k *Keyring) Derive(purpose string) ([]byte, error) {
	return hkdf.Expand(sha256.New, k.kek.root, "tokenwright "+purpose, sha256.Size)
}
