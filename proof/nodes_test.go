package proof_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// fleet is the nodes of one installation. Their clock stands still, so that a
// test can let a minute pass for the limits of requests.
type fleet struct {
	t     testing.TB
	nodes []visitor
	clock *tokentest.Clock
}

// onEveryFleet runs a test on one node with SQLite and on two nodes with one
// PostgreSQL.
func onEveryFleet(t *testing.T, config string, test func(t *testing.T, f fleet)) {
	t.Helper()
	t.Run("one node on SQLite", func(t *testing.T) {
		clock := tokentest.NewClock(time.Now())
		test(t, fleet{t, []visitor{visit(t, tokentest.WithConfig(config), tokentest.WithClock(clock)).inside()}, clock})
	})
	t.Run("two nodes on PostgreSQL", func(t *testing.T) {
		clock := tokentest.NewClock(time.Now())
		opts := []tokentest.Option{
			tokentest.WithConfig(config), tokentest.WithClock(clock), tokentest.WithPublicURL("http://127.0.0.1:7999"),
			tokentest.WithDatabase(postgresDatabase(t, pgtest.Start(t))),
		}
		first := visit(t, opts...)
		second := visit(t, append(opts, tokentest.WithKeyOf(first.s))...)
		test(t, fleet{t, []visitor{first.inside(), second.inside()}, clock})
	})
}

// admin gives a fresh bearer of the administrator.
func (f fleet) admin() string { return f.nodes[0].s.UserToken("user:default/admin") }

// race sends many requests at once, in turn to each node, and gives the answers.
// Every request is ready before the first is sent. An answer that says that the
// server is at fault, or busy, is a fault.
func (f fleet) race(send func(v visitor, i int) reply) (won []reply, others map[int]int) {
	f.t.Helper()
	answers := make([]reply, crowdSize)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range crowdSize {
		running.Go(func() {
			<-start
			answers[i] = send(f.nodes[i%len(f.nodes)], i)
		})
	}
	close(start)
	running.Wait()
	others = map[int]int{}
	for _, one := range answers {
		switch {
		case one.acknowledged():
			won = append(won, one)
		case one.status >= 500 || one.status == http.StatusTooManyRequests || one.status == 0:
			f.t.Errorf("%d %s", one.status, one.body)
		default:
			others[one.status]++
		}
	}
	return won, others
}

// wins fails unless exactly so many won and all others were told the same.
func (f fleet) wins(what string, round int, won []reply, others map[int]int, want, otherwise int) {
	f.t.Helper()
	if len(won) != want || others[otherwise] != crowdSize-want {
		f.t.Errorf("round %d, %s: %d won, want %d; the others: %v, want %d", round, what, len(won), want, others, otherwise)
	}
}

// group adds a group of a name and gives its ref.
func (f fleet) group(name string) string {
	f.t.Helper()
	ref := "group:default/" + name
	if got := f.nodes[0].json(http.MethodPost, api.Base+api.PathGroups, f.admin(), `{"ref":"`+ref+`"}`); !got.acknowledged() {
		f.t.Fatalf("add %s: %d %s", ref, got.status, got.body)
	}
	return ref
}

// logHolds fails unless every node finds the log whole, and it says of an action
// as many times as wanted that it was done.
func (f fleet) logHolds(want map[audit.Action]int) {
	f.t.Helper()
	for _, v := range f.nodes {
		(&installation{t: f.t}).runIn(v.s.Data, "", "audit", "verify")
		for action, n := range want {
			query := audit.Query{Actions: []audit.Action{action}, Outcome: audit.Allowed}
			if got := len(v.s.Entries(query)); got != n {
				f.t.Errorf("%s: the log has %d entries, want %d", action, got, n)
			}
		}
	}
}
