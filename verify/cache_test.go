package verify_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

func TestAHitNeitherReadsNorAllocates(t *testing.T) {
	source, raws := newMemorySource(t, 100)
	v := newVerifier(t, source, 1000)
	want := verify.Expect{Scopes: token.Scopes{"catalog:read"}, Kinds: []token.Kind{token.KindService}}
	ctx := t.Context()
	all := func() {
		for _, raw := range raws {
			proof, err := v.Verify(ctx, raw, want)
			if err != nil || proof.Kind() != token.KindService || !proof.Covers("catalog:write") || proof.ScopeString() == "" {
				t.Fatal(err)
			}
		}
	}
	all()
	reads := source.count()
	if n := testing.AllocsPerRun(100, all); n != 0 {
		t.Errorf("100 hits make %v allocations", n)
	}
	if source.count() != reads {
		t.Errorf("%d look-ups for hits", source.count()-reads)
	}
}

func TestACachedRecordIsReadAgainAfterItsTime(t *testing.T) {
	w := newWorld(t, func(o *verify.Options) { o.Lease, o.CacheTTL = time.Hour, time.Minute })
	raw, _ := w.issue()
	w.want("first", raw, nil)
	w.clock.move(time.Minute - time.Microsecond)
	w.want("just before", raw, nil)
	w.wantReads("within its time", 1)
	w.clock.move(time.Microsecond)
	w.want("after", raw, nil)
	w.want("after", raw, nil)
	w.wantReads("after its time", 2)
}

func TestWithoutCacheTimeNothingIsCached(t *testing.T) {
	w := newWorld(t, func(o *verify.Options) { o.CacheTTL = 0 })
	raw, _ := w.issue()
	for range 3 {
		w.want("good", raw, nil)
		w.want("unknown", generate(t, token.KindService), token.ErrUnknown)
	}
	w.wantReads("each time", 6)
}

// TestTheCacheIsBounded verifies many more tokens than fit, and looks at what
// is left and at the memory.
func TestTheCacheIsBounded(t *testing.T) {
	const entries, tokens = 2000, 20_000
	source, raws := newMemorySource(t, tokens)
	v := newVerifier(t, source, entries)
	pass := func(raws []string) {
		for _, raw := range raws {
			if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	pass(raws)
	before := source.count()
	pass(raws)
	if hits := tokens - (source.count() - before); hits > entries {
		t.Errorf("%d tokens were cached, %d allowed", hits, entries)
	}
	// What fits stays: a set of half the size is hit nearly always.
	hot := raws[:entries/2]
	pass(hot)
	pass(hot)
	before = source.count()
	pass(hot)
	if misses := source.count() - before; misses > len(hot)/20 {
		t.Errorf("%d of %d hot tokens were not cached", misses, len(hot))
	}
}

func TestManyTokensTakeLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a cache with 50,000 tokens")
	}
	const tokens = 50_000
	source, raws := newMemorySource(t, tokens)
	v := newVerifier(t, source, tokens)
	before := heap()
	for _, raw := range raws {
		if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
			t.Fatal(err)
		}
	}
	each := float64(heap()-before) / tokens
	t.Logf("%.0f bytes for each cached token with five scopes", each)
	if each > 200 {
		t.Errorf("%.0f bytes for each cached token", each)
	}
	runtime.KeepAlive(v)
	runtime.KeepAlive(source)
	runtime.KeepAlive(raws)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestEveryProofIsOfItsOwnToken lets many goroutines verify in a cache that is
// far too small, so that slots are written over while they are read.
func TestEveryProofIsOfItsOwnToken(t *testing.T) {
	source, raws := newMemorySource(t, 64)
	v := newVerifier(t, source, 16)
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 4000 {
				k := (i*7 + g*13) % len(raws)
				proof, err := v.Verify(t.Context(), raws[k], verify.Expect{})
				if err != nil {
					t.Error(err)
					return
				}
				if want := fmt.Sprintf("t%d", k); proof.Name() != want || !strings.HasSuffix(string(proof.Subject()), ":"+want) {
					t.Errorf("token %s was taken for %s", want, proof.Name())
					return
				}
			}
		})
	}
	group.Wait()
}

