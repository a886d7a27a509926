package store

import (
	"context"
	"math"
	"strconv"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// A mark that names no kind and no workspace is about everything of an owner, or
// of everybody: also about what people have without a record of a token. Login
// sessions, sign-in links, consents that wait for an answer and codes that were
// not used yet are few, so each says itself that it has ended, at once, and
// nobody who reads one compares it with marks. In their turn a sign-in is either
// before the mark and ends, or after it and stays.

// signInTurn is the turn of those who begin sessions or end many.
const signInTurn = "sign-in"

// endPeople ends what people have that a mark reaches, and tells of it in the
// entry: sessions, and authorizations with their codes.
func endPeople(ctx context.Context, q queries, m token.Mark, e audit.Entry) (audit.Entry, error) {
	if m.Kind != "" || m.Workspace != "" {
		return e, nil
	}
	if err := takeTurn(ctx, q, signInTurn); err != nil {
		return e, err
	}
	upTo, at := micros(m.NotBefore), optional(m.CreatedAt)
	if untilNow(m) {
		upTo = math.MaxInt64 // whatever the clock of the node that made it said
	}
	// A link does not say when it was made, and is made again in a second: all of
	// them end, so that whoever got hold of one does not sign in anew behind a mark
	// that reaches to an earlier time.
	if err := q.EndLinksOf(ctx, at, m.Owner); err != nil {
		return e, err
	}
	sessions, err := q.EndSessionsUpTo(ctx, at, upTo, m.Owner)
	if err != nil {
		return e, err
	}
	authorizations, err := q.EndAuthorizationsUpTo(ctx, upTo, m.Owner)
	if err != nil {
		return e, err
	}
	if sessions > 0 {
		e = e.With("sessions", strconv.FormatInt(sessions, 10))
	}
	if authorizations > 0 {
		e = e.With("authorizations", strconv.FormatInt(authorizations, 10))
	}
	return e, nil
}
