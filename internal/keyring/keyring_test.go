package keyring_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/token"
)

// sign makes an access JWT with the current key of a node.
func sign(t *testing.T, ring *keyring.Keyring, c *clock) string {
	t.Helper()
	signer, err := ring.Signer()
	must(t, err)
	now := c.Now() // once: another goroutine may move the clock
	raw, err := signer.Sign("vnd.backstage.user", map[string]any{
		"iss": "i", "sub": "user:default/alice", "aud": "a", "iat": now.Unix(), "exp": now.Add(maxLifetime).Unix(),
	})
	must(t, err)
	return raw
}

func verify(t *testing.T, ring *keyring.Keyring, c *clock, raw string) error {
	t.Helper()
	_, err := jwt.Verify(t.Context(), raw, ring, jwt.Expect{
		Type: "vnd.backstage.user", Issuer: "i", Audience: "a", MaxLifetime: maxLifetime, Now: c.Now(),
	})
	return err
}

// currentKID gives the kid of the key that signs.
func currentKID(t *testing.T, ring *keyring.Keyring) string {
	t.Helper()
	signer, err := ring.Signer()
	must(t, err)
	return signer.Key().ID()
}

func TestEnsureMakesOneKeyPerUse(t *testing.T) {
	ring, store, _, _ := newInstallation(t)
	must(t, ring.Ensure(t.Context(), token.KeyUseAccess, operator()))
	want := []string{"local:root adds access", "local:root adds log"}
	if diff := cmp.Diff(want, store.changes); diff != "" {
		t.Error(diff)
	}
	for _, record := range ring.List() {
		if record.CreatedBy != "local:root" || record.CreatedAt.IsZero() || record.Sealed != nil {
			t.Errorf("record = %+v", record)
		}
	}
	if err := ring.Ensure(t.Context(), "other", operator()); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("unknown use: error = %v, want ErrInvalid", err)
	}
}

func TestWithoutKeysThereIsNoSigner(t *testing.T) {
	ring := openNode(t, &memory{}, newKEK(t), newClock())
	if _, err := ring.Signer(); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("error = %v, want ErrUnavailable", err)
	}
	if keys := ring.PublicKeys(); len(keys) != 0 {
		t.Errorf("%d public keys", len(keys))
	}
}

func TestEveryNodeVerifiesWhatAnotherSigned(t *testing.T) {
	first, store, kek, c := newInstallation(t)
	second := openNode(t, store, kek, c)
	must(t, verify(t, second, c, sign(t, first, c)))
	must(t, verify(t, first, c, sign(t, second, c)))
}

// Nodes hear of a rotation at different times; no token may be refused for it.
func TestTwentyRotationsLoseNoToken(t *testing.T) {
	first, store, kek, c := newInstallation(t)
	second := openNode(t, store, kek, c)
	seen := make(map[string]bool)
	for range 20 {
		c.Advance(time.Hour)
		must(t, first.Rotate(t.Context(), token.KeyUseAccess, operator()))
		seen[currentKID(t, first)] = true
		// The second node has not heard of it yet.
		must(t, verify(t, second, c, sign(t, first, c)))
		must(t, verify(t, first, c, sign(t, second, c)))
		c.Advance(keyring.Settle / 2)
		must(t, second.Refresh(t.Context()))
		early := sign(t, second, c)
		c.Advance(keyring.Settle)
		for _, raw := range []string{early, sign(t, first, c), sign(t, second, c)} {
			must(t, verify(t, first, c, raw))
			must(t, verify(t, second, c, raw))
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d keys signed in 20 rotations", len(seen))
	}
	if keys := first.PublicKeys(); len(keys) > 2 {
		t.Errorf("%d keys are published, want those that still verify only", len(keys))
	}
}

func TestRotationSignsWithTheNewKeyOnceItHasSettled(t *testing.T) {
	ring, _, _, c := newInstallation(t)
	c.Advance(time.Hour)
	former := currentKID(t, ring)
	must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
	if len(ring.PublicKeys()) != 2 {
		t.Error("the new key is not published at once")
	}
	c.Advance(keyring.Settle - time.Microsecond)
	if currentKID(t, ring) != former {
		t.Error("the new key signs before every node knows it")
	}
	c.Advance(time.Microsecond)
	if currentKID(t, ring) == former {
		t.Error("the former key still signs")
	}
}

func TestRetiredKeyVerifiesAsLongAsItsTokensLive(t *testing.T) {
	ring, store, kek, c := newInstallation(t)
	must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
	c.Advance(keyring.Settle - time.Microsecond)
	former := currentKID(t, ring)
	last := sign(t, ring, c)
	c.Advance(maxLifetime - time.Second)
	must(t, verify(t, ring, c, last))
	must(t, verify(t, openNode(t, store, kek, c), c, last))

	c.Advance(5*time.Minute + 2*time.Second)
	for name, node := range map[string]*keyring.Keyring{"running": ring, "restarted": openNode(t, store, kek, c)} {
		if keys, err := node.FindKeys(t.Context(), former); err != nil || len(keys) != 0 {
			t.Errorf("%s: the key is still found: %v", name, err)
		}
		if len(node.PublicKeys()) != 1 {
			t.Errorf("%s: the key is still published", name)
		}
	}
}

func TestRemovedKeyIsRefusedAtOnce(t *testing.T) {
	first, store, kek, c := newInstallation(t)
	second := openNode(t, store, kek, c)
	raw := sign(t, first, c)
	kid := currentKID(t, first)
	must(t, first.Remove(t.Context(), kid, operator()))
	if err := verify(t, first, c, raw); !errors.Is(err, token.ErrSignature) {
		t.Errorf("same node: error = %v, want ErrSignature (K-11)", err)
	}
	must(t, second.Refresh(t.Context()))
	if err := verify(t, second, c, raw); !errors.Is(err, token.ErrSignature) {
		t.Errorf("other node: error = %v, want ErrSignature", err)
	}
	// There is a new key, and it signs without waiting.
	must(t, verify(t, second, c, sign(t, first, c)))
	for _, record := range store.records {
		if record.KID == kid && (record.Sealed != nil || record.RemovedAt.IsZero()) {
			t.Error("the removed key still has its private part")
		}
	}
	if err := first.Remove(t.Context(), kid, operator()); err != nil {
		t.Errorf("second removal: %v", err)
	}
	if err := first.Remove(t.Context(), "unknown", operator()); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("unknown key: error = %v, want ErrNotFound", err)
	}
}

