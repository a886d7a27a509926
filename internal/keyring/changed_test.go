package keyring_test

import (
	"testing"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/token"
)

// Whoever remembers good answers forgets them when it is told of a change. By
// then the removed key must be gone, else it would be remembered anew.
func TestChangeIsToldOnceTheKeyIsGoneAndBeforeRemoveReturns(t *testing.T) {
	var ring *keyring.Keyring
	var kid string
	told, found := 0, false
	ring, err := keyring.Open(t.Context(), &memory{}, newKEK(t), keyring.Options{MaxLifetime: maxLifetime, Changed: func() {
		told++
		if kid != "" {
			keys, err := ring.FindKeys(t.Context(), kid)
			must(t, err)
			found = len(keys) > 0
		}
	}})
	must(t, err)
	must(t, ring.Ensure(t.Context(), token.KeyUseAccess, operator()))
	kid = currentKID(t, ring)
	before := told
	must(t, ring.Remove(t.Context(), kid, operator()))
	if told == before || found {
		t.Errorf("told %d times of the removal, key still found = %v", told-before, found)
	}
}
