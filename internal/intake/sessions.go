package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const selectSession = `SELECT user_entity_ref, token_hash, created_at, last_used_at FROM offline_sessions WHERE id = $1`

// How long a session of Backstage is good: since its last use, and in all.
const (
	sessionIdle = 30 * 24 * time.Hour
	sessionMax  = 365 * 24 * time.Hour
)

// sessionTable is the sessions of Backstage, for one reading.
type sessionTable struct {
	tx  *sql.Tx
	now time.Time
}

type session struct {
	owner, hash   string
	created, used time.Time
}

// find gives a session; found is false when there is none.
func (s sessionTable) find(ctx context.Context, id string) (one session, found bool, err error) {
	var created, used any
	err = s.tx.QueryRowContext(ctx, selectSession, id).Scan(&one.owner, &one.hash, &created, &used)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return session{}, false, nil
	case err != nil:
		return session{}, false, fmt.Errorf("the table offline_sessions of the auth plugin cannot be read: %w", err)
	}
	var createdOK, usedOK bool
	one.created, createdOK = instant(created)
	if one.used, usedOK = instant(used); !createdOK || !usedOK {
		return session{}, false, token.Invalid("created_at or last_used_at of its session is not a time")
	}
	return one, true, nil
}

// ends gives when a session is over if nobody uses it.
func (s session) ends() time.Time {
	idle, last := s.used.Add(sessionIdle), s.created.Add(sessionMax)
	if last.Before(idle) {
		return last
	}
	return idle
}
