package store

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// ListKeys gives the records of all signing keys, removed ones too, oldest
// first.
func (s *Store) ListKeys(ctx context.Context) ([]token.KeyRecord, error) {
	keys, err := listKeys(ctx, s.queries().Queries)
	return keys, s.explain("list keys", err)
}

func listKeys(ctx context.Context, q *db.Queries) ([]token.KeyRecord, error) {
	rows, err := q.ListKeys(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]token.KeyRecord, len(rows))
	for i, row := range rows {
		keys[i] = token.KeyRecord{
			KID: row.Kid, Use: token.KeyUse(row.KeyUse), Algorithm: row.Algorithm, Public: row.Public, Sealed: erasedAsNil(row.Sealed),
			CreatedBy: row.CreatedBy, CreatedAt: moment(row.CreatedAt),
			RetiredAt: maybe(row.RetiredAt), RemovedAt: maybe(row.RemovedAt),
		}
	}
	return keys, nil
}

// AddKey keeps a new record, at its CreatedAt. A KID that exists is
// token.ErrExists.
func (s *Store) AddKey(ctx context.Context, k token.KeyRecord, by token.Principal) error {
	return s.addKey(ctx, k, by, func([]token.KeyRecord) error { return nil })
}

// AddKeyAfter is AddKey if the newest record of the use is still the one that is
// named, or "" for none, and else token.ErrConflict: of two at once that name the
// same one succeeds, on whatever nodes.
func (s *Store) AddKeyAfter(ctx context.Context, newest string, k token.KeyRecord, by token.Principal) error {
	return s.addKey(ctx, k, by, func(kept []token.KeyRecord) error {
		last := ""
		for _, one := range kept { // oldest first
			if one.Use == k.Use {
				last = one.KID
			}
		}
		if last != newest {
			return token.ErrConflict
		}
		return nil
	})
}

func (s *Store) addKey(ctx context.Context, k token.KeyRecord, by token.Principal, check func(kept []token.KeyRecord) error) error {
	entry := audit.NewEntry(audit.KeyAdded, by, k.CreatedAt).With("use", string(k.Use))
	entry.Name = k.KID
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		if err := takeTurn(ctx, q, "keys"); err != nil {
			return err
		}
		kept, err := listKeys(ctx, q.Queries)
		if err != nil {
			return err
		}
		if err := check(kept); err != nil {
			return err
		}
		rows, err := q.InsertKey(ctx, db.InsertKeyParams{
			Kid: k.KID, KeyUse: string(k.Use), Algorithm: k.Algorithm, Public: bytesOf(k.Public), Sealed: bytesOf(k.Sealed),
			CreatedBy: k.CreatedBy, CreatedAt: micros(k.CreatedAt),
			RetiredAt: optional(k.RetiredAt), RemovedAt: optional(k.RemovedAt),
		})
		return oneRow(rows, err, token.ErrExists)
	})
}

// RetireKey sets RetiredAt, which may lie ahead of now, of a key that is not
// removed and not retired before that; any other key stays as it is, without an
// entry. No such key is token.ErrNotFound.
func (s *Store) RetireKey(ctx context.Context, kid string, from, now time.Time, by token.Principal) error {
	// An entry tells when something was done. One from the future would stand
	// before everything that happens until then.
	entry := audit.NewEntry(audit.KeyRetired, by, now).With("retiredAt", moment(micros(from)).Format(time.RFC3339Nano))
	return s.changeKey(ctx, kid, entry, func(ctx context.Context, q queries) (int64, error) {
		return q.RetireKey(ctx, optional(from), kid)
	})
}

// RemoveKey sets RemovedAt and erases the sealed private part; a removed key
// stays as it is, without an entry. No such key is token.ErrNotFound.
func (s *Store) RemoveKey(ctx context.Context, kid string, at time.Time, by token.Principal) error {
	return s.changeKey(ctx, kid, audit.NewEntry(audit.KeyRemoved, by, at), func(ctx context.Context, q queries) (int64, error) {
		// It waits for whoever moves the log on, and they for it: else a head
		// could be signed by this key and come after its removal.
		if _, err := q.LockHead(ctx); err != nil {
			return 0, err
		}
		return q.RemoveKey(ctx, optional(at), []byte{}, kid)
	})
}

func (s *Store) changeKey(ctx context.Context, kid string, e audit.Entry, change func(context.Context, queries) (int64, error)) error {
	e.Name = kid
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		if ok, err := q.HasKey(ctx, kid); err != nil || !ok {
			return orNotFound(err)
		}
		rows, err := change(ctx, q)
		return oneRow(rows, err, errUnchanged)
	})
}

// bytesOf gives bytes that are not nil: a nil slice would be stored as NULL.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// erasedAsNil undoes bytesOf: drivers differ in what they give for no bytes.
func erasedAsNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
