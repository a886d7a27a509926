package directory_test

import (
	"context"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// seats is a store of one member whose state the test changes. during runs inside a
// look-up, when the member was read.
type seats struct {
	active bool
	during func()
}

func (s *seats) FindStanding(context.Context, string, string) (token.Standing, error) {
	found := token.Standing{Active: s.active}
	if during := s.during; during != nil {
		s.during = nil
		during()
	}
	return found, nil
}

// everybody is a directory in which all are active.
type everybody struct{ directory.Reader }

func (everybody) UserActive(context.Context, string) (bool, error) { return true, nil }

// Of two look-ups that overlap, the one that found somebody disabled counts, unless
// the other began later.
func TestOfTwoStandingsTheRefusalIsRemembered(t *testing.T) {
	for _, tc := range []struct {
		name          string
		outer, inner  bool // active, as the look-up that ends last and the one that ends first read it
		later         time.Duration
		wantsAfterAll bool
	}{
		{"the older answer ends last", true, false, time.Millisecond, false},
		{"at one time, the refusal ends first", true, false, 0, false},
		{"at one time, the refusal ends last", false, true, 0, false},
		{"enabled later", false, true, time.Millisecond, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clock, found := tokentest.NewClock(time.Time{}), &seats{active: tc.outer}
			standings := directory.NewStandings(found, everybody{}, clock.Now)
			ask := func() bool {
				standing, err := standings.FindStanding(t.Context(), "user:default/alice", "shop")
				if err != nil {
					t.Error(err)
				}
				return standing.Active
			}
			found.during = func() {
				found.active = tc.inner
				clock.Advance(tc.later)
				ask()
			}
			ask()
			if got := ask(); got != tc.wantsAfterAll {
				t.Errorf("after both: active %v", got)
			}
		})
	}
}
