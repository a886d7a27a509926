package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
)

// AppendEntry writes an entry that belongs to no change: a refusal.
func (s *Store) AppendEntry(ctx context.Context, e audit.Entry) error {
	return s.record(ctx, e, func(context.Context, queries) error { return nil })
}

// appendEntry writes an entry in the transaction of the change it tells of.
// An entry that could not be read back is an error and undoes the change.
func appendEntry(ctx context.Context, q queries, e audit.Entry) error {
	body, err := e.Encode()
	if err != nil {
		return err
	}
	stored, err := audit.Decode(body)
	if err != nil {
		return err
	}
	row := columnsOf(stored)
	return q.InsertEntry(ctx, db.InsertEntryParams{
		ID: row.ID, At: row.At, Action: row.Action, Outcome: row.Outcome, Actor: row.Actor, TokenID: row.TokenID,
		Owner: row.Owner, Kind: row.Kind, Workspace: row.Workspace, Body: body,
	})
}

// columnsOf gives the columns that stand beside the body of an entry.
func columnsOf(e audit.Entry) db.AuditEntry {
	// PostgreSQL keeps no NUL in text; the body keeps it, escaped (H-05).
	clean := func(s string) string { return strings.ReplaceAll(s, "\x00", "\uFFFD") }
	return db.AuditEntry{
		ID: clean(e.ID), At: micros(e.At), Action: clean(string(e.Action)), Outcome: clean(string(e.Outcome)),
		Actor: clean(e.Actor), TokenID: clean(e.TokenID), Owner: clean(e.Owner), Kind: clean(string(e.Kind)),
		Workspace: clean(e.Workspace),
	}
}

// entryOf reads an entry from its body and compares the columns beside it:
// whoever edits them would otherwise hide an entry from every query without
// touching what the tree is computed over.
func entryOf(row db.AuditEntry) (audit.Entry, error) {
	e, err := audit.Decode(row.Body)
	if err != nil {
		return audit.Entry{}, fmt.Errorf("%w: entry %q: %w", audit.ErrTampered, row.ID, err)
	}
	want := columnsOf(e)
	if want.ID != row.ID || want.At != row.At || want.Action != row.Action || want.Outcome != row.Outcome ||
		want.Actor != row.Actor || want.TokenID != row.TokenID || want.Owner != row.Owner ||
		want.Kind != row.Kind || want.Workspace != row.Workspace {
		return audit.Entry{}, fmt.Errorf("%w: the columns of entry %q are not those of its body", audit.ErrTampered, row.ID)
	}
	return e, nil
}