func TestRemovingTheNewKeyOfARotationLeavesOneThatSigns(t *testing.T) {
	ring, _, _, c := newInstallation(t)
	c.Advance(time.Hour)
	must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
	newest := ring.List()[0].KID
	must(t, ring.Remove(t.Context(), newest, operator()))
	c.Advance(time.Hour) // past the retirement of the former key
	if kid := currentKID(t, ring); kid == newest {
		t.Error("the removed key signs")
	}
}

func TestUnreachableStoreKeepsTheKeys(t *testing.T) {
	ring, store, _, c := newInstallation(t)
	raw := sign(t, ring, c)
	store.down = token.Unavailable(errors.New("connection refused"))
	for name, err := range map[string]error{
		"Refresh": ring.Refresh(t.Context()),
		"Rotate":  ring.Rotate(t.Context(), token.KeyUseAccess, operator()),
		"Remove":  ring.Remove(t.Context(), currentKID(t, ring), operator()),
	} {
		if !errors.Is(err, token.ErrUnavailable) {
			t.Errorf("%s: error = %v, want ErrUnavailable", name, err)
		}
	}
	must(t, verify(t, ring, c, raw))
}

func TestAgeIsThatOfTheNewestKey(t *testing.T) {
	ring, _, _, c := newInstallation(t)
	c.Advance(time.Hour)
	if age := ring.Age(token.KeyUseAccess); age != time.Hour {
		t.Errorf("age = %v", age)
	}
	must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
	if age := ring.Age(token.KeyUseAccess); age != 0 {
		t.Errorf("age = %v after a rotation", age)
	}
}

func TestSigningAndVerifyingGoOnDuringRotations(t *testing.T) {
	ring, _, _, c := newInstallation(t)
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for ctx.Err() == nil {
				if err := verify(t, ring, c, sign(t, ring, c)); err != nil {
					t.Errorf("during a rotation: %v", err)
					return
				}
			}
		})
	}
	for range 20 {
		must(t, ring.Rotate(t.Context(), token.KeyUseAccess, operator()))
		c.Advance(keyring.Settle)
	}
	stop()
	wait.Wait()
}

func TestNodesThatMadeTheFirstKeyTogetherAgree(t *testing.T) {
	store, kek, c := &memory{}, newKEK(t), newClock()
	first, second := openNode(t, store, kek, c), openNode(t, store, kek, c)
	must(t, first.Ensure(t.Context(), token.KeyUseAccess, operator()))
	older := currentKID(t, first)
	c.Advance(time.Millisecond)
	must(t, second.Ensure(t.Context(), token.KeyUseAccess, operator()))
	if kid := currentKID(t, second); kid != older {
		t.Error("the second node signs with a key that the first does not know")
	}
	must(t, first.Refresh(t.Context()))
	c.Advance(keyring.Settle)
	if kid := currentKID(t, first); kid == older || kid != currentKID(t, second) {
		t.Error("of two settled keys the newest does not sign, or the nodes disagree")
	}
}
