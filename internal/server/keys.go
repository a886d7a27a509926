package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// KeyFileName is the file in the data folder that holds the key-encryption
// key when the configuration names none.
const KeyFileName = "master.key"

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
	path := filepath.Join(cfg.Data, KeyFileName)
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
func (s *Server) openKeys(ctx context.Context) error {
	kek, err := openKEK(ctx, s.cfg, s.store)
	if err != nil {
		return err
	}
	s.keys, err = keyring.Open(ctx, s.store, kek, keyring.Options{
		MaxLifetime: login.MaxAccessLifetime + accessLeeway, Now: s.forward, Changed: s.keysChanged,
	})
	if err != nil {
		return err
	}
	s.tellUnreadable()
	key, err := s.keys.Derive("page cursors")
	if err != nil {
		return err
	}
	s.cursors = wire.NewCursors(key)
	for _, use := range []token.KeyUse{token.KeyUseAccess, token.KeyUseLog} {
		if err := s.keys.Ensure(ctx, use, system()); err != nil {
			return err
		}
	}
	return nil
}

// keysChanged makes the verifier forget what it verified with the former
// keys, and moves the log on: its head may be signed by a key that was removed
// now, and nobody takes it for a good one until it is signed anew.
func (s *Server) keysChanged() {
	if s.feed != nil { // verifier and feed are made after the keys
		s.verifier.Apply(token.Change{Keys: true})
		s.feed.nudge()
	}
	s.tellUnreadable()
}

// tellUnreadable logs which signing keys do not open, once for each finding.
// What they signed is refused, the rest of the node works (see decision 13).
func (s *Server) tellUnreadable() {
	if s.keys == nil {
		return // they are being opened; openKeys tells
	}
	now := ""
	if err := s.keys.Unreadable(); err != nil {
		now = err.Error()
	}
	if former := s.unreadable.Swap(&now); now != "" && (former == nil || *former != now) {
		s.log.Error("a signing key cannot be read: what it signed is refused", slog.String("cause", now))
	}
}

// system is the principal of what the server does by itself.
func system() token.Principal {
	return token.Principal{Type: token.PrincipalLocal, Ref: "local:tokenwright"}
}

// sealer signs checkpoints of the log with the keyring.
type sealer struct{ ring *keyring.Keyring }

// Seal implements audit.Sealer. The name of the log, under which it signs, is
// the first line of the checkpoint.
func (s sealer) Seal(text string, keys []token.KeyRecord) ([]byte, error) {
	origin, _, _ := strings.Cut(text, "\n")
	signer, err := s.ring.LogSignerAmong(origin, keys)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: text}, signer)
}
