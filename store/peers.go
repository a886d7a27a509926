package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// SetPeerDisabled switches a peer off (true) or on, as p says; e tells of it. One
// that is in that state already stays as it is, without an entry. A damaged row
// of that name is written anew, or removed.
func (s *Store) SetPeerDisabled(ctx context.Context, p token.DisabledPeer, disabled bool, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		if disabled {
			return disablePeer(ctx, q, rowOfPeer(p))
		}
		rows, err := q.EnablePeer(ctx, p.Name)
		return oneRow(rows, err, errUnchanged)
	})
}

func disablePeer(ctx context.Context, q queries, row db.DisabledPeer) error {
	rows, err := q.DisablePeer(ctx, db.DisablePeerParams(row))
	if err != nil || rows == 1 {
		return err
	}
	kept, err := q.FindDisabledPeer(ctx, row.Name)
	switch {
	case errors.Is(err, sql.ErrNoRows): // switched on meanwhile
	case err != nil:
		return err
	case peerChecksum(&kept) == kept.Checksum:
		return errUnchanged
	}
	if _, err := q.EnablePeer(ctx, row.Name); err != nil {
		return err
	}
	rows, err = q.DisablePeer(ctx, db.DisablePeerParams(row))
	return oneRow(rows, err, errUnchanged)
}

// ListDisabledPeers gives all peers that are switched off, ordered by name. With
// one among them that is Damaged nobody knows which are.
func (s *Store) ListDisabledPeers(ctx context.Context) ([]token.DisabledPeer, error) {
	rows, err := s.queries().ListDisabledPeers(ctx)
	if err != nil {
		return nil, s.explain("list disabled peers", err)
	}
	list := make([]token.DisabledPeer, len(rows))
	for i, row := range rows {
		list[i] = peerOf(row)
	}
	return list, nil
}

func rowOfPeer(p token.DisabledPeer) db.DisabledPeer {
	subjects := make([]string, len(p.Subjects))
	for i, one := range p.Subjects {
		subjects[i] = string(one)
	}
	row := db.DisabledPeer{
		Name: p.Name, DisabledBy: p.DisabledBy, DisabledAt: micros(p.DisabledAt),
		Subjects: strings.Join(subjects, " "), SubjectLeads: strings.Join(p.SubjectLeads, " "),
	}
	row.Checksum = peerChecksum(&row)
	return row
}

func peerOf(row db.DisabledPeer) token.DisabledPeer {
	if peerChecksum(&row) != row.Checksum {
		return token.DisabledPeer{Name: row.Name, Damaged: true}
	}
	p := token.DisabledPeer{Name: row.Name, DisabledBy: row.DisabledBy, DisabledAt: moment(row.DisabledAt)}
	for one := range strings.FieldsSeq(row.Subjects) {
		p.Subjects = append(p.Subjects, token.Subject(one))
	}
	for lead := range strings.FieldsSeq(row.SubjectLeads) {
		p.SubjectLeads = append(p.SubjectLeads, lead)
	}
	return p
}

// peerChecksum leaves out the subjects where there are none, as rows have it that
// were written before there was a place for them.
func peerChecksum(p *db.DisabledPeer) int64 {
	texts := []string{"peer", p.Name, p.DisabledBy}
	if p.Subjects != "" || p.SubjectLeads != "" {
		texts = append(texts, p.Subjects, p.SubjectLeads)
	}
	return hashed(p.DisabledAt, texts...)
}
