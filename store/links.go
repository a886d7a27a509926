package store

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// AddLink keeps a one-time sign-in link. A digest that exists is
// token.ErrExists.
func (s *Store) AddLink(ctx context.Context, l token.Link, by token.Principal, at time.Time) error {
	entry := audit.NewEntry(audit.LinkMade, by, at)
	entry.Name = l.User
	return s.record(ctx, entry, func(ctx context.Context, q queries) error {
		rows, err := q.InsertLink(ctx, l.Digest[:], l.User, micros(l.ExpiresAt))
		return oneRow(rows, err, token.ErrExists)
	})
}

// UseLink uses a link up and gives it. A link that is unknown, used or expired
// is token.ErrNotFound: of two uses at once one succeeds. The link's user acts,
// with the address and request of from.
func (s *Store) UseLink(ctx context.Context, d token.Digest, from token.Principal, now time.Time) (token.Link, error) {
	var link token.Link // read after success alone: a change may outlive its caller
	err := s.write(ctx, "use link", func(ctx context.Context, q queries) error {
		rows, err := q.UseLink(ctx, optional(now), d[:])
		if err := oneRow(rows, err, token.ErrNotFound); err != nil {
			return err
		}
		row, err := q.FindLink(ctx, d[:])
		if err != nil {
			return err
		}
		link = token.Link{Digest: d, User: row.UserRef, ExpiresAt: moment(row.ExpiresAt)}
		user := token.Principal{
			Type: token.PrincipalUser, Ref: row.UserRef, Address: from.Address, RequestID: from.RequestID,
		}
		entry := audit.NewEntry(audit.LinkUsed, user, now)
		entry.Name = row.UserRef
		return appendEntry(ctx, q, entry)
	})
	if err != nil {
		return token.Link{}, err
	}
	return link, nil
}
