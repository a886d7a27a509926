package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
)

// Sequence gives at most limit committed entries their positions, extends the
// tree by them and signs the new head, in one transaction; it gives how many.
// Any node may call it at any time: the first statement holds the row of the
// head, so there is one at a time and each begins where the former ended.
//
// Call it after every commit of this node, each second for those of nodes that
// died, and again at once while it gives limit.
func (s *Store) Sequence(ctx context.Context, sealer audit.Sealer, limit int) (int, error) {
	// Looked at first so that idle nodes do not write.
	pending, err := s.queries().HasPending(ctx)
	if err != nil || !pending {
		return 0, s.explain("find pending entries", err)
	}
	var placed int // read after success alone: a change may outlive its caller
	err = s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		n, err := s.sequence(ctx, tx, sealer, limit)
		placed = n
		return err
	})
	if err != nil {
		return 0, s.explain("sequence", err)
	}
	s.bell.Ring()
	return placed, nil
}

func (s *Store) sequence(ctx context.Context, tx DBTX, sealer audit.Sealer, limit int) (int, error) {
	q := db.New(tx)
	row, err := q.LockHead(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("%w: the head is missing", audit.ErrTampered)
	}
	if err != nil {
		return 0, err
	}
	head, err := headOf(row)
	if err != nil {
		return 0, err
	}
	if head.Origin == "" {
		return 0, errors.New("store: the log has no name: call NameLog first")
	}
	pending, err := q.ListPending(ctx, int32(limit))
	if err != nil {
		return 0, err
	}
	if len(pending) > 0 {
		if err := extend(ctx, tx, head, pending, sealer); err != nil {
			return 0, err
		}
		if err := s.backend.Notify(ctx, tx); err != nil {
			return 0, err
		}
	}
	return len(pending), nil
}

// extend writes positions, hashes and the signed head.
func extend(ctx context.Context, tx DBTX, head audit.Head, pending []db.ListPendingRow, sealer audit.Sealer) error {
	bodies := make([][]byte, len(pending))
	for i, row := range pending {
		bodies[i] = row.Body
	}
	next, nodes, err := audit.Extend(head, bodies, hashReader(ctx, tx))
	if err != nil {
		return err
	}
	// Removals wait for the head too (see RemoveKey): no key of these is
	// removed before the head that it signed is there.
	keys, err := listKeys(ctx, db.New(tx))
	if err != nil {
		return err
	}
	if next.Signed, err = sealer.Seal(audit.CheckpointText(next), keys); err != nil {
		return fmt.Errorf("store: sign the head: %w", err)
	}
	if err := setPositions(ctx, tx, head.Size, pending); err != nil {
		return err
	}
	if err := addNodes(ctx, tx, nodes); err != nil {
		return err
	}
	return db.New(tx).MoveHead(ctx, next.Size, next.Root[:], next.Signed)
}

func setPositions(ctx context.Context, tx DBTX, first int64, pending []db.ListPendingRow) error {
	rows := make([][]any, len(pending))
	for i, row := range pending {
		rows[i] = []any{row.ID, first + int64(i)}
	}
	for start := 0; start < len(rows); start += rowBatch {
		chunk := rows[start:min(start+rowBatch, len(rows))]
		var set statement
		set.add("UPDATE audit_entries SET position = v.column2 FROM (")
		set.addRows("(cast(? AS text), cast(? AS bigint))", chunk)
		set.add(") AS v WHERE audit_entries.id = v.column1 AND audit_entries.position IS NULL")
		result, err := tx.ExecContext(ctx, set.text.String(), set.args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != int64(len(chunk)) {
			return errors.Join(fmt.Errorf("store: %d of %d pending entries could be sequenced", n, len(chunk)), err)
		}
	}
	return nil
}

func addNodes(ctx context.Context, tx DBTX, nodes []audit.Node) error {
	for start := 0; start < len(nodes); start += rowBatch {
		chunk := nodes[start:min(start+rowBatch, len(nodes))]
		rows := make([][]any, len(chunk))
		for i, node := range chunk {
			rows[i] = []any{node.Index, node.Hash[:]}
		}
		var add statement
		add.add("INSERT INTO log_nodes (idx, hash) ")
		add.addRows("(?, ?)", rows)
		if err := add.exec(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// hashReader reads the few stored hashes on the right edge of the tree.
func hashReader(ctx context.Context, tx DBTX) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		q, out := db.New(tx), make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hash, err := q.FindNode(ctx, index)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return nil, err
			}
			if len(hash) != tlog.HashSize {
				return nil, fmt.Errorf("%w: hash %d of the tree is missing, or is not a hash", audit.ErrTampered, index)
			}
			out[i] = tlog.Hash(hash)
		}
		return out, nil
	})
}
