package proof_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/proof/journal"
)

// TestKill ends the server by kill -9 at random moments under load (row K-01,
// figure S2). After each death nothing acknowledged may be lost, nothing may
// be there by half, and the log must verify; after each start every revoked
// token must be refused and every good one accepted.
//
// kill -9 proves nothing about power loss: the page cache survives the
// process.
func TestKill(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		killOver(t, amount(100, 500), 20, func(*testing.T, *installation) {})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		cluster := pgtest.Start(t)
		killOver(t, amount(20, 500), 20, func(t *testing.T, i *installation) { i.database = postgresDatabase(t, cluster) })
	})
}

// killOver kills a server so many times, each installation for some rounds:
// what is checked after each death grows with what was issued before.
func killOver(t *testing.T, kills, rounds int, prepare func(*testing.T, *installation)) {
	t.Parallel()
	chance := dice(t)
	var took []time.Duration
	var all journal.Tally
	issued, revoked := 0, 0
	for kills > 0 && !t.Failed() {
		place := install(t)
		prepare(t, place)
		k := &killer{t: t, place: place, load: newLoad(), chance: chance}
		k.jwt = k.firstToken()
		for range min(kills, rounds) {
			k.round()
			if t.Failed() {
				return
			}
		}
		kills -= rounds
		k.last()
		all = all.Plus(k.load.judge(t))
		issued, revoked = issued+k.load.count(journal.Good, journal.Unknown, journal.Ended), revoked+k.load.count(journal.Ended)
		took = append(took, k.took...)
	}
	slices.Sort(took)
	t.Logf("ready after a kill: median %s, longest %s of %d; %d issued, %d revoked, verifications: %s",
		took[len(took)/2], took[len(took)-1], len(took), issued, revoked, all)
}

// killer kills the servers of one installation.
type killer struct {
	t      *testing.T
	place  *installation
	load   *load
	jwt    string
	chance *rand.Rand
	took   []time.Duration
}

// firstToken starts the installation once in peace.
func (k *killer) firstToken() string {
	k.t.Helper()
	p := k.place.start()
	defer p.stop()
	return p.userToken("user:default/admin")
}

// killLoad has many changes under way at any moment.
func killLoad() rates { return rates{verify: 200, issue: 120, revoke: 60} }

// round starts the server, asks about every token, kills it under load and
// looks at what is left. Every tenth server dies while it starts.
func (k *killer) round() {
	k.t.Helper()
	if k.chance.IntN(10) == 0 {
		p := k.place.launch()
		<-time.After(time.Duration(k.chance.IntN(int(60 * time.Millisecond))))
		p.kill()
	} else {
		p := k.place.start()
		k.took = append(k.took, p.took)
		k.loadUntilKilled(p)
	}
	w := k.place.witness()
	defer w.dismiss()
	w.check(k.load.journal)
}

func (k *killer) loadUntilKilled(p *process) {
	c := newCaller(p, k.jwt)
	k.load.verifyAll(k.t.Context(), c)
	ctx, cancel := context.WithCancel(k.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.load.run(ctx, c, killLoad())
	}()
	<-time.After(20*time.Millisecond + time.Duration(k.chance.IntN(int(480*time.Millisecond))))
	p.alive()
	p.kill()
	cancel()
	<-ended
}

// last starts the server once more, asks about everything again and lets it
// end in peace.
func (k *killer) last() {
	k.t.Helper()
	p := k.place.start()
	k.load.verifyAll(k.t.Context(), newCaller(p, k.jwt))
	p.stop()
	w := k.place.witness()
	defer w.dismiss()
	w.check(k.load.journal)
}
