package keyring_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/token"
)

func TestWrongKEKEndsTheStart(t *testing.T) {
	ring, store, _, c := newInstallation(t)
	before := len(store.records)
	_, err := keyring.Open(t.Context(), store, newKEK(t), keyring.Options{MaxLifetime: maxLifetime, Now: c.Now})
	if !errors.Is(err, token.ErrUnavailable) ||
		!strings.Contains(err.Error(), "the key-encryption key does not open signing key "+currentKID(t, ring)) {
		t.Errorf("error = %v, want one that names the signing key", err)
	}
	if len(store.records) != before {
		t.Error("a new key was made in place of one that does not open (K-16)")
	}
	if _, err := keyring.Open(t.Context(), store, keyring.KEK{}, keyring.Options{MaxLifetime: maxLifetime}); err == nil {
		t.Error("a keyring was opened without a key-encryption key")
	}
}

func TestChangedRecordsDoNotOpen(t *testing.T) {
	attacker, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	public, err := x509.MarshalPKIXPublicKey(&attacker.PublicKey)
	must(t, err)
	for name, change := range map[string]func(*token.KeyRecord){
		"public key exchanged":  func(r *token.KeyRecord) { r.Public = public },
		"sealed part changed":   func(r *token.KeyRecord) { r.Sealed[len(r.Sealed)-1] ^= 1 },
		"sealed part cut":       func(r *token.KeyRecord) { r.Sealed = r.Sealed[:10] },
		"sealed part gone":      func(r *token.KeyRecord) { r.Sealed = nil },
		"renamed":               func(r *token.KeyRecord) { r.KID = token.NewID() },
		"used for another":      func(r *token.KeyRecord) { r.Use = token.KeyUseLog },
		"of another algorithm":  func(r *token.KeyRecord) { r.Algorithm = "HS256" },
		"private part replaced": func(r *token.KeyRecord) { r.Sealed = bytes.Repeat([]byte{1}, len(r.Sealed)) },
	} {
		t.Run(name, func(t *testing.T) {
			store, kek, c := &memory{}, newKEK(t), newClock()
			ring := openNode(t, store, kek, c)
			must(t, ring.Ensure(t.Context(), token.KeyUseAccess, operator()))
			store.tamper(change)
			if _, err := keyring.Open(t.Context(), store, kek, keyring.Options{MaxLifetime: maxLifetime}); !errors.Is(err, token.ErrUnavailable) {
				t.Errorf("Open: error = %v, want ErrUnavailable", err)
			}
			must(t, ring.Refresh(t.Context()))
			if ring.Unreadable() == nil {
				t.Error("nothing is told of it")
			}
			if len(ring.PublicKeys()) != 0 {
				t.Error("the changed key verifies")
			}
		})
	}
}

func TestPrivatePartsOfTwoKeysCannotBeExchanged(t *testing.T) {
	ring, store, _, _ := newInstallation(t)
	must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
	a, b := &store.records[0], &store.records[2]
	a.Sealed, b.Sealed, a.Public, b.Public = b.Sealed, a.Sealed, b.Public, a.Public
	must(t, ring.Refresh(t.Context()))
	if err := ring.Unreadable(); err == nil || !strings.Contains(err.Error(), a.KID) || !strings.Contains(err.Error(), b.KID) {
		t.Errorf("two exchanged keys opened: %v", err)
	}
}

func TestBrokenRecordDoesNotStopARemoval(t *testing.T) {
	ring, store, _, c := newInstallation(t)
	must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
	c.Advance(time.Minute)
	leaked, raw := currentKID(t, ring), sign(t, ring, c)
	store.tamper(func(r *token.KeyRecord) { r.Sealed[0] ^= 1 })
	must(t, ring.Remove(t.Context(), leaked, operator()))
	if err := verify(t, ring, c, raw); !errors.Is(err, token.ErrSignature) {
		t.Errorf("error = %v, want ErrSignature", err)
	}
}

func TestKeysOfUnknownUseAreLeftAlone(t *testing.T) {
	ring, store, _, _ := newInstallation(t)
	store.records = append(store.records, token.KeyRecord{KID: "future", Use: "future", Sealed: []byte("?")})
	must(t, ring.Refresh(t.Context()))
}

func TestPrivatePartsAreNotInTheStoreInClear(t *testing.T) {
	_, store, _, _ := newInstallation(t)
	for _, record := range store.records {
		if _, err := x509.ParsePKCS8PrivateKey(record.Sealed); err == nil {
			t.Errorf("the private part of %s is not sealed", record.Use)
		}
		if len(record.Sealed) < 28+40 {
			t.Errorf("the sealed part of %s has %d bytes only", record.Use, len(record.Sealed))
		}
	}
}
