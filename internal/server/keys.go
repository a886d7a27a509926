package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/token"
)

// keyFileName is the file in the data folder that holds the key-encryption
// key when the configuration names none.
const keyFileName = "master.key"

// accessLeeway is how far the clocks of nodes may differ when they verify an
// access JWT that another one signed.
const accessLeeway = 2 * time.Second

// openKEK reads the key under which signing keys are sealed. Where the
// configuration names none, and the installation is empty, it is made.
func openKEK(ctx context.Context, cfg *config.Config, store keyring.Store) (keyring.KEK, error) {
	if ref := cfg.Secrets.Key(); !ref.IsZero() {
		text, err := ref.Read(os.LookupEnv)
		if err != nil {
			return keyring.KEK{}, fmt.Errorf("secrets.key: %w", err)
		}
		return keyring.ParseKEK(text)
	}
	path := filepath.Join(cfg.Data, keyFileName)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := makeKEK(ctx, path, store); err != nil {
			return keyring.KEK{}, err
		}
	}
	return keyring.ReadKEK(path)
}

// makeKEK makes the key file of a new installation. Where sealed keys are
// stored already, a new key would open none of them, and the missing one may
// still be somewhere: the start is refused instead (row K-16).
func makeKEK(ctx context.Context, path string, store keyring.Store) error {
	records, err := store.ListKeys(ctx)
	if err != nil {
		return fmt.Errorf("read the signing keys: %w", err)
	}
	if len(records) > 0 {
		return fmt.Errorf("the key file %s is missing, but the database holds signing keys sealed with it; "+
			"restore it from a backup, copy it from another node, or name it in secrets.key_file", path)
	}
	return keyring.CreateKEK(path)
}

// openKeys opens the signing keys and makes the first ones.
func openKeys(ctx context.Context, kek keyring.KEK, store keyring.Store, opts Options) (*keyring.Keyring, error) {
	ring, err := keyring.Open(ctx, store, kek, keyring.Options{
		MaxLifetime: login.MaxAccessLifetime + accessLeeway, Now: opts.Clock,
	})
	if err != nil {
		return nil, err
	}
	for _, use := range []token.KeyUse{token.KeyUseAccess, token.KeyUseLog} {
		if err := ring.Ensure(ctx, use, system()); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

// system is the principal of what the server does by itself.
func system() token.Principal {
	return token.Principal{Type: token.PrincipalLocal, Ref: "local:tokenwright"}
}

// sealer signs checkpoints of the log with the keyring.
type sealer struct {
	ring   *keyring.Keyring
	origin string
}

// Seal implements audit.Sealer.
func (s sealer) Seal(text string) ([]byte, error) {
	signer, err := s.ring.LogSigner(s.origin)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: text}, signer)
}
