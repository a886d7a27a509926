package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// CreateToken inserts a record and the digest of its secret. Inside the
// transaction it refuses a taken name (token.ErrNameTaken), a digest that
// exists (token.ErrExists) and an owner at its limit (token.ErrQuota). A zero
// digest means that nothing is looked up by digest.
//
// A record that a mark covers is inserted as revoked by that mark.
//
// The rows are written first and their fate is asked afterwards, so that they
// travel to the database together.
func (s *Store) CreateToken(ctx context.Context, n token.New, e audit.Entry) error {
	return s.write(ctx, string(e.Action), func(ctx context.Context, q queries) error {
		return createToken(ctx, q, n, e)
	})
}

// createToken is CreateToken inside a transaction.
func createToken(ctx context.Context, q queries, n token.New, e audit.Entry) error {
	if err := freeName(ctx, q, n, e.At); err != nil {
		return err
	}
	record, secret, err := insertToken(ctx, q, n, e)
	if err != nil {
		return err
	}
	if err = written(record, errNotInserted); errors.Is(err, errNotInserted) {
		err = insertCovered(ctx, q, n)
	}
	if err == nil {
		err = written(secret, token.ErrExists)
	}
	if err == nil {
		err = checkQuota(ctx, q, n, e.At)
	}
	return err
}

// insertToken writes the rows of an issue. The results tell whether there was
// room for the record and the digest.
func insertToken(ctx context.Context, q queries, n token.New, e audit.Entry) (record, secret sql.Result, err error) {
	t := n.Token
	if record, err = q.InsertToken(ctx, rowOf(t, nameKey(n))); err != nil {
		return nil, nil, err
	}
	err = q.AddUnsettled(ctx, db.AddUnsettledParams{
		TokenID: t.ID, Kind: string(t.Kind), Owner: t.Owner, ExpiresAt: micros(t.ExpiresAt),
	})
	if err != nil {
		return nil, nil, err
	}
	if secret, err = addSecret(ctx, q, n.Digest, t); err != nil {
		return nil, nil, err
	}
	return record, secret, appendEntry(ctx, q, e)
}

// errNotInserted says that a name is taken or a mark covers the record.
var errNotInserted = errors.New("not inserted")

// written gives the error otherwise when a statement wrote no row.
func written(result sql.Result, otherwise error) error {
	rows, err := result.RowsAffected()
	if err == nil && rows == 0 {
		err = otherwise
	}
	return err
}

// insertCovered inserts a record that a mark from before covers, or tells that
// its name is taken. The sweep of that mark may be over, so the record itself
// says that it is revoked.
//
// A mark that covers "until now" may reach past its own time, see AddMark. A
// record that is dated between the two is issued after that mark was made, and
// is dated behind it. So is one of the mark's own instant: while a clock stands
// still, because it was set back, what is issued after a mark has no later one.
//
// What takes the place of another record is no new issue, and its date is not
// its own: a mark that covers it was committed while it was made.
func insertCovered(ctx context.Context, q queries, n token.New) error {
	t := n.Token
	for t.RevokedAt.IsZero() {
		mark, err := q.FindCoveringMark(ctx, db.FindCoveringMarkParams{
			TokenCreatedAt: micros(t.CreatedAt), Kind: string(t.Kind), Owner: t.Owner, Workspace: t.Workspace,
		})
		if errors.Is(err, sql.ErrNoRows) {
			break
		}
		if err != nil {
			return err
		}
		if t.Replaces != "" {
			return token.ErrAlreadyRevoked
		}
		if micros(t.CreatedAt) >= mark.CreatedAt {
			t.CreatedAt = moment(mark.NotBefore + 1)
			continue
		}
		t.RevokedAt, t.RevokedBy = moment(mark.CreatedAt), mark.RevokedBy
	}
	rows, err := q.InsertCoveredToken(ctx, db.InsertCoveredTokenParams(rowOf(t, nameKey(n))))
	if err == nil && rows == 0 {
		err = token.ErrNameTaken
	}
	return err
}

// freeName frees a name from a token that has ended, where the rule of reuse
// says so. The unique index decides who has it then.
func freeName(ctx context.Context, q queries, n token.New, now time.Time) error {
	t, reuse := n.Token, n.Limits.Reuse
	if reuse == token.ReuseAfterRevocation || reuse == token.ReuseAfterEnd {
		if err := q.FreeNameRevoked(ctx, string(t.Kind), t.Owner, nameKey(n)); err != nil {
			return err
		}
	}
	if reuse != token.ReuseAfterEnd {
		return nil
	}
	return q.FreeNameExpired(ctx, db.FreeNameExpiredParams{
		Kind: string(t.Kind), Owner: t.Owner, Name: nameKey(n), Now: micros(now),
	})
}

// nameKey is what nobody else may have; NULL claims nothing.
func nameKey(n token.New) sql.NullString {
	switch {
	case n.Limits.Reuse == token.ReuseAlways:
		return sql.NullString{}
	case n.NameKey == "":
		return text(n.Token.Name)
	}
	return text(n.NameKey)
}

// addSecret keeps the digest of a token's new secret. The result tells whether
// the digest was new.
func addSecret(ctx context.Context, q queries, d token.Digest, t token.Token) (sql.Result, error) {
	if d == (token.Digest{}) {
		return driver.RowsAffected(1), nil
	}
	created := micros(t.CreatedAt)
	return q.InsertSecret(ctx, db.InsertSecretParams{
		Digest: d[:], TokenID: t.ID, CreatedAt: created, Checksum: secretChecksum(d[:], t.ID, created, sql.NullInt64{}),
	})
}

func text(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }
