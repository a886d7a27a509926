package wstoken

import (
	"context"
	"fmt"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// Secrets are configured secrets: the first signs, all verify. They are
// immutable.
type Secrets struct {
	signer jwt.Signer
	keys   []jwt.Key
}

// NewSecrets makes Secrets of at least one secret. Each has at least 32 bytes
// the error names the place of the one that has not.
func NewSecrets(list []token.Secret) (Secrets, error) {
	if len(list) == 0 {
		return Secrets{}, token.Invalid("workspace tokens need at least one secret")
	}
	s := Secrets{keys: make([]jwt.Key, len(list))}
	for i, secret := range list {
		signer, err := jwt.NewHS256Signer("", []byte(secret.Reveal()))
		if err != nil {
			return Secrets{}, fmt.Errorf("secret %d: %w", i+1, err)
		}
		s.keys[i] = signer.Key()
		if i == 0 {
			s.signer = signer
		}
	}
	return s, nil
}

// Signer gives the signer of the first secret.
func (s Secrets) Signer() (jwt.Signer, error) { return s.signer, nil }

// FindKeys implements jwt.KeySource: all secrets, whatever the kid.
func (s Secrets) FindKeys(context.Context, string) ([]jwt.Key, error) { return s.keys, nil }
