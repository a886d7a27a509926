package keyring_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/token"
)

const origin = "tokens.example.com/log"

// signNote signs a checkpoint with the current log key.
func signNote(t *testing.T, ring *keyring.Keyring) []byte {
	t.Helper()
	signer, err := ring.LogSigner(origin)
	must(t, err)
	signed, err := note.Sign(&note.Note{Text: origin + "\n7\nAAAA\n"}, signer)
	must(t, err)
	return signed
}

func verifyNote(t *testing.T, ring *keyring.Keyring, signed []byte) error {
	t.Helper()
	verifiers, err := ring.LogVerifiers(origin)
	must(t, err)
	_, err = note.Open(signed, verifiers)
	return err
}

func TestCheckpointsVerifyWithThePublishedKeyAlone(t *testing.T) {
	ring, _, _, _ := newInstallation(t)
	texts, err := ring.LogVerifierKeys(origin)
	must(t, err)
	if len(texts) != 1 || !strings.HasPrefix(texts[0], origin+"+") {
		t.Fatalf("verifier keys = %q", texts)
	}
	verifier, err := note.NewVerifier(texts[0])
	must(t, err)
	if _, err := note.Open(signNote(t, ring), note.VerifierList(verifier)); err != nil {
		t.Error(err)
	}
}

func TestCheckpointsOfRetiredLogKeysStayGood(t *testing.T) {
	ring, store, kek, c := newInstallation(t)
	old := signNote(t, ring)
	must(t, ring.Rotate(t.Context(), token.KeyUseLog, operator()))
	c.Advance(1000 * maxLifetime)
	restarted := openNode(t, store, kek, c)
	recent := signNote(t, restarted)
	must(t, verifyNote(t, restarted, old))
	must(t, verifyNote(t, restarted, recent))
}

func TestCheckpointsOfRemovedLogKeysAreNotGood(t *testing.T) {
	ring, _, _, _ := newInstallation(t)
	old := signNote(t, ring)
	for _, record := range ring.List() {
		if record.Use == token.KeyUseLog {
			must(t, ring.Remove(t.Context(), record.KID, operator()))
		}
	}
	if err := verifyNote(t, ring, old); err == nil {
		t.Error("a checkpoint of a removed key is good")
	}
	must(t, verifyNote(t, ring, signNote(t, ring)))
}

func TestLogKeysAreNoAccessKeys(t *testing.T) {
	ring, _, _, _ := newInstallation(t)
	for _, record := range ring.List() {
		keys, err := ring.FindKeys(t.Context(), record.KID)
		must(t, err)
		if found := len(keys) > 0; found != (record.Use == token.KeyUseAccess) {
			t.Errorf("key for %s: found = %v", record.Use, found)
		}
	}
	if len(ring.PublicKeys()) != 1 {
		t.Error("a log key is published among the access keys")
	}
}

func TestOriginMustBeAName(t *testing.T) {
	ring, _, _, _ := newInstallation(t)
	for _, bad := range []string{"", "two words", "a+b", "line\nbreak"} {
		if _, err := ring.LogSigner(bad); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%q: error = %v, want ErrInvalid", bad, err)
		}
	}
}

func TestLogSignerDoesNotPrintItsKey(t *testing.T) {
	ring, _, _, _ := newInstallation(t)
	signer, err := ring.LogSigner(origin)
	must(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(verb, signer); len(text) > 200 {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}