// TestARevocationRacesVerifications is row C-05: once Apply returned, nobody who
// begins a verification accepts.
func TestARevocationRacesVerifications(t *testing.T) {
	const goroutines, rounds = 200, 60
	source, raws := newMemorySource(t, rounds)
	v := newVerifier(t, source, 1000)
	for _, raw := range raws {
		var revoked, stop atomic.Bool
		var ready, group sync.WaitGroup
		ready.Add(goroutines)
		for range goroutines {
			group.Go(func() {
				ready.Done()
				for last := false; ; {
					before := revoked.Load()
					_, err := v.Verify(t.Context(), raw, verify.Expect{})
					if before && err == nil {
						t.Error("accepted after the revocation was acknowledged")
						return
					}
					if last {
						return
					}
					last = stop.Load() // once more after the end
					runtime.Gosched()
				}
			})
		}
		ready.Wait()
		changed := source.change(raw, func(t *token.Token) { t.RevokedAt = time.Now() })
		v.Apply(token.Change{TokenID: changed.ID})
		revoked.Store(true)
		for range 20 {
			if _, err := v.Verify(t.Context(), raw, verify.Expect{}); !errors.Is(err, token.ErrRevoked) {
				t.Fatalf("after the acknowledgement: %v", err)
			}
		}
		stop.Store(true)
		group.Wait()
	}
}

// TestALookUpFromBeforeAChangeIsNotShared holds a look-up open whose record was
// read before a revocation. Who comes after it must not get that record, and it
// must not be cached.
func TestALookUpFromBeforeAChangeIsNotShared(t *testing.T) {
	w := newWorld(t)
	raw, record := w.issue()
	held, release := make(chan struct{}), make(chan struct{})
	var early atomic.Int32
	w.source.after = func(context.Context) {
		if early.Add(1) == 1 {
			close(held)
			<-release
		}
	}
	answer := make(chan error, 1)
	go func() { answer <- w.verify(raw) }()
	<-held
	w.source.change(raw, func(t *token.Token) { t.RevokedAt = start })
	w.v.Apply(token.Change{TokenID: record.ID})
	w.want("while the early look-up is under way", raw, token.ErrRevoked)
	close(release)
	if err := <-answer; err != nil {
		t.Errorf("who asked before the revocation: %v", err)
	}
	w.want("after the early look-up ended", raw, token.ErrRevoked)
}

// TestOneLookUpForManyCallers is row C-07.
func TestOneLookUpForManyCallers(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue()
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.source.after = func(context.Context) {
		once.Do(func() { close(held) })
		<-release
	}
	leader, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	results := make(chan error, 101)
	verifyBy := func(ctx context.Context) {
		_, err := w.v.Verify(ctx, raw, verify.Expect{})
		results <- err
	}
	group.Go(func() { verifyBy(leader) })
	<-held
	var begun sync.WaitGroup
	for range 100 {
		begun.Add(1)
		group.Go(func() {
			begun.Done()
			verifyBy(t.Context())
		})
	}
	begun.Wait()
	cancel() // the leader's cancel fails nobody
	close(release)
	group.Wait()
	close(results)
	for err := range results {
		if err != nil {
			t.Error(err)
		}
	}
	w.wantReads("all together", 1)
}

func TestWhoStopsWaitingIsToldUnavailable(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue()
	held, release := make(chan struct{}), make(chan struct{})
	w.source.after = func(context.Context) {
		close(held)
		<-release
	}
	leader := make(chan error, 1)
	go func() { leader <- w.verify(raw) }()
	<-held
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.v.Verify(gone, raw, verify.Expect{}); !errors.Is(err, token.ErrUnavailable) || errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("%v", err)
	}
	close(release)
	if err := <-leader; err != nil {
		t.Error(err)
	}
}

