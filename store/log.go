package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// Head gives the end of the log (audit.Reader).
func (s *Store) Head(ctx context.Context) (audit.Head, error) {
	row, err := s.queries().FindHead(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Head{}, fmt.Errorf("%w: the head is missing", audit.ErrTampered)
	}
	if err != nil {
		return audit.Head{}, s.explain("find head", err)
	}
	head, err := headOf(row)
	return head, s.explain("find head", err)
}

// headOf reads the row of the head. Until the first entry has its position
// the root is that of the empty tree.
func headOf(row db.LogHead) (audit.Head, error) {
	head := audit.Head{Origin: row.Origin, Size: row.Size, Signed: row.Signed}
	switch {
	case len(row.Root) == tlog.HashSize:
		head.Root = tlog.Hash(row.Root)
	case row.Size == 0 && len(row.Root) == 0:
		empty, err := tlog.TreeHash(0, nil)
		if err != nil {
			return audit.Head{}, err
		}
		head.Root = empty
	default:
		return audit.Head{}, fmt.Errorf("%w: the root of the head is not a hash", audit.ErrTampered)
	}
	return head, nil
}

// NameLog gives the log its origin, the first line of its checkpoints, unless
// it has one; Head tells which is in force. A log is named before its first
// entry is sequenced and never again: its checkpoints would not be those of
// one log.
func (s *Store) NameLog(ctx context.Context, origin string) error {
	head, err := s.Head(ctx)
	if err != nil || head.Origin != "" {
		return err
	}
	return s.write(ctx, "name log", func(ctx context.Context, q queries) error {
		_, err := q.NameLog(ctx, origin)
		return err
	})
}

// ReadLog gives at most limit entries from the position on, in order
// (audit.Reader).
func (s *Store) ReadLog(ctx context.Context, from int64, limit int) ([]audit.Stored, error) {
	rows, err := s.queries().ReadLog(ctx, from, int32(limit))
	if err != nil {
		return nil, s.explain("read log", err)
	}
	out := make([]audit.Stored, len(rows))
	for i, row := range rows {
		e, err := entryOf(row)
		if err != nil {
			return nil, s.explain("read log", err)
		}
		out[i] = audit.Stored{Entry: e, Position: row.Position.Int64, Body: row.Body}
	}
	return out, nil
}

// ReadNodes gives at most limit stored hashes from the index on, in order
// (audit.Reader).
func (s *Store) ReadNodes(ctx context.Context, from int64, limit int) ([]audit.Node, error) {
	rows, err := s.queries().ReadNodes(ctx, from, int32(limit))
	if err != nil {
		return nil, s.explain("read hashes", err)
	}
	out := make([]audit.Node, len(rows))
	for i, row := range rows {
		if len(row.Hash) != tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d of the tree is not a hash", audit.ErrTampered, row.Idx)
		}
		out[i] = audit.Node{Index: row.Idx, Hash: tlog.Hash(row.Hash)}
	}
	return out, nil
}

// PendingSince gives the time of the oldest committed entry that has no
// position, or the zero time when there is none.
func (s *Store) PendingSince(ctx context.Context) (time.Time, error) {
	at, err := s.queries().FindOldestPending(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, s.explain("find oldest pending entry", err)
	}
	return moment(at), nil
}

// FindEntryPosition gives the position of an entry, or token.ErrNotFound when
// there is no such entry or it has none yet.
func (s *Store) FindEntryPosition(ctx context.Context, id string) (int64, error) {
	if !storable(id) {
		return 0, token.ErrNotFound
	}
	position, err := s.queries().FindPosition(ctx, id)
	if err == nil && !position.Valid {
		err = token.ErrNotFound
	}
	return position.Int64, s.explain("find entry position", err)
}
