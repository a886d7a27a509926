package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// An import takes many tokens over in one transaction: all of a file or none.
// Its lines are kept aside first, a batch at a time, so that memory does not
// grow with the file; what is checked and what is inserted at the end are a few
// statements over all lines at once, because nobody else can write to SQLite
// meanwhile.

// StageImport keeps lines of an import aside, together with the entries that
// will tell of them. Their names and digests are not compared with anything yet.
func (s *Store) StageImport(ctx context.Context, id string, lines []token.ImportLine, entries []audit.Entry) error {
	rows, told := make([][]any, len(lines)), make([][]any, len(lines))
	for i, line := range lines {
		body, err := entries[i].Encode()
		if err != nil {
			return err
		}
		t := line.New.Token
		rows[i] = stagedRow(id, line, entries[i].At)
		told[i] = []any{id, int64(line.Line), t.ID, string(t.Kind), t.Owner, entries[i].ID, body}
	}
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		err := insertRows(ctx, tx, `INSERT INTO import_lines (import_id, line, token_id, kind, name, name_key, description, hint, search, owner,
			subject, scopes, created_by, created_at, expires_at, last_used_at, revoked_at, revoked_by, digest, scrypt, token_checksum, secret_checksum) `,
			"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
		if err != nil {
			return err
		}
		return insertRows(ctx, tx, "INSERT INTO import_entries (import_id, line, token_id, kind, owner, entry_id, body) ",
			"(?, ?, ?, ?, ?, ?, ?)", told)
	})
	return s.explain("keep lines of an import", err)
}

