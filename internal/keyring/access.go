package keyring

import (
	"context"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

var _ jwt.KeySource = (*Keyring)(nil)

// Signer gives the signer of access JWTs, or token.ErrUnavailable when there is
// none. Ask for it anew for each token.
func (k *Keyring) Signer() (jwt.Signer, error) {
	key, ok := k.current.Load().signer(token.KeyUseAccess, k.instant())
	if !ok {
		return jwt.Signer{}, noKey(token.KeyUseAccess)
	}
	return key.access, nil
}

// FindKeys implements jwt.KeySource for access JWTs of this installation. It
// takes no lock and does no I/O, and it never fails.
func (k *Keyring) FindKeys(_ context.Context, kid string) ([]jwt.Key, error) {
	key, ok := k.current.Load().access[kid]
	if !ok || key.forgotten(k.instant()) {
		return nil, nil
	}
	return key.verify, nil
}

// PublicKeys gives the keys that verify access JWTs now, oldest first, for
// publication with jwt.MarshalJWKS. Whoever keeps the answer for longer than
// Settle has to ask again when a token names a kid that is not in it.
func (k *Keyring) PublicKeys() []jwt.Key {
	now := k.instant()
	var keys []jwt.Key
	for _, one := range k.current.Load().keys {
		if one.record.Use == token.KeyUseAccess && !one.forgotten(now) {
			keys = append(keys, one.verify...)
		}
	}
	return keys
}

func noKey(use token.KeyUse) error {
	return token.NewError(token.ErrUnavailable, "there is no signing key for use "+string(use), nil)
}
