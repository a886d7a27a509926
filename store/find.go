package store

import (
	"cmp"
	"context"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// FindToken gives the record of an id, or token.ErrNotFound. A damaged one is
// ErrDamaged, as it is with FindByDigest.
func (s *Store) FindToken(ctx context.Context, id string) (token.Token, error) {
	if !storable(id) {
		return token.Token{}, token.ErrNotFound
	}
	row, err := s.queries().FindToken(ctx, id)
	if err != nil {
		return token.Token{}, s.explain("find token", err)
	}
	if err := intactRecord(&row); err != nil {
		return token.Token{}, err
	}
	return tokenOf(row), nil
}

// FindByDigest gives the record that a secret of this digest belongs to, or
// token.ErrNotFound. A record found by a former secret has SecretEndsAt set.
// This is the query of every verification that no cache answers.
func (s *Store) FindByDigest(ctx context.Context, d token.Digest) (token.Token, error) {
	row, err := s.queries().FindByDigest(ctx, d[:])
	if err != nil {
		return token.Token{}, s.explain("find by digest", err)
	}
	// The index found it by all bytes already; compared again so that no
	// collation, cut-off or damaged index lets a near miss pass (B-02, B-03).
	if len(row.Digest) != token.DigestSize || !d.Equal(token.Digest(row.Digest)) {
		return token.Token{}, token.ErrNotFound
	}
	record := db.TokenRecord{
		ID: row.ID, Family: row.Family, Kind: row.Kind, Name: row.Name, Description: row.Description, Hint: row.Hint,
		Owner: row.Owner, Workspace: row.Workspace, Subject: row.Subject, Scopes: row.Scopes,
		CreatedBy: row.CreatedBy, CreatedAt: row.CreatedAt, ExpiresAt: row.ExpiresAt, LastUsedAt: row.LastUsedAt,
		DisabledAt: row.DisabledAt, RevokedAt: row.RevokedAt, RevokedBy: row.RevokedBy,
		Checksum: row.Checksum,
	}
	if err := cmp.Or(intactSecret(&row), intactRecord(&record)); err != nil {
		return token.Token{}, err
	}
	t := tokenOf(record)
	// A refresh token may have ended with its client, which only its record says;
	// it is exchanged, not verified, and seldom.
	if (row.Marked || t.Kind == token.KindRefresh) && t.RevokedAt.IsZero() {
		if t, err = s.FindToken(ctx, t.ID); err != nil {
			return token.Token{}, err
		}
	}
	t.SecretEndsAt = maybe(row.EndsAt)
	return t, nil
}
