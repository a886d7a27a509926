package store

import (
	"context"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// AddClient keeps a registered client. Where there are as many already as there
// may be it is token.ErrLimited, where whoever registers it has as many as one may
// token.ErrQuota (G-02); an id that exists is token.ErrExists.
func (s *Store) AddClient(ctx context.Context, c token.Client, limits token.ClientLimits, e audit.Entry) error {
	return s.record(ctx, e, func(ctx context.Context, q queries) error {
		if err := takeTurn(ctx, q, "register"); err != nil {
			return err
		}
		if err := checkClients(ctx, q, c.CreatedBy, limits); err != nil {
			return err
		}
		refresh := int64(0)
		if c.Refresh {
			refresh = 1
		}
		rows, err := q.InsertClient(ctx, db.InsertClientParams{
			ID: c.ID, Name: c.Name, Secret: digestOrNull(c.Secret), RedirectUris: strings.Join(c.RedirectURIs, "\n"),
			Refresh: refresh, Scopes: c.Scopes.String(), CreatedBy: c.CreatedBy,
			CreatedAt: micros(c.CreatedAt), ExpiresAt: optional(c.ExpiresAt),
		})
		return oneRow(rows, err, token.ErrExists)
	})
}

// checkClients reports whether there is room for one more client. Whoever cannot
// be told from others shares the places of one.
func checkClients(ctx context.Context, q queries, registrar string, limits token.ClientLimits) error {
	own, err := q.CountClientsBy(ctx, registrar, int32(limits.PerRegistrar))
	if err != nil {
		return err
	}
	if own >= int64(limits.PerRegistrar) {
		return token.ErrQuota
	}
	all, err := q.CountClients(ctx, int32(limits.InAll))
	if err == nil && all >= int64(limits.InAll) {
		err = token.ErrLimited
	}
	return err
}

// FindClient gives a registered client, or token.ErrNotFound.
func (s *Store) FindClient(ctx context.Context, id string) (token.Client, error) {
	if !storable(id) {
		return token.Client{}, token.ErrNotFound
	}
	row, err := s.queries().FindClient(ctx, id)
	if err != nil {
		return token.Client{}, s.explain("find client", err)
	}
	return clientOf(row), nil
}

// ListClients gives all registered clients, by when they were made. AddClient
// bounds how many there are.
func (s *Store) ListClients(ctx context.Context) ([]token.Client, error) {
	rows, err := s.queries().ListClients(ctx)
	if err != nil {
		return nil, s.explain("list clients", err)
	}
	clients := make([]token.Client, len(rows))
	for i, row := range rows {
		clients[i] = clientOf(row)
	}
	return clients, nil
}

func clientOf(row db.Client) token.Client {
	c := token.Client{
		ID: row.ID, Name: row.Name, RedirectURIs: strings.Split(row.RedirectUris, "\n"), Refresh: row.Refresh == 1,
		Scopes: splitScopes(row.Scopes), CreatedBy: row.CreatedBy, CreatedAt: moment(row.CreatedAt),
		UsedAt: maybe(row.UsedAt), ExpiresAt: maybe(row.ExpiresAt),
	}
	copy(c.Secret[:], row.Secret)
	return c
}

// TouchClient notes that a client was used, and that it lives until then.
func (s *Store) TouchClient(ctx context.Context, id string, at, until time.Time) error {
	err := s.backend.Write(ctx, func(ctx context.Context, tx DBTX) error {
		return on(tx).TouchClient(ctx, optional(at), optional(until), id)
	})
	return s.explain("touch client", err)
}

// SweepClients forgets, at most limit at a time, clients that were not used
// for too long. Nothing that they were allowed is good any more by then.
func (s *Store) SweepClients(ctx context.Context, now time.Time, limit int) (n int, err error) {
	var rows int64
	err = s.backend.Write(ctx, func(ctx context.Context, tx DBTX) (err error) {
		rows, err = on(tx).DeleteClients(ctx, optional(now), int32(min(limit, sessionPage)))
		return err
	})
	if err != nil {
		return 0, s.explain("sweep clients", err)
	}
	return int(rows), nil
}
