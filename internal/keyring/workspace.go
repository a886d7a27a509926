package keyring

import (
	"context"
	"crypto/rand"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// secretSize is the size of a secret in bytes: as much as the digest of the
// algorithm (RFC 7518 section 3.2).
const secretSize = 32

// WorkspaceSecrets are the secrets of workspace tokens that the server made.
// They are shared by all nodes and sealed in the store like signing keys.
//
// A retired secret verifies until it is removed: the tokens it signed live for
// up to a year, and each of them can be revoked by itself.
type WorkspaceSecrets struct{ ring *Keyring }

// WorkspaceSecrets gives the secrets of workspace tokens.
func (k *Keyring) WorkspaceSecrets() WorkspaceSecrets { return WorkspaceSecrets{k} }

// Signer gives the signer of workspace tokens, or token.ErrUnavailable when
// there is none. Ask for it anew for each token.
func (s WorkspaceSecrets) Signer() (jwt.Signer, error) {
	key, ok := s.ring.current.Load().signer(token.KeyUseWorkspace, s.ring.instant())
	if !ok {
		return jwt.Signer{}, noKey(token.KeyUseWorkspace)
	}
	return key.workspace, nil
}

// FindKeys implements jwt.KeySource: every secret that is not removed, whatever
// the kid, since workspace tokens have none. It never fails.
func (s WorkspaceSecrets) FindKeys(context.Context, string) ([]jwt.Key, error) {
	return s.ring.current.Load().secrets, nil
}

// generateSecret makes a secret.
func generateSecret() []byte {
	secret := make([]byte, secretSize)
	_, _ = rand.Read(secret) // never returns an error: it ends the process
	return secret
}

// openSecret opens the record of a secret.
func (k *key) openSecret(kek KEK) error {
	secret, err := unseal(k.record, kek)
	if err != nil {
		return err
	}
	k.record.Sealed = nil
	if k.workspace, err = jwt.NewHS256Signer("", secret); err != nil {
		return broken(k.record, err)
	}
	return nil
}
