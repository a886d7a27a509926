package keyring_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// The first of the two steps when a key is in doubt (standing rule 14).
func TestARetiredKeySignsNothingMoreAndVerifiesWhatItSigned(t *testing.T) {
	first, store, kek, c := newInstallation(t)
	second := openNode(t, store, kek, c)
	c.Advance(time.Hour)
	raw, doubtful := sign(t, first, c), currentKID(t, first)
	must(t, first.Retire(t.Context(), doubtful, operator()))
	if currentKID(t, first) == doubtful {
		t.Error("it still signs on the node that retired it")
	}
	must(t, second.Refresh(t.Context()))
	if currentKID(t, second) == doubtful {
		t.Error("it still signs on the other node")
	}
	must(t, verify(t, first, c, raw))
	must(t, verify(t, second, c, raw))
	must(t, verify(t, second, c, sign(t, first, c)))

	must(t, first.Remove(t.Context(), doubtful, operator()))
	if err := verify(t, first, c, raw); !errors.Is(err, token.ErrSignature) {
		t.Errorf("after its removal: error = %v, want ErrSignature", err)
	}
}

func TestRetiringBringsARotationForward(t *testing.T) {
	ring, _, _, c := newInstallation(t)
	c.Advance(time.Hour)
	former := currentKID(t, ring)
	must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
	if currentKID(t, ring) != former {
		t.Fatal("the rotation does not wait until the new key has settled")
	}
	must(t, ring.Retire(t.Context(), former, operator()))
	if currentKID(t, ring) == former {
		t.Error("it still signs")
	}
	if err := ring.Retire(t.Context(), "unknown", operator()); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("unknown key: error = %v, want ErrNotFound", err)
	}
}
