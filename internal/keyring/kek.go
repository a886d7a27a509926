package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// kekSize is the size of a key-encryption key in bytes: AES-256.
const kekSize = 32

// KEK is the key-encryption key, which seals the private parts of signing
// keys. Its written form is standard base64 of 32 bytes (44 characters), in a
// file with a newline behind it. It prints without its content.
type KEK struct {
	aead cipher.AEAD
	root []byte // for Keyring.Derive; not the key itself
}

// CreateKEK makes a new key-encryption key in a new file of mode 0600. It never
// replaces anything: where the path exists, as a broken key, a directory or a
// dangling link, it fails with an error that wraps fs.ErrExist.
func CreateKEK(path string) error {
	key := make([]byte, kekSize)
	_, _ = rand.Read(key) // never returns an error: it ends the process
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create the key-encryption key: %w", err)
	}
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	// Signing keys sealed under a key that did not reach the disk would be
	// lost with the next power cut.
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("create the key-encryption key: %w", err), os.Remove(path))
	}
	return nil
}

// ReadKEK reads a key-encryption key from a file. It must be a regular file
// that nobody but its owner can read or write (B-10), or a link to one. A
// missing, empty, cut or otherwise broken file is an error, never a reason to
// make a new key.
func ReadKEK(path string) (KEK, error) {
	data, err := readPrivateFile(path)
	if err != nil {
		return KEK{}, err
	}
	text, _ := strings.CutSuffix(string(data), "\n")
	kek, err := ParseKEK(token.NewSecret(text))
	if err != nil {
		return KEK{}, fmt.Errorf("key-encryption key %s: %w", path, err)
	}
	return kek, nil
}

// ParseKEK reads the written form of a key-encryption key, as it stands in an
// environment variable.
func ParseKEK(text token.Secret) (KEK, error) {
	// The strict decoder still skips line breaks, so the length of the text
	// is checked too (T-02).
	key, err := base64.StdEncoding.Strict().DecodeString(text.Reveal())
	if err != nil || len(key) != kekSize || len(text.Reveal()) != base64.StdEncoding.EncodedLen(kekSize) {
		// The decoder's error quotes the text, so it is not passed on.
		return KEK{}, token.Invalid("it is not the base64 of exactly 32 bytes; restore it from a backup")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return KEK{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return KEK{}, err
	}
	root, err := hkdf.Extract(sha256.New, key, nil)
	if err != nil {
		return KEK{}, err
	}
	return KEK{aead, root}, nil
}

// IsZero reports whether there is no key.
func (k KEK) IsZero() bool { return k.aead == nil }

// Format implements fmt.Formatter: no verb prints the key.
func (k KEK) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// readPrivateFile reads a small file. The first look keeps the start from
// waiting at a FIFO for ever; the second is at what was really opened.
func readPrivateFile(path string) ([]byte, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("key-encryption key: %w", err)
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("key-encryption key %s: it is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("key-encryption key: %w", err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("key-encryption key: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("key-encryption key %s: its mode is %04o, but others must not reach it; run chmod 600 on it", path, mode)
	}
	data, err := io.ReadAll(io.LimitReader(file, 1024))
	if err != nil {
		return nil, fmt.Errorf("key-encryption key %s: %w", path, err)
	}
	return data, nil
}

// syncFolder makes a new name in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