func TestALookUpHasADeadlineOfItsOwn(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue()
	w.source.after = func(ctx context.Context) {
		if _, ok := ctx.Deadline(); !ok || ctx.Err() != nil {
			t.Errorf("deadline %v, error %v", ok, ctx.Err())
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.v.Verify(gone, raw, verify.Expect{}); err != nil {
		t.Errorf("%v", err)
	}
}

func TestASourceThatPanicsLeavesNobodyWaiting(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue()
	w.source.after = func(context.Context) { panic("a fault of the source") }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = w.verify(raw)
	}()
	w.source.after = nil
	w.want("afterwards", raw, nil)
}

// TestErrorsAreNeverCached is rows C-09 and C10.
func TestErrorsAreNeverCached(t *testing.T) {
	w := newWorld(t)
	known, _ := w.issue()
	cached, _ := w.issue()
	unknown := generate(t, token.KindService)
	w.want("cached before", cached, nil)
	w.source.set(errors.New("connection refused"))
	for range 3 {
		for _, raw := range []string{known, unknown} {
			err := w.verify(raw)
			if !errors.Is(err, token.ErrUnavailable) || errors.Is(err, token.ErrUnauthenticated) {
				t.Errorf("%v", err)
			}
		}
		w.want("still from the cache", cached, nil)
	}
	w.source.set(nil)
	w.want("at once", known, nil)
	w.want("at once", unknown, token.ErrUnknown)
}

// TestRefusalsAreRememberedForASecond is rows C-08 and SVC-30.
func TestRefusalsAreRememberedForASecond(t *testing.T) {
	w := newWorld(t, func(o *verify.Options) { o.Lease = time.Hour })
	raw := generate(t, token.KindService)
	revoked, _ := w.issue(func(t *token.Token) { t.RevokedAt = start })
	for range 5 {
		w.want("unknown", raw, token.ErrUnknown)
		w.want("revoked", revoked, token.ErrRevoked)
	}
	w.wantReads("one each", 2)
	w.clock.move(time.Second)
	w.want("unknown", raw, token.ErrUnknown)
	w.want("revoked", revoked, token.ErrRevoked)
	w.wantReads("again after a second", 4)

	digest := token.Digester{}.Digest(raw)
	w.source.put(raw, record("new", w.clock.now()))
	w.v.Apply(token.Change{Issued: &digest})
	w.want("issued meanwhile", raw, nil)
}

func TestAFloodOfUnknownTokensLeavesGoodOnesCached(t *testing.T) {
	source, raws := newMemorySource(t, 500)
	v := newVerifier(t, source, 1000)
	for range 2 {
		for _, raw := range raws {
			if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 20_000 {
		if _, err := v.Verify(t.Context(), generate(t, token.KindService), verify.Expect{}); !errors.Is(err, token.ErrUnknown) {
			t.Fatal(err)
		}
	}
	before := source.count()
	for _, raw := range raws {
		if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
			t.Fatal(err)
		}
	}
	if misses := source.count() - before; misses > len(raws)/20 {
		t.Errorf("%d of %d good tokens were pushed out", misses, len(raws))
	}
}

// TestOneChangeLeavesOtherTokensCached: forgetting one token must not mean
// forgetting all.
func TestOneChangeLeavesOtherTokensCached(t *testing.T) {
	source, raws := newMemorySource(t, 1000)
	v := newVerifier(t, source, 4000)
	for _, raw := range raws {
		if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
			t.Fatal(err)
		}
	}
	changed := source.change(raws[0], func(t *token.Token) { t.DisabledAt = time.Now() })
	v.Apply(token.Change{TokenID: changed.ID})
	before := source.count()
	for i, raw := range raws {
		if _, err := v.Verify(t.Context(), raw, verify.Expect{}); (err == nil) != (i > 0) {
			t.Fatalf("token %d: %v", i, err)
		}
	}
	if reads := source.count() - before; reads > 30 {
		t.Errorf("one change made %d look-ups", reads)
	}
	v.Apply(token.Change{Keys: true})
	before = source.count()
	for _, raw := range raws[1:] {
		if _, err := v.Verify(t.Context(), raw, verify.Expect{}); err != nil {
			t.Fatal(err)
		}
	}
	if reads := source.count() - before; reads != len(raws)-1 {
		t.Errorf("after a change of keys %d look-ups, want all", reads)
	}
}
