package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// The key by which a token holds its name is made by a table of letters that look
// alike. When that table changes, so do the keys of tokens that are stored. What
// is here rewrites them, a page at a time.

// NameKeysWritten reports whether all keys of names were written by a table of this
// version, or a later one.
func (s *Store) NameKeysWritten(ctx context.Context, version int) (written bool, err error) {
	var ask statement
	ask.add("SELECT EXISTS (SELECT 1 FROM name_keys k WHERE k.version >= ?)", int64(version))
	err = ask.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error { return rows.Scan(&written) })
	return written, s.explain("ask for the version of name keys", err)
}

// SetNameKeysWritten notes that they were.
func (s *Store) SetNameKeysWritten(ctx context.Context, version int, at time.Time) error {
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		var note statement
		note.add("INSERT INTO name_keys (version, written_at) VALUES (?, ?) ON CONFLICT (version) DO NOTHING", int64(version), micros(at))
		return note.exec(ctx, tx)
	})
	return s.explain("note the version of name keys", err)
}

// ListNameClaims gives the tokens of a kind that hold a name, at most limit of them,
// ordered by owner and key; those behind the given one.
func (s *Store) ListNameClaims(ctx context.Context, after token.NameClaim, limit int) ([]token.NameClaim, error) {
	var ask statement
	ask.add(`SELECT t.id, t.owner, t.name, t.name_key FROM tokens t
		WHERE t.kind = ? AND t.name_key IS NOT NULL AND (t.owner, t.name_key) > (?, ?)
		ORDER BY t.owner, t.name_key LIMIT ?`, string(after.Kind), after.Owner, after.Key, int64(limit))
	var list []token.NameClaim
	err := ask.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error {
		claim := token.NameClaim{Kind: after.Kind}
		err := rows.Scan(&claim.TokenID, &claim.Owner, &claim.Name, &claim.Key)
		list = append(list, claim)
		return err
	})
	return list, s.explain("list names", err)
}

// MoveNames gives tokens other keys, and gives those that kept theirs because
// another token has the new one. A token whose key changed since it was listed is
// left as it is.
func (s *Store) MoveNames(ctx context.Context, moves []token.NameMove) ([]token.NameMove, error) {
	var kept []token.NameMove // read after success alone: a change may outlive its caller
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		kept = nil
		for _, one := range moves {
			taken, err := isClaimed(ctx, tx, one)
			if err != nil {
				return err
			}
			if taken {
				kept = append(kept, one)
				continue
			}
			var move statement
			move.add("UPDATE tokens SET name_key = ? WHERE id = ? AND name_key = ?", one.To, one.TokenID, one.Key)
			if err := move.exec(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, s.explain("move names", err)
	}
	return kept, nil
}

// isClaimed reports whether another token has the key that one is to move to.
func isClaimed(ctx context.Context, tx DBTX, move token.NameMove) (taken bool, err error) {
	var ask statement
	ask.add("SELECT EXISTS (SELECT 1 FROM tokens t WHERE t.kind = ? AND t.owner = ? AND t.name_key = ? AND t.id <> ?)",
		string(move.Kind), move.Owner, move.To, move.TokenID)
	err = ask.each(ctx, tx, func(rows *sql.Rows) error { return rows.Scan(&taken) })
	return taken, err
}
