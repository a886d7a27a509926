package bench_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// BenchmarkList measures a page of 50 with its total, for several filters and
// orders, out of a small and a large table (P14).
func BenchmarkList(b *testing.B) {
	databases(b, func(b *testing.B, db database) {
		small, large := 1000, sizes(b)[len(sizes(b))-1]
		db.fill(b, formats(b), small)
		times := pageTimes(b, db)
		db = reopen(b, db)
		db.fill(b, formats(b), large)
		for i, t := range pageTimes(b, db) {
			report.set(figure{
				"P14", fmt.Sprintf("list of 50, %s, %s, 1 k and %s tokens", pages()[i].name, db.name, human(large)),
				fmt.Sprintf("%.2fx (%.2f and %.2f ms)", t/times[i], times[i]/1e6, t/1e6), "at most 2x, under 2 ms",
			})
		}
		for b.Loop() { // the figures are in the report
		}
	})
}

type page struct {
	name  string
	query token.Query
}

func pages() []page {
	return []page{
		{"newest first", token.Query{}},
		{"by name", token.Query{Sort: token.SortName, Asc: true}},
		{"by expiry, active", token.Query{Sort: token.SortExpiresAt, Asc: true, States: []token.State{token.StateActive}}},
		{"of one group", token.Query{Owner: "group:default/team-007"}},
		{"revoked", token.Query{States: []token.State{token.StateRevoked}}},
		{"last used", token.Query{Sort: token.SortLastUsedAt}},
	}
}

func pageTimes(b *testing.B, db database) []float64 {
	b.Helper()
	var out []float64
	for _, p := range pages() {
		q := p.query
		q.Kind, q.Limit, q.Notice = token.KindService, 50, token.Notice{Window: 30 * 24 * time.Hour}
		var times []float64
		for range rounds {
			times = append(times, perCall(func() {
				q.Now = time.Now().UTC()
				_, err := db.store.ListTokens(context.Background(), q)
				must(b, err)
			}))
		}
		out = append(out, median(times))
	}
	return out
}
