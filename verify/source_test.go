package verify_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// memorySource is a source whose records stand in a map.
type memorySource struct {
	mu      sync.Mutex
	records map[token.Digest]token.Token
	reads   int
	fail    error
	// after, when set, runs inside each look-up, when its record was read.
	after func(ctx context.Context)
}

func (s *memorySource) FindByDigest(ctx context.Context, d token.Digest) (token.Token, error) {
	s.mu.Lock()
	t, ok := s.records[d]
	s.reads++
	after, fail := s.after, s.fail
	s.mu.Unlock()
	if after != nil {
		after(ctx)
	}
	switch {
	case fail != nil:
		return token.Token{}, fail
	case !ok:
		return token.Token{}, fmt.Errorf("memory: %w", token.ErrNotFound)
	}
	return t, nil
}

// count gives how many look-ups were made.
func (s *memorySource) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

// set makes look-ups fail, or not with nil.
func (s *memorySource) set(fail error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

// put keeps the record of a raw string.
func (s *memorySource) put(raw string, t token.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[token.Digester{}.Digest(raw)] = t
}

// change changes the record of a raw string.
func (s *memorySource) change(raw string, how func(*token.Token)) token.Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := token.Digester{}.Digest(raw)
	t := s.records[d]
	how(&t)
	s.records[d] = t
	return t
}

// fakeClock is a clock that stands still until it is moved.
type fakeClock struct{ at atomic.Int64 } // ns since start

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func (c *fakeClock) now() time.Time       { return start.Add(time.Duration(c.at.Load())) }
func (c *fakeClock) move(d time.Duration) { c.at.Add(int64(d)) }

func formats(tb testing.TB) token.Formats {
	tb.Helper()
	f, err := token.NewFormats(map[token.Kind]string{
		token.KindService: "bsat", token.KindUser: "pv_live", token.KindPersonal: "pv",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func generate(tb testing.TB, kind token.Kind) string {
	tb.Helper()
	secret, err := formats(tb).Generate(kind)
	if err != nil {
		tb.Fatal(err)
	}
	return secret.Reveal()
}

// record is a good service token.
func record(name string, at time.Time) token.Token {
	return token.Token{
		ID: token.NewID(), Kind: token.KindService, Name: name, Owner: "group:default/platform",
		Subject:   token.ServiceSubject("group:default/platform", name),
		Scopes:    token.Scopes{"catalog:read", "catalog:write", "techdocs:read", "scaffolder:read", "scaffolder:execute"},
		CreatedAt: at, ExpiresAt: at.Add(24 * time.Hour),
	}
}

// world is a verifier with a source and a clock that a test moves. It has heard
// the log.
type world struct {
	*testing.T
	source *memorySource
	clock  *fakeClock
	v      *verify.Verifier
}

// newWorld makes a world; options are changed from the defaults before.
func newWorld(t *testing.T, change ...func(*verify.Options)) *world {
	t.Helper()
	w := &world{t, &memorySource{records: map[token.Digest]token.Token{}}, &fakeClock{}, nil}
	options := verify.Options{
		Formats: formats(t), Source: w.source, Clock: w.clock.now, CacheTTL: verify.DefaultCacheTTL, CacheEntries: 10_000,
	}
	for _, one := range change {
		one(&options)
	}
	v, err := verify.New(options)
	if err != nil {
		t.Fatal(err)
	}
	w.v = v
	v.Heard(w.clock.now())
	return w
}

// issue keeps a good service token, changed, and gives its secret.
func (w *world) issue(change ...func(*token.Token)) (raw string, t token.Token) {
	w.Helper()
	raw = generate(w, token.KindService)
	t = record("ci", w.clock.now())
	for _, one := range change {
		one(&t)
	}
	w.source.put(raw, t)
	return raw, t
}

// verify verifies without a demand.
func (w *world) verify(raw string) error {
	_, err := w.v.Verify(w.Context(), raw, verify.Expect{})
	return err
}

// want verifies without a demand and compares the reason.
func (w *world) want(what, raw string, reason error) {
	w.Helper()
	if err := w.verify(raw); !errors.Is(err, reason) {
		w.Errorf("%s: %v, want %v", what, err, reason)
	}
}

// wantReads compares the number of look-ups made so far.
func (w *world) wantReads(what string, n int) {
	w.Helper()
	if got := w.source.count(); got != n {
		w.Errorf("%s: %d look-ups, want %d", what, got, n)
	}
}

// hear tells the verifier that the log was heard now.
func (w *world) hear() { w.v.Heard(w.clock.now()) }

// newMemorySource makes n good tokens and gives their raw strings.
func newMemorySource(tb testing.TB, n int) (*memorySource, []string) {
	tb.Helper()
	s := &memorySource{records: make(map[token.Digest]token.Token, n)}
	raws := make([]string, n)
	for i := range n {
		raws[i] = generate(tb, token.KindService)
		s.records[token.Digester{}.Digest(raws[i])] = record(fmt.Sprintf("t%d", i), time.Now())
	}
	return s, raws
}

// newVerifier makes a verifier on the system's clock that has heard the log.
func newVerifier(tb testing.TB, s verify.Source, entries int) *verify.Verifier {
	tb.Helper()
	v, err := verify.New(verify.Options{
		Formats: formats(tb), Source: s, CacheTTL: time.Hour, CacheEntries: entries, Lease: time.Hour,
	})
	if err != nil {
		tb.Fatal(err)
	}
	v.Heard(time.Now())
	return v
}
