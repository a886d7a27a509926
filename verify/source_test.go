package verify_test

import (
	"context"
	"fmt"
	"sync"
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
	// before, when set, runs inside each look-up, after the record was read.
	before func()
	fail   error
}

func (s *memorySource) FindByDigest(_ context.Context, d token.Digest) (token.Token, error) {
	s.mu.Lock()
	t, ok := s.records[d]
	s.reads++
	before, fail := s.before, s.fail
	s.mu.Unlock()
	if before != nil {
		before()
	}
	if fail != nil {
		return token.Token{}, fail
	}
	if !ok {
		return token.Token{}, token.ErrNotFound
	}
	return t, nil
}

func formats(tb testing.TB) token.Formats {
	tb.Helper()
	f, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat", token.KindUser: "pv_live"})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// newMemorySource makes n good tokens and gives their raw strings.
func newMemorySource(tb testing.TB, n int) (*memorySource, []string) {
	tb.Helper()
	f := formats(tb)
	s := &memorySource{records: make(map[token.Digest]token.Token, n)}
	raws := make([]string, n)
	for i := range n {
		secret, err := f.Generate(token.KindService)
		if err != nil {
			tb.Fatal(err)
		}
		raws[i] = secret.Reveal()
		name := fmt.Sprintf("t%d", i)
		s.records[token.Digester{}.Digest(raws[i])] = token.Token{
			ID: token.NewID(), Kind: token.KindService, Name: name, Owner: "group:default/platform",
			Subject:   token.ServiceSubject("group:default/platform", name),
			Scopes:    token.Scopes{"catalog:read", "catalog:write", "techdocs:read", "scaffolder:read", "scaffolder:execute"},
			CreatedAt: time.Now(), ExpiresAt: time.Now().Add(24 * time.Hour),
		}
	}
	return s, raws
}

// newVerifier makes a verifier that has heard the log.
func newVerifier(tb testing.TB, s verify.Source, entries int) *verify.Verifier {
	tb.Helper()
	v, err := verify.New(verify.Options{
		Formats: formats(tb), Source: s,
		CacheTTL: time.Hour, CacheEntries: entries, Lease: time.Hour,
	})
	if err != nil {
		tb.Fatal(err)
	}
	v.Heard(time.Now())
	return v
}
