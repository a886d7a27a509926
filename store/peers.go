package store

import (
	"context"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// SetPeerDisabled switches a peer off (true) or on, by p.DisabledBy at
// p.DisabledAt; e tells of it. One that is in that state already stays as it
// is, without an entry.
func (s *Store) SetPeerDisabled(ctx context.Context, p token.DisabledPeer, disabled bool, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		if !disabled {
			rows, err := q.EnablePeer(ctx, p.Name)
			return oneRow(rows, err, errUnchanged)
		}
		row := db.DisabledPeer{Name: p.Name, DisabledBy: p.DisabledBy, DisabledAt: micros(p.DisabledAt)}
		rows, err := q.DisablePeer(ctx, db.DisablePeerParams{
			Name: row.Name, DisabledBy: row.DisabledBy, DisabledAt: row.DisabledAt, Checksum: peerChecksum(&row),
		})
		return oneRow(rows, err, errUnchanged)
	})
}

// ListDisabledPeers gives all peers that are switched off, ordered by name. With
// a damaged one among them nobody knows which are: ErrDamaged.
func (s *Store) ListDisabledPeers(ctx context.Context) ([]token.DisabledPeer, error) {
	rows, err := s.queries().ListDisabledPeers(ctx)
	if err != nil {
		return nil, s.explain("list disabled peers", err)
	}
	list := make([]token.DisabledPeer, len(rows))
	for i, row := range rows {
		if peerChecksum(&row) != row.Checksum {
			return nil, s.explain("list disabled peers", damaged("disabled peer", row.Name))
		}
		list[i] = token.DisabledPeer{Name: row.Name, DisabledBy: row.DisabledBy, DisabledAt: moment(row.DisabledAt)}
	}
	return list, nil
}

func peerChecksum(p *db.DisabledPeer) int64 {
	return hashed(p.DisabledAt, "peer", p.Name, p.DisabledBy)
}
