package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// importPatience is how old an import is when its lines count as left behind.
const importPatience = time.Hour

// idBefore gives a text that sorts as the ids do that were made at t.
func idBefore(t time.Time) string {
	ms := max(t.UnixMilli(), 0)
	return fmt.Sprintf("%08x-%04x", ms>>16, ms&0xffff) // the first 48 bits of a UUID of version 7
}

// findConflicts asks one question for each sort of conflict, over all lines. Of
// several conflicts of a line the first in this order is told: a token that is
// here already has its name and its id taken by itself.
func findConflicts(ctx context.Context, tx DBTX, im token.Import) ([]token.LineConflict, error) {
	first := map[int]token.Conflict{}
	for _, ask := range conflictQuestions(im) {
		if err := ask.tell(ctx, tx, first); err != nil {
			return nil, err
		}
	}
	for _, k := range im.Kinds {
		over, err := ownersOver(ctx, tx, im, k, keptAside)
		if err != nil {
			return nil, err
		}
		for owners := range slices.Chunk(over, rowBatch) {
			ask := question{conflict: token.ConflictQuota}
			ask.add("SELECT line FROM import_lines WHERE import_id = ? AND kind = ? AND revoked_at IS NULL AND expires_at > ? AND owner IN ",
				im.ID, string(k.Kind), micros(im.At))
			ask.addList(owners)
			if err := ask.tell(ctx, tx, first); err != nil {
				return nil, err
			}
		}
	}
	found := make([]token.LineConflict, 0, len(first))
	for _, line := range slices.Sorted(maps.Keys(first)) {
		found = append(found, token.LineConflict{Line: line, Conflict: first[line]})
	}
	return found, nil
}

// question gives the lines that have a conflict.
type question struct {
	conflict token.Conflict
	statement
}

// tell adds the lines of which nothing is known yet.
func (q *question) tell(ctx context.Context, tx DBTX, first map[int]token.Conflict) error {
	return q.each(ctx, tx, func(rows *sql.Rows) error {
		var line int
		err := rows.Scan(&line)
		if _, known := first[line]; !known {
			first[line] = q.conflict
		}
		return err
	})
}

// conflictQuestions lists the questions but that about limits.
func conflictQuestions(im token.Import) []*question {
	var all []*question
	ask := func(conflict token.Conflict, text string, args ...any) {
		q := &question{conflict: conflict}
		q.add("SELECT l.line FROM import_lines l "+text, args...)
		all = append(all, q)
	}
	repeated := func(columns string) string {
		return "WHERE l.import_id = ? AND (" + columns + ") IN (SELECT " + columns + " FROM import_lines WHERE import_id = ? GROUP BY " +
			columns + " HAVING count(*) > 1)"
	}
	ask(token.ConflictDigestStored, "JOIN secrets s ON s.digest = l.digest WHERE l.import_id = ?", im.ID)
	ask(token.ConflictIDStored, "JOIN tokens t ON t.id = l.token_id WHERE l.import_id = ?", im.ID)
	for _, k := range im.Kinds {
		ended, args := endedFor(k.Limits.Reuse, im)
		ask(token.ConflictNameStored, `JOIN tokens t ON t.kind = l.kind AND t.owner = l.owner AND t.name_key = l.name_key
			WHERE l.import_id = ? AND l.kind = ? AND NOT (`+ended+")", append([]any{im.ID, string(k.Kind)}, args...)...)
	}
	ask(token.ConflictDigestRepeated, repeated("digest"), im.ID, im.ID)
	ask(token.ConflictIDRepeated, repeated("token_id"), im.ID, im.ID)
	ask(token.ConflictNameRepeated, repeated("kind, owner, name_key"), im.ID, im.ID)
	return all
}

// endedFor is the condition by which token t has ended so that its name is free
// under a rule of reuse.
func endedFor(reuse token.NameReuse, im token.Import) (condition string, args []any) {
	switch reuse {
	case token.ReuseAfterRevocation:
		return "t.revoked_at IS NOT NULL OR " + isMarked, nil
	case token.ReuseAfterEnd:
		return "t.revoked_at IS NOT NULL OR " + isMarked + " OR t.expires_at <= ?", []any{micros(im.At)}
	}
	return "1 = 0", nil
}

// isMarked says that a mark that the sweep is not done with covers token t.
const isMarked = `EXISTS (SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
	AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner) AND (m.workspace = '' OR m.workspace = t.workspace))`

// freeNames frees the names that lines of a kind take from tokens that have
// ended, where its rule of reuse says so.
func freeNames(ctx context.Context, q queries, im token.Import, k token.KindLimits) error {
	if k.Limits.Reuse != token.ReuseAfterRevocation && k.Limits.Reuse != token.ReuseAfterEnd {
		return nil
	}
	ended, args := endedFor(k.Limits.Reuse, im)
	var free statement
	free.add(`UPDATE tokens SET name_key = NULL WHERE id IN (
		SELECT t.id FROM import_lines l JOIN tokens t ON t.kind = l.kind AND t.owner = l.owner AND t.name_key = l.name_key
		 WHERE l.import_id = ? AND l.kind = ? AND (`+ended+"))", append([]any{im.ID, string(k.Kind)}, args...)...)
	return free.exec(ctx, q)
}

// How often the lines of an import count beside the tokens.
const (
	keptAside int64 = 1
	takenOver int64 = 0 // they are among the tokens
)

// ownersOver gives the owners who would have more usable tokens of a kind than
// they may. Tokens that are not settled are summed up once for all owners: after
// an import there are many of them.
func ownersOver(ctx context.Context, tx DBTX, im token.Import, k token.KindLimits, lines int64) (owners []string, err error) {
	if k.Limits.MaxPerOwner <= 0 {
		return nil, nil
	}
	const usable = "t.expires_at > ? AND t.revoked_at IS NULL AND t.replaced_by = '' AND NOT " + isMarked
	kind, now := string(k.Kind), micros(im.At)
	var over statement
	over.add(`SELECT w.owner FROM (SELECT owner, count(*) AS n FROM import_lines
			WHERE import_id = ? AND kind = ? AND revoked_at IS NULL AND expires_at > ? GROUP BY owner) w
		LEFT JOIN (SELECT u.owner, count(*) AS n FROM unsettled u CROSS JOIN tokens t
			WHERE t.id = u.token_id AND u.kind = ? AND t.class IS NULL AND `+usable+` GROUP BY u.owner) f ON f.owner = w.owner
		WHERE cast(? AS bigint) * w.n + coalesce(f.n, 0) + (SELECT count(*) FROM tokens t
			WHERE t.kind = ? AND t.owner = w.owner AND t.class IN ('live', 'disabled') AND `+usable+`) > ?`,
		im.ID, kind, now, kind, now, lines, kind, now, int64(k.Limits.MaxPerOwner))
	err = over.each(ctx, tx, func(rows *sql.Rows) error {
		var owner string
		err := rows.Scan(&owner)
		owners = append(owners, owner)
		return err
	})
	return owners, err
}

// takeOwnersTurns holds off issues to the owners of an import who come near
// their limit, as they hold each other off; see checkQuota.
func takeOwnersTurns(ctx context.Context, q queries, im token.Import) error {
	var turns statement
	turns.add(`INSERT INTO turns (name, taken)
		SELECT DISTINCT 'issue ' || kind || ' ' || owner, 1 FROM import_lines
		 WHERE import_id = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY 1
		ON CONFLICT (name) DO UPDATE SET taken = turns.taken + 1`, im.ID, micros(im.At))
	return turns.exec(ctx, q)
}
