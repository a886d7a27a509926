package console_test

import (
	"fmt"
	"testing"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/surface/console"
	"github.com/tokenwright/tokenwright/token"
)

// Whoever follows the log waits while pages are told, and revocations wait with
// them: an import of many must not cost more the more pages listen (C-03).
func TestWhatAPageWaitsToHearIsBounded(t *testing.T) {
	for _, tc := range []struct {
		name            string
		owners, entries int
		want            int
	}{
		{"the same thing over and over", 1, 1000, 1},
		{"of a few owners", 20, 1000, 20},
		{"of as many as are told apart", 64, 1000, 64},
		{"of more: that anything may have changed", 65, 1000, 1},
		{"of very many", 1000, 1000, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			news := console.NewNews(console.NewsLimits{PerSession: 1, PerPerson: 1, InAll: 1})
			waiting := console.Waiting(t, news)
			for range 3 {
				var list []audit.Stored
				for i := range tc.entries {
					list = append(list, audit.Stored{Entry: audit.Entry{
						Action: audit.TokenImported, Outcome: audit.Allowed, Kind: token.KindService,
						Owner: fmt.Sprintf("group:default/team-%d", i%tc.owners),
					}})
				}
				news.Hear(list)
			}
			if got := waiting(); got != tc.want {
				t.Errorf("%d things wait to be told, want %d", got, tc.want)
			}
		})
	}
}
