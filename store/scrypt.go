package store

import (
	"context"
	"fmt"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// FindScrypt gives the scrypt hash of an imported refresh token that nobody has
// presented yet, or token.ErrNotFound.
func (s *Store) FindScrypt(ctx context.Context, tokenID string) (token.ScryptHash, error) {
	row, err := s.queries().FindScrypt(ctx, tokenID)
	if err != nil {
		return token.ScryptHash{}, s.explain("find scrypt hash", err)
	}
	hash := token.ScryptHash{}
	if copy(hash[:], row.Hash) != len(hash) || scryptChecksum(row.Hash, row.TokenID, row.CreatedAt) != row.Checksum {
		return token.ScryptHash{}, s.explain("find scrypt hash", damaged("hash of token", row.TokenID))
	}
	return hash, nil
}

// ReplaceScrypt puts the digest of a token into the place of its scrypt hash. Of
// any number at once, on whatever nodes, one succeeds; for the others it is
// token.ErrNotFound, and the digest is there.
func (s *Store) ReplaceScrypt(ctx context.Context, t token.Token, d token.Digest, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		rows, err := q.DeleteScrypt(ctx, t.ID)
		if err := oneRow(rows, err, token.ErrNotFound); err != nil {
			return err
		}
		result, err := addSecret(ctx, q, d, t)
		if err != nil {
			return fmt.Errorf("keep the digest of an imported token: %w", err)
		}
		return written(result, token.ErrExists)
	})
}
