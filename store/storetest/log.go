package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func logBehaviours() []behaviour {
	return []behaviour{
		{"a new log is empty and verifies", logIsEmpty},
		{"a log keeps its first name", logKeepsName},
		{"an entry without a position is not in the log yet", pendingIsInvisible},
		{"entries are sequenced in order, and what they say is what was written", logIsInOrder},
		{"two sequencers at once make one log without gaps or repetitions", twoSequencers},
		{"a log that is being written verifies", verifyWhileWriting},
		{"every entry can be proven and every head extends the former one", everyEntryProven},
		{"a head that cannot be signed leaves the log as it was", sealFails},
		{"a waiter is woken by a commit and by sequencing", waiterIsWoken},
		{"a waiter comes back after a second without news", waiterPolls},
		{"the store can be read and written to", ping},
	}
}

// refuse writes n refusals, the smallest of entries.
func (r *rig) refuse(n int) {
	r.Helper()
	for _, err := range parallel(n, func(int) error {
		return r.store.AppendEntry(r.ctx, audit.NewEntry(audit.AccessRefused, admin(), start()).Refuse(token.ErrPermission))
	}) {
		r.must(err)
	}
}

func (r *rig) verified(checkpoints ...[]byte) audit.Verification {
	r.Helper()
	v, err := audit.Verify(r.ctx, r.store, audit.VerifyOptions{Keys: r.keys, Checkpoints: checkpoints})
	r.must(err)
	return v
}

func (r *rig) head() audit.Head {
	r.Helper()
	head, err := r.store.Head(r.ctx)
	r.must(err)
	return head
}

func logIsEmpty(r *rig) {
	head := r.head()
	r.same("size", head.Size, int64(0))
	r.same("origin", head.Origin, origin)
	r.same("entries", r.verified().Entries, int64(0))
	n, err := r.store.Sequence(r.ctx, r.sealer, 10)
	r.must(err)
	r.same("sequenced", n, 0)
	since, err := r.store.PendingSince(r.ctx)
	r.must(err)
	r.same("pending since", since, time.Time{})
}

func logKeepsName(r *rig) {
	r.must(r.store.NameLog(r.ctx, "another.example/log"))
	r.same("origin", r.head().Origin, origin)
	r.refuse(1)
	r.sequence()
	r.must(r.store.NameLog(r.ctx, "another.example/log"))
	r.same("origin later", r.head().Origin, origin)
}

func pendingIsInvisible(r *rig) {
	e := audit.NewEntry(audit.AccessRefused, admin(), start())
	r.must(r.store.AppendEntry(r.ctx, e))
	entries, err := r.store.ReadLog(r.ctx, 0, 10)
	r.must(err)
	r.same("log", len(entries), 0)
	_, err = r.store.FindEntryPosition(r.ctx, e.ID)
	r.refused(err, token.ErrNotFound)
	since, err := r.store.PendingSince(r.ctx)
	r.must(err)
	r.same("pending since", since, start())
	r.same("history, for people", len(r.history(audit.Query{})), 1)

	r.sequence()
	position, err := r.store.FindEntryPosition(r.ctx, e.ID)
	r.must(err)
	r.same("position", position, int64(0))
	_, err = r.store.FindEntryPosition(r.ctx, token.NewID())
	r.refused(err, token.ErrNotFound)
	since, err = r.store.PendingSince(r.ctx)
	r.must(err)
	r.same("pending since", since, time.Time{})
}

func logIsInOrder(r *rig) {
	var want []audit.Entry
	for i := range 7 {
		n := draft(numbered("ci", i))
		e := entryAbout(audit.TokenIssued, n.Token, start()).With("scopes", `"<quoted>" & ☃`)
		r.must(r.store.CreateToken(r.ctx, n, e))
		want = append(want, e)
	}
	for _, size := range []int{3, 3, 1, 0} {
		n, err := r.store.Sequence(r.ctx, r.sealer, 3)
		r.must(err)
		r.same("sequenced", n, size)
	}
	log, err := r.store.ReadLog(r.ctx, 0, 100)
	r.must(err)
	var got []audit.Entry
	for i, e := range log {
		r.same("position", e.Position, int64(i))
		body, err := e.Encode()
		r.must(err)
		r.same("body", string(e.Body), string(body))
		got = append(got, e.Entry)
	}
	r.same("log", got, want)
	middle, err := r.store.ReadLog(r.ctx, 2, 3)
	r.must(err)
	r.same("a part of the log", middle, log[2:5])
	r.same("verified", r.verified().Entries, int64(7))
}

