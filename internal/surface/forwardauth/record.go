package forwardauth

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// recordEvery is how often the refused use of one token is recorded, for
	// each reason.
	recordEvery = time.Minute
	// maxRecords bounds how many of those are remembered at a time. Each
	// record is a write that somebody without rights causes (row I-06).
	maxRecords = 10_000
	// recordDeadline bounds one write, which the client cannot cancel.
	recordDeadline = 5 * time.Second
)

// refused records the refused use of a token that exists, and gives err back.
// Junk has no record to speak of and is only counted, with all answers. A
// refusal that should be recorded and cannot be is unavailable, as everywhere.
func (g *gate) refused(r *web.Request, bearer string, err error) error {
	if !tellsOfKnown(err) {
		return err
	}
	// Once for each reason: a token that asks for too much must not hide
	// that it was used after its revocation. The turn comes before the
	// look-up: a program that goes on using a dead token must not reach the
	// store with every request.
	digest := token.Digester{}.Digest(bearer)
	key, now := string(digest[:])+token.ReasonOf(err), g.opts.Clock()
	if !g.records.allow(key, now) {
		return err
	}
	_, record, inspectErr := g.opts.Verifier.Inspect(r.Context(), bearer)
	switch {
	case errors.Is(inspectErr, token.ErrUnavailable):
		g.records.forget(key)
		return inspectErr
	case record.ID == "" && record.Subject == "":
		return err // it was ended meanwhile, or is no token of ours
	}
	actor := token.Principal{TokenID: record.ID, RequestID: r.ID}
	if r.Address.IsValid() {
		actor.Address = r.Address.String()
	}
	entry := audit.NewEntry(audit.AccessRefused, actor, now).About(record).Refuse(err).With("route", Path)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), recordDeadline)
	defer cancel()
	if logErr := g.opts.Record(ctx, entry); logErr != nil {
		g.records.forget(key)
		return token.Unavailable(logErr)
	}
	return err
}

// tellsOfKnown reports whether a refusal can only be that of a credential that
// was found.
func tellsOfKnown(err error) bool {
	for _, reason := range []error{
		token.ErrRevoked, token.ErrExpired, token.ErrDisabled, token.ErrRotated,
		token.ErrWrongKind, token.ErrDenied,
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// limiter lets something happen once per key and interval, for a bounded
// number of keys. It is safe for concurrent use.
type limiter struct {
	mu    sync.Mutex
	last  map[string]time.Time
	swept time.Time
}

func newLimiter() *limiter { return &limiter{last: map[string]time.Time{}} }

// allow reports whether the key's turn has come, and takes it. When there are
// too many keys within one interval no new one gets a turn.
func (l *limiter) allow(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, known := l.last[key]; known && now.Sub(last) < recordEvery {
		return false
	}
	if len(l.last) >= maxRecords {
		l.sweep(now)
	}
	if len(l.last) >= maxRecords {
		return false
	}
	l.last[key] = now
	return true
}

// sweep drops keys whose turn would come again, at most once a second: a full
// table must not make every refusal walk through it.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for key, last := range l.last {
		if now.Sub(last) >= recordEvery {
			delete(l.last, key)
		}
	}
}

// forget gives a turn back that was not used.
func (l *limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.last, key)
}
