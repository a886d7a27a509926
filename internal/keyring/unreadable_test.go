package keyring_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// One damaged record is refused by itself: what it signed is not good, and
// everything else works.
func TestAKeyThatDoesNotOpenIsLeftOutAlone(t *testing.T) {
	first, store, kek, c := newInstallation(t)
	lost := sign(t, first, c)
	damaged := currentKID(t, first)
	must(t, first.Rotate(t.Context(), token.KeyUseAccess, operator()))
	c.Advance(time.Minute)
	kept := sign(t, first, c)
	store.tamper(func(r *token.KeyRecord) { r.Sealed[0] ^= 1 })

	restarted := openNode(t, store, kek, c)
	must(t, first.Refresh(t.Context()))
	for name, node := range map[string]interface{ Unreadable() error }{"running": first, "restarted": restarted} {
		if err := node.Unreadable(); err == nil || !strings.Contains(err.Error(), damaged) {
			t.Errorf("%s: the damaged key is not named: %v", name, err)
		}
	}
	if err := verify(t, restarted, c, lost); !errors.Is(err, token.ErrSignature) {
		t.Errorf("what the damaged key signed: error = %v, want ErrSignature", err)
	}
	must(t, verify(t, restarted, c, kept))
	must(t, verify(t, first, c, sign(t, restarted, c)))

	must(t, first.Remove(t.Context(), damaged, operator()))
	if err := first.Unreadable(); err != nil {
		t.Errorf("after its removal: %v", err)
	}
}

// A damaged key is for the operator to restore or to remove (K-16).
func TestNoKeyIsMadeInPlaceOfOneThatDoesNotOpen(t *testing.T) {
	ring, store, kek, c := newInstallation(t)
	damaged := currentKID(t, ring)
	store.tamper(func(r *token.KeyRecord) { r.Sealed[0] ^= 1 })
	restarted := openNode(t, store, kek, c)
	must(t, restarted.Ensure(t.Context(), token.KeyUseAccess, operator()))
	if _, err := restarted.Signer(); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("error = %v, want ErrUnavailable", err)
	}
	must(t, restarted.Remove(t.Context(), damaged, operator()))
	if currentKID(t, restarted) == damaged {
		t.Error("the removed key signs")
	}
}
