package bench_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// BenchmarkWrite measures issue and revoke (row, digest, entry, counters, in
// one durable transaction) beside one raw durable insert through the same
// driver, with one writer and with sixteen (P10).
func BenchmarkWrite(b *testing.B) {
	databases(b, func(b *testing.B, db database) {
		ctx := context.Background()
		_, err := db.raw.ExecContext(ctx, "CREATE TABLE bench_raw (id BIGINT PRIMARY KEY, body TEXT NOT NULL)")
		must(b, err)
		var next atomic.Int64
		insert := func() {
			_, err := db.raw.ExecContext(ctx, "INSERT INTO bench_raw (id, body) VALUES ($1, $2)", next.Add(1), fillScopes)
			must(b, err)
		}
		issued := make(chan token.Token, 1<<20)
		issue := func() { issued <- issueOne(b, db, int(next.Add(1))) }
		revoke := func() { revokeOne(b, db, <-issued) }
		medians := mediansOf(insert, issue, func() { issue(); revoke() })
		rawTime, issueTime, revokeTime := medians[0], medians[1], medians[2]-medians[1]
		report.set(figure{
			"P10", "issue, one writer, " + db.name,
			fmt.Sprintf("%.2f of a raw insert (%.0f of %.0f µs)", rawTime/issueTime, issueTime/1e3, rawTime/1e3), "at least 0.4",
		})
		report.set(figure{
			"P10", "revoke, one writer, " + db.name,
			fmt.Sprintf("%.2f of a raw insert (%.0f µs)", rawTime/revokeTime, revokeTime/1e3), "at least 0.4",
		})
		one, sixteen := throughput(issue, 1), throughput(issue, 16)
		report.set(figure{
			"P10", "issue, 16 writers beside one, " + db.name,
			fmt.Sprintf("%.1fx (%.0f/s of %.0f/s)", sixteen/one, sixteen, one), "at least 2x",
		})
		for b.Loop() { // the figures are in the report
		}
	})
}

func issueOne(b *testing.B, db database, i int) token.Token {
	b.Helper()
	secret, err := formats(b).Generate(token.KindService)
	must(b, err)
	now := time.Now().UTC().Truncate(time.Microsecond)
	name := fmt.Sprintf("bench-%d", i)
	t := token.Token{
		ID: token.NewID(), Kind: token.KindService, Name: name, Description: "bench", Hint: token.Hint(secret.Reveal()),
		Owner: "group:default/bench", Subject: token.ServiceSubject("group:default/bench", name),
		Scopes: token.Scopes{"catalog:read"}, CreatedBy: fillPerson, CreatedAt: now, ExpiresAt: now.Add(24 * time.Hour),
	}
	t.Family = token.FamilyID(t.ID)
	by := token.Principal{Type: token.PrincipalUser, Ref: fillPerson}
	n := token.New{Token: t, Digest: token.Digester{}.Digest(secret.Reveal()), Limits: token.Limits{Reuse: token.ReuseNever}}
	must(b, db.store.CreateToken(context.Background(), n, audit.NewEntry(audit.TokenIssued, by, now).About(t)))
	return t
}

func revokeOne(b *testing.B, db database, t token.Token) {
	b.Helper()
	now := time.Now().UTC().Truncate(time.Microsecond)
	by := token.Principal{Type: token.PrincipalUser, Ref: fillPerson}
	_, err := db.store.RevokeToken(context.Background(), token.Revocation{TokenID: t.ID, By: by.Ref, At: now},
		audit.NewEntry(audit.TokenRevoked, by, now).About(t))
	must(b, err)
}

// throughput gives calls a second with a number of callers at once.
func throughput(call func(), callers int) float64 {
	var calls atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range callers {
		wg.Go(func() {
			for time.Since(began) < 2*time.Second {
				call()
				calls.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(calls.Load()) / time.Since(began).Seconds()
}

// markOf gives a mark that covers every token of a kind.
func markOf(kind token.Kind) token.Mark {
	now := time.Now().UTC().Truncate(time.Microsecond)
	return token.Mark{ID: token.NewID(), Kind: kind, NotBefore: now, CreatedAt: now, RevokedBy: fillPerson}
}

func entryOf(m token.Mark) audit.Entry {
	return audit.NewEntry(audit.TokensRevoked, token.Principal{Type: token.PrincipalUser, Ref: m.RevokedBy}, m.CreatedAt)
}
