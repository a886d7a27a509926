package keyring_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/wstoken"
	"github.com/tokenwright/tokenwright/token"
)

// TestSecretsOfWorkspaceTokens: the server makes one, a rotated one still
// verifies, a removed one does not, and none is published or signs anything
// else.
func TestSecretsOfWorkspaceTokens(t *testing.T) {
	c := newClock()
	ring := openNode(t, &memory{}, newKEK(t), c)
	must(t, ring.Ensure(t.Context(), token.KeyUseWorkspace, operator()))
	secrets := ring.WorkspaceSecrets()
	sign := func() string {
		signer, err := secrets.Signer()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := wstoken.Sign(signer, wstoken.Claims{
			TokenID: token.NewID(), Account: token.NewID(), Workspace: token.NewID(), ExpiresAt: c.Now().Add(365 * 24 * time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		return raw.Reveal()
	}
	first := sign()
	must(t, ring.Rotate(t.Context(), token.KeyUseWorkspace, operator()))
	c.Advance(keyring.Settle)
	second := sign()
	c.Advance(200 * 24 * time.Hour)
	must(t, ring.Refresh(t.Context()))
	for name, raw := range map[string]string{"the former": first, "the new one": second} {
		if _, err := wstoken.Open(t.Context(), raw, secrets, c.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if keys := ring.PublicKeys(); len(keys) != 0 {
		t.Errorf("published: %d keys", len(keys))
	}
	if _, err := ring.Signer(); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("a secret signs access JWTs: %v", err)
	}
	for _, record := range ring.List() {
		if record.RetiredAt.IsZero() {
			continue
		}
		must(t, ring.Remove(t.Context(), record.KID, operator()))
	}
	if _, err := wstoken.Open(t.Context(), first, secrets, c.Now()); !errors.Is(err, token.ErrSignature) {
		t.Errorf("signed by a removed secret: %v", err)
	}
	if _, err := wstoken.Open(t.Context(), second, secrets, c.Now()); err != nil {
		t.Errorf("signed by the other: %v", err)
	}
}