// twoSequencers runs four sequencers beside eight writers until all is
// sequenced.
func twoSequencers(r *rig) {
	const writers, each = 8, 12
	var sequencers sync.WaitGroup
	ctx, stop := context.WithCancel(r.ctx)
	counts, errs := make([]int, 4), make([]error, 4)
	for i := range counts {
		sequencers.Go(func() {
			for ctx.Err() == nil && errs[i] == nil {
				var n int
				n, errs[i] = r.store.Sequence(r.ctx, r.sealer, 5)
				counts[i] += n
			}
		})
	}
	for _, err := range parallel(writers, func(int) error {
		for range each {
			if err := r.store.AppendEntry(r.ctx, audit.NewEntry(audit.AccessRefused, admin(), start())); err != nil {
				return err
			}
		}
		return nil
	}) {
		r.must(err)
	}
	stop()
	sequencers.Wait()
	r.must(errors.Join(errs...))
	rest, err := r.store.Sequence(r.ctx, r.sealer, 1000)
	r.must(err)
	sum := rest
	for _, n := range counts {
		sum += n
	}
	r.same("sequenced", sum, writers*each)
	log, err := r.store.ReadLog(r.ctx, 0, 1000)
	r.must(err)
	seen := map[string]bool{}
	for i, e := range log {
		r.same("position", e.Position, int64(i))
		seen[e.ID] = true
	}
	r.same("different entries", len(seen), writers*each)
	r.same("verified", r.verified().Entries, int64(writers*each))
}

// verifyWhileWriting verifies while entries come in: no false alarm.
func verifyWhileWriting(r *rig) {
	ctx, stop := context.WithCancel(r.ctx)
	var writer sync.WaitGroup
	var failed error
	writer.Go(func() {
		for ctx.Err() == nil && failed == nil {
			failed = r.store.AppendEntry(r.ctx, audit.NewEntry(audit.AccessRefused, admin(), start()))
			if failed == nil {
				_, failed = r.store.Sequence(r.ctx, r.sealer, 10)
			}
		}
	})
	var last audit.Verification
	for last.Entries < 40 {
		last = r.verified(r.checkpoints(last)...)
	}
	stop()
	writer.Wait()
	r.must(failed)
}

func (r *rig) checkpoints(v audit.Verification) [][]byte {
	if len(v.Head.Signed) == 0 {
		return nil
	}
	return [][]byte{v.Head.Signed}
}

func everyEntryProven(r *rig) {
	var heads []audit.Head
	for range 12 {
		r.refuse(3)
		r.sequence()
		heads = append(heads, r.head())
	}
	last := heads[len(heads)-1]
	var checkpoints [][]byte
	for _, head := range heads {
		checkpoints = append(checkpoints, head.Signed)
	}
	r.same("checkpoints confirmed", r.verified(checkpoints...).Checkpoints, len(heads))
	for position := range last.Size {
		proof, err := audit.Prove(r.ctx, r.store, position)
		r.must(err)
		r.must(proof.Check(last))
		if position > 0 {
			proof.Position--
			r.refused(proof.Check(last), audit.ErrTampered)
		}
	}
	nodes, err := r.store.ReadNodes(r.ctx, 0, 1000)
	r.must(err)
	r.same("hashes", int64(len(nodes)), tlog.StoredHashCount(last.Size))
	r.same("hashes in order", slices.IsSortedFunc(nodes, func(a, b audit.Node) int { return int(a.Index - b.Index) }), true)
}

type brokenSealer struct{}

func (brokenSealer) Seal(string, []token.KeyRecord) ([]byte, error) {
	return nil, token.Unavailable(errors.New("no key"))
}

func sealFails(r *rig) {
	r.refuse(2)
	_, err := r.store.Sequence(r.ctx, brokenSealer{}, 10)
	r.refused(err, token.ErrUnavailable)
	r.same("size", r.head().Size, int64(0))
	r.sequence()
	r.same("verified later", r.verified().Entries, int64(2))
}

func waiterIsWoken(r *rig) {
	watch := r.store.Watch()
	r.refuse(1)
	ctx, cancel := context.WithCancel(r.ctx)
	r.must(watch.Wait(ctx)) // the ring came before the wait and is not lost
	woken := make(chan error, 1)
	go func() { woken <- watch.Wait(ctx) }()
	r.sequence()
	r.must(<-woken)
	cancel()
	r.refused(watch.Wait(ctx), context.Canceled)
}

func waiterPolls(r *rig) {
	r.must(r.store.Wait(r.ctx)) // without the poll it would not come back
}

func ping(r *rig) {
	r.must(r.store.Ping(r.ctx))
	r.must(r.store.Ping(r.ctx))
	r.same("entries", len(r.history(audit.Query{})), 0)
}
