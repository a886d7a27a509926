package proof_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/internal/server"
	"github.com/tokenwright/tokenwright/proof/journal"
)

// TestSteady judges every answer of a server in good health (figure S1), and
// of two nodes on one PostgreSQL, where a revocation may take two seconds to
// the other node and no longer.
func TestSteady(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		steady(t, install(t))
	})
	t.Run("two nodes on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		url := postgresDatabase(t, pgtest.Start(t))
		a, b := install(t), install(t)
		a.database, b.database = url, url
		b.config += fmt.Sprintf("secrets: {key_file: %s}\n", filepath.Join(a.data, server.KeyFileName))
		steady(t, a, b)
	})
}

// steady loads the nodes of one installation, each with the standard load.
func steady(t *testing.T, nodes ...*installation) {
	var processes []*process
	for _, node := range nodes {
		processes = append(processes, node.start())
	}
	l, jwt := newLoad(), processes[0].userToken("user:default/admin")
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(amount(6, 600))*time.Second)
	defer cancel()
	var work sync.WaitGroup
	for _, p := range processes {
		work.Go(func() { l.run(ctx, newCaller(p, jwt), standardLoad()) })
	}
	work.Wait()
	for _, p := range processes {
		l.verifyAll(t.Context(), newCaller(p, jwt))
		p.stop()
	}
	tally := l.judge(t)
	unissued := l.count(journal.Unissued)
	if tally.Accepted == 0 || tally.Declined == 0 {
		t.Errorf("nothing is shown by %s", tally)
	}
	// On a busy machine the short form may meet a deadline.
	if full() && tally.Unavailable+unissued > 0 {
		t.Errorf("%d verifications and %d issues were not answered, and nothing was broken", tally.Unavailable, unissued)
	}
	w := nodes[0].witness()
	defer w.dismiss()
	w.check(l.journal)
	t.Logf("%d issued, %d not answered, %d revoked, verifications: %s",
		len(l.journal.Tokens())-unissued, unissued, l.count(journal.Ended), tally)
}