// insertRows inserts rows, some with each statement.
func insertRows(ctx context.Context, tx DBTX, into, row string, rows [][]any) error {
	for chunk := range slices.Chunk(rows, rowBatch) {
		var add statement
		add.add(into)
		add.addRows(row, chunk)
		if err := add.exec(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// stagedRow gives the columns of a line. A token that has ended claims its name
// only where the rule of reuse says so.
func stagedRow(id string, line token.ImportLine, now time.Time) []any {
	t, key := line.New.Token, nameKey(line.New)
	switch reuse := line.New.Limits.Reuse; {
	case reuse != token.ReuseNever && !t.RevokedAt.IsZero(),
		reuse == token.ReuseAfterEnd && !now.Before(t.ExpiresAt):
		key = sql.NullString{}
	}
	record, secret := Checksums(t, line.New.Digest)
	var slow []byte
	if !line.Scrypt.IsZero() {
		slow, secret = line.Scrypt[:], scryptChecksum(line.Scrypt[:], t.ID, micros(t.CreatedAt))
	}
	return []any{
		id, int64(line.Line), t.ID, string(t.Kind), t.Name, key, t.Description, t.Hint, searchText(t), t.Owner, string(t.Subject),
		t.Scopes.String(), t.CreatedBy, micros(t.CreatedAt), micros(t.ExpiresAt), optional(t.LastUsedAt), optional(t.RevokedAt), t.RevokedBy,
		digestOrNull(line.New.Digest), slow, record, secret,
	}
}

// FindConflicts gives the lines of an import that cannot be imported, in the
// order of the file, each with its first conflict.
func (s *Store) FindConflicts(ctx context.Context, im token.Import) ([]token.LineConflict, error) {
	found, err := findConflicts(ctx, s.backend.Reader(), im)
	return found, s.explain("find conflicts of an import", err)
}

// ApplyImport takes all lines of an import over in one transaction, with the
// entry of each and the entry e of the whole. It refuses an owner who would have
// more than the limit (token.ErrQuota), and a name, an id or a digest that
// exists (token.ErrExists); FindConflicts says which. It takes at most
// im.Patience.
func (s *Store) ApplyImport(ctx context.Context, im token.Import, e audit.Entry) error {
	return s.writeLong(ctx, string(e.Action), im.Patience(), func(ctx context.Context, q queries) error {
		if err := takeOver(ctx, q, im, e); err != nil {
			return err
		}
		if err := keepLimits(ctx, q, im); err != nil {
			return err
		}
		return appendEntry(ctx, q, e)
	})
}

// keepLimits refuses an import that leaves an owner with more tokens than they may
// have. It comes last: from here on issues to its owners wait, each of them with a
// connection. They wait for nothing else that an import holds, but for a name that
// is in the file; so the two cannot wait for each other.
func keepLimits(ctx context.Context, q queries, im token.Import) error {
	if err := takeOwnersTurns(ctx, q, im); err != nil {
		return err
	}
	for _, k := range im.Kinds {
		if over, err := ownersOver(ctx, q, im, k, takenOver); err != nil || len(over) > 0 {
			return cmp.Or(err, error(token.ErrQuota))
		}
	}
	return nil
}

// takeOver inserts what was kept aside. Tokens that a mark covers are inserted
// as revoked by it, as single ones are.
func takeOver(ctx context.Context, q queries, im token.Import, e audit.Entry) error {
	for _, k := range im.Kinds {
		if err := freeNames(ctx, q, im, k); err != nil {
			return err
		}
	}
	var marked, tokens, unsettled, secrets, slow, entries statement
	const first = "FROM marks m WHERE " + coversLine + " ORDER BY m.created_at, m.id LIMIT 1"
	marked.add(`UPDATE import_lines SET revoked_at = (SELECT m.created_at `+first+`), revoked_by = (SELECT m.revoked_by `+first+`),
		token_checksum = token_checksum + 5 * (1 + (SELECT m.created_at `+first+`))
		WHERE import_id = ? AND revoked_at IS NULL AND EXISTS (SELECT 1 FROM marks m WHERE `+coversLine+`)`, im.ID)
	tokens.add(`INSERT INTO tokens (id, family, kind, name, name_key, description, hint, search, owner, workspace, subject, scopes,
			created_by, created_at, expires_at, last_used_at, revoked_at, revoked_by, revoke_reason, checksum)
		SELECT token_id, token_id, kind, name, name_key, description, hint, search, owner, '', subject, scopes,
			created_by, created_at, expires_at, last_used_at, revoked_at, revoked_by, '', token_checksum FROM import_lines WHERE import_id = ?`, im.ID)
	unsettled.add(`INSERT INTO unsettled (token_id, kind, owner, class, expires_at)
		SELECT token_id, kind, owner, NULL, expires_at FROM import_lines WHERE import_id = ?`, im.ID)
	secrets.add(`INSERT INTO secrets (digest, token_id, created_at, ends_at, checksum)
		SELECT digest, token_id, created_at, NULL, secret_checksum FROM import_lines WHERE import_id = ? AND digest IS NOT NULL`, im.ID)
	slow.add(`INSERT INTO scrypt_secrets (token_id, hash, created_at, checksum)
		SELECT token_id, scrypt, created_at, secret_checksum FROM import_lines WHERE import_id = ? AND scrypt IS NOT NULL`, im.ID)
	entries.add(`INSERT INTO audit_entries (id, at, action, outcome, actor, token_id, owner, kind, workspace, body, position)
		SELECT entry_id, cast(? AS bigint), cast(? AS text), cast(? AS text), cast(? AS text), token_id, owner, kind, '', body, NULL
		  FROM import_entries WHERE import_id = ?`,
		micros(e.At), string(audit.TokenImported), string(e.Outcome), e.Actor, im.ID)
	for _, one := range []*statement{&marked, &unsettled, &secrets, &slow, &entries} {
		if err := one.exec(ctx, q); err != nil {
			return err
		}
	}
	result, err := q.ExecContext(ctx, tokens.text.String(), tokens.args...)
	if err != nil {
		return err
	}
	// Less than all is nothing: somebody removed lines that were kept aside.
	if rows, err := result.RowsAffected(); err != nil || rows != int64(im.Lines) {
		return errors.Join(fmt.Errorf("store: %d of %d lines of an import are left", rows, im.Lines), err)
	}
	return nil
}

// coversLine says that mark m covers a line; see marks.
const coversLine = `m.not_before >= import_lines.created_at AND (m.kind = '' OR m.kind = import_lines.kind)
	AND (m.owner = '' OR m.owner = import_lines.owner) AND m.workspace = ''`

// DropImport removes the lines of an import that were kept aside, and those of
// imports that began before it by more than an hour and were cut off.
func (s *Store) DropImport(ctx context.Context, im token.Import) error {
	for _, table := range stagingTables() {
		for rows := int64(dropBatch); rows == dropBatch; {
			err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) (err error) {
				rows, err = dropSome(ctx, tx, table, staged{id: im.ID, before: im.At, limit: dropBatch})
				return err
			})
			if err != nil {
				return s.explain("drop an import", err)
			}
		}
	}
	return nil
}

// sweepImports removes, at most limit rows at a time, what imports left aside
// that were cut off: every issue near the limit of its owner counts those lines.
func (s *Store) sweepImports(ctx context.Context, now time.Time, limit int) (n int, err error) {
	for _, table := range stagingTables() {
		var left bool
		var ask statement
		ask.add("SELECT EXISTS (SELECT 1 FROM "+table+" WHERE import_id < ?)", idBefore(now.Add(-importPatience)))
		err := ask.each(ctx, s.backend.Reader(), func(rows *sql.Rows) error { return rows.Scan(&left) })
		if err != nil {
			return n, s.explain("sweep", err)
		}
		if !left {
			continue
		}
		var dropped int64 // read after success alone: a change may outlive its caller
		err = s.backend.Write(ctx, func(ctx context.Context, tx DBTX) (err error) {
			dropped, err = dropSome(ctx, tx, table, staged{before: now, limit: limit - n})
			return err
		})
		if err != nil {
			return n, s.explain("sweep", err)
		}
		if n += int(dropped); n >= limit {
			break
		}
	}
	return n, nil
}

// stagingTables lists where an import keeps its lines aside.
func stagingTables() []string { return []string{"import_lines", "import_entries"} }

// dropBatch is how many lines are removed at a time: nobody should wait for it.
const dropBatch = 5000

// staged selects rows that were kept aside: those of one import, and those of
// imports that began so long before a time that they were cut off.
type staged struct {
	id     string // "" for no import of its own
	before time.Time
	limit  int
}

// dropSome removes some rows of imports that are over, and gives how many.
func dropSome(ctx context.Context, tx DBTX, table string, which staged) (int64, error) {
	var old statement
	old.add("DELETE FROM "+table+" WHERE (import_id, line) IN (SELECT l.import_id, l.line FROM "+table+
		" l WHERE l.import_id = ? OR l.import_id < ? LIMIT ?)", which.id, idBefore(which.before.Add(-importPatience)), int64(which.limit))
	result, err := tx.ExecContext(ctx, old.text.String(), old.args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
