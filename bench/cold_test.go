package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// rounds is how often the two sides of a ratio are measured in turn; their
// medians are compared, so that a slow moment of the machine hits both.
const rounds = 7

// BenchmarkCold measures a verification that misses the cache beside a raw
// look-up of the same row through the same driver (P8).
func BenchmarkCold(b *testing.B) {
	databases(b, func(b *testing.B, db database) {
		f := formats(b)
		var first float64
		for _, n := range sizes(b) {
			if n > sizes(b)[0] {
				db = reopen(b, db)
			}
			db.fill(b, f, n)
			lookUp, verdict := coldSides(b, db, f, n)
			rawTime, coldTime := alternate(lookUp, verdict)
			if first == 0 {
				first = coldTime
			}
			report.set(figure{
				"P8", fmt.Sprintf("cold verify, %s, %s tokens", db.name, human(n)),
				fmt.Sprintf("%.2f of a raw look-up (%.1f of %.1f µs), %.2fx the smallest table", rawTime/coldTime, coldTime/1e3, rawTime/1e3, coldTime/first),
				"at least 0.8; growth at most 1.6x",
			})
		}
		for b.Loop() { // the figures are in the report
		}
	})
}

// reopen gives a fresh database of the same sort.
func reopen(b *testing.B, db database) database {
	b.Helper()
	if db.name == "SQLite" {
		return openSQLite(b)
	}
	return openPostgres(b)
}

// coldSides gives the two things to compare: each call looks one random token
// up.
func coldSides(b *testing.B, db database, f token.Formats, n int) (lookUp, verdict func()) {
	b.Helper()
	ctx := context.Background()
	statement, err := db.raw.PrepareContext(ctx, "SELECT t."+strings.Join(tokenColumns, ", t.")+
		", s.ends_at FROM secrets s JOIN tokens t ON t.id = s.token_id WHERE s.digest = $1")
	must(b, err)
	b.Cleanup(func() { _ = statement.Close() })
	v, err := verify.New(verify.Options{Formats: f, Source: db.store})
	must(b, err)
	lookUp = func() {
		d := token.Digester{}.Digest(rawOf(b, f, rand.IntN(n)))
		must(b, scanRow(statement.QueryRowContext(ctx, d[:])))
	}
	verdict = func() {
		_, err := v.Verify(ctx, rawOf(b, f, rand.IntN(n)), verify.Expect{})
		must(b, err)
	}
	return lookUp, verdict
}

func scanRow(row *sql.Row) error {
	text := make([]sql.NullString, len(tokenColumns)+1)
	into := make([]any, len(text))
	for i := range text {
		into[i] = &text[i]
	}
	return row.Scan(into...)
}

// alternate times two functions in turn and gives the medians in nanoseconds
// a call.
func alternate(a, b func()) (float64, float64) {
	medians := mediansOf(a, b)
	return medians[0], medians[1]
}

// mediansOf is alternate for any number of functions.
func mediansOf(calls ...func()) []float64 {
	times := make([][]float64, len(calls))
	for range rounds {
		for i, call := range calls {
			times[i] = append(times[i], perCall(call))
		}
	}
	medians := make([]float64, len(calls))
	for i := range times {
		medians[i] = median(times[i])
	}
	return medians
}

// perCall times as many calls as fit in a fifth of a second.
func perCall(call func()) float64 {
	began, calls := time.Now(), 0
	for time.Since(began) < 200*time.Millisecond {
		for range 16 {
			call()
		}
		calls += 16
	}
	return float64(time.Since(began)) / float64(calls)
}

func formats(tb testing.TB) token.Formats {
	tb.Helper()
	f, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	must(tb, err)
	return f
}
