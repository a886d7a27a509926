package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// A client may have been let do something by a hundred thousand people, and it is
// removed because its secret leaked: that must not depend on how many they are.
// So the removal is one short transaction. It leaves a row in removed_clients,
// and from its commit on every reader sees the client's grants as revoked, as
// with a mark: the view token_records looks at that table. EndGrants writes the
// revocation into the records afterwards, a batch at a time, on any node and
// after any restart.
//
// No grant comes into being behind that row. A code is used up in the transaction
// that creates its grant; the removal ends the codes of the client, and either
// waits for that transaction or leaves it no code.

// RemoveClient forgets a client and ends everything that people let it do. One
// that is not registered is token.ErrNotFound.
func (s *Store) RemoveClient(ctx context.Context, id string, e audit.Entry) error {
	if !storable(id) {
		return token.ErrNotFound
	}
	removed := db.RemovedClient{Client: id, RemovedAt: micros(e.At), RemovedBy: e.Actor, ActorType: e.ActorType}
	removed.Checksum = removedChecksum(&removed)
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		rows, err := q.DeleteClient(ctx, id)
		if err := oneRow(rows, err, token.ErrNotFound); err != nil {
			return err
		}
		if err := q.EndAuthorizationsOfClient(ctx, id); err != nil {
			return err
		}
		return q.InsertRemovedClient(ctx, db.InsertRemovedClientParams(removed))
	})
}

// EndGrants revokes, at most limit at a time, what people let clients do that
// were removed, with an entry for each. Grants that have expired by themselves
// stay as they are. n is how many it revoked; while it gives limit there is more.
//
// A damaged removal is passed over, and told as ErrDamaged beside n: readers see
// the client's grants as revoked all the same, and those of the clients behind it
// must not wait for its repair (K-05).
func (s *Store) EndGrants(ctx context.Context, now time.Time, limit int) (n int, err error) {
	removed, err := s.queries().ListRemovedClients(ctx)
	if err != nil {
		return 0, s.explain("end grants", err)
	}
	whole, broken := sortRemovals(removed)
	for _, client := range whole {
		done, err := s.endGrantsOf(ctx, client, now, limit-n)
		if n += done; err != nil || n >= limit {
			return n, errors.Join(err, broken)
		}
	}
	return n, broken
}

// CheckRemovals reports damaged removals of clients as ErrDamaged.
func (s *Store) CheckRemovals(ctx context.Context) error {
	removed, err := s.queries().ListRemovedClients(ctx)
	if err != nil {
		return s.explain("check removed clients", err)
	}
	_, broken := sortRemovals(removed)
	return broken
}

// sortRemovals leaves out damaged removals, and gives them as an error.
func sortRemovals(removed []db.RemovedClient) (whole []db.RemovedClient, broken error) {
	var ids []string
	for _, client := range removed {
		if removedChecksum(&client) == client.Checksum {
			whole = append(whole, client)
		} else {
			ids = append(ids, client.Client)
		}
	}
	if len(ids) > 0 {
		broken = damaged("removal of client", strings.Join(ids, ", "))
	}
	return whole, broken
}

// endGrantsOf revokes grants of one client. The client is done with when none is
// left, and its removal has settled as a mark has.
func (s *Store) endGrantsOf(ctx context.Context, client db.RemovedClient, now time.Time, limit int) (n int, err error) {
	// The clock of this node may be ahead: what expires soon is revoked too.
	ids, err := s.queries().ListGrantsOf(ctx, client.Client, micros(now.Add(-settling)), int32(limit))
	if err != nil {
		return 0, s.explain("end grants", err)
	}
	if len(ids) == 0 {
		health, err := s.Health(ctx)
		if err != nil || health.Now.Sub(moment(client.RemovedAt)) < settling {
			return 0, err
		}
		return 0, s.write(ctx, "end grants", func(ctx context.Context, q queries) error {
			return q.DeleteRemovedClient(ctx, client.Client)
		})
	}
	ids = ids[:min(len(ids), limit)]
	var ended int // read after success alone: a change may outlive its caller
	err = s.write(ctx, "end grants", func(ctx context.Context, q queries) error {
		ended = 0
		for _, id := range ids {
			one, err := endGrant(ctx, q, id, client)
			if err != nil {
				return err
			}
			ended += int(one)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return ended, nil
}

// endGrant gives 0 for one that another node was faster with, or that a mark
// ended, whose sweep will say so.
func endGrant(ctx context.Context, q queries, id string, client db.RemovedClient) (int64, error) {
	const reason = "its client was removed"
	revoked, err := q.RevokeToken(ctx, db.RevokeTokenParams{
		ID: id, RevokedAt: optional(moment(client.RemovedAt)), RevokedBy: client.RemovedBy, Reason: reason,
	})
	if err != nil {
		return 0, err
	}
	rows, err := revoked.RowsAffected()
	if err != nil || rows == 0 {
		return 0, err
	}
	if err := q.Unsettle(ctx, id); err != nil {
		return 0, err
	}
	row, err := q.FindToken(ctx, id)
	if err != nil {
		return 0, err
	}
	by := token.Principal{Type: token.PrincipalType(client.ActorType), Ref: client.RemovedBy}
	entry := audit.NewEntry(audit.TokenRevoked, by, moment(client.RemovedAt)).About(tokenOf(row))
	entry.Reason = reason
	return 1, appendEntry(ctx, q, entry)
}
