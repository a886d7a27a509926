package bench_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// made gives records of made tokens by their digest, without keeping any: the
// source of a verifier that is to be filled.
type made struct{ byDigest map[token.Digest]int }

func (m made) FindByDigest(_ context.Context, d token.Digest) (token.Token, error) {
	i, ok := m.byDigest[d]
	if !ok {
		return token.Token{}, token.ErrNotFound
	}
	owner, name := fmt.Sprintf("group:default/team-%03d", i%fillOwners), fmt.Sprintf("token-%09d", i)
	scopes, err := token.ParseScopes(fillScopes)
	return token.Token{
		ID: fmt.Sprintf("%08x-0000-7000-8000-%012x", i/1000, i), Kind: token.KindService, Name: name, Owner: owner,
		Subject: token.ServiceSubject(owner, name), Scopes: scopes,
		CreatedAt: time.Now().Add(-time.Hour), ExpiresAt: time.Now().Add(24 * time.Hour),
	}, err
}

// BenchmarkVerify measures a verdict in process beside one SHA-256 of the same
// token: among 10 k hot tokens (P1), among a million in random order (P2), and
// of a bad checksum (P3).
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(human(n), func(b *testing.B) { verdicts(b, n) })
	}
}

func verdicts(b *testing.B, n int) {
	f := formats(b)
	raws, source := make([]string, n), made{make(map[token.Digest]int, n)}
	for i := range raws {
		raws[i] = rawOf(b, f, i)
		source.byDigest[token.Digester{}.Digest(raws[i])] = i
	}
	v, err := verify.New(verify.Options{
		Formats: f, Source: source, Lease: time.Hour, CacheTTL: time.Hour, CacheEntries: n + n/4,
	})
	must(b, err)
	v.Heard(time.Now())
	want := verify.Expect{Scopes: token.Scopes{"catalog:read"}}
	verdict := func(raw string) error { _, err := v.Verify(context.Background(), raw, want); return err }
	for _, raw := range raws {
		must(b, verdict(raw))
	}
	rand.Shuffle(n, func(i, k int) { raws[i], raws[k] = raws[k], raws[i] })
	source.byDigest = nil // a miss from here on is a fault of the measurement
	next := 0
	turn := func() string { next = (next + 1) % n; return raws[next] }
	sha, hit := alternate(func() {
		var buf [token.MaxRawLength]byte
		digest = sha256.Sum256(buf[:copy(buf[:], turn())])
	}, func() { must(b, verdict(turn())) })
	line, target := figure{"P1", "verify, hit among 10 k hot tokens", "", ""}, "at most 1.5x SHA-256, 0 allocations"
	if n > 10_000 {
		line, target = figure{"P2", "verify, hit among 1 M, random order", "", ""}, "at most 600 ns, 0 allocations"
	}
	allocations := testing.AllocsPerRun(1000, func() { must(b, verdict(turn())) })
	line.got = fmt.Sprintf("%.2fx SHA-256 (%.0f of %.0f ns), %.0f allocations", hit/sha, hit, sha, allocations)
	line.target = target
	report.set(line)
	if n == 10_000 {
		badChecksum(b, f, v, raws)
	}
	for b.Loop() { // the figures are in the report
	}
}

func badChecksum(b *testing.B, f token.Formats, v *verify.Verifier, raws []string) {
	b.Helper()
	bad := make([]string, len(raws))
	for i, raw := range raws {
		last := byte('a')
		if raw[len(raw)-1] == last {
			last = 'b'
		}
		bad[i] = raw[:len(raw)-1] + string(last)
		if _, err := f.Parse(bad[i]); err == nil {
			b.Fatal("a bad checksum was taken for a good one")
		}
	}
	next := 0
	var times []float64
	for range rounds {
		times = append(times, perCall(func() {
			next = (next + 1) % len(bad)
			if _, err := v.Verify(context.Background(), bad[next], verify.Expect{}); err == nil {
				b.Fatal("accepted")
			}
		}))
	}
	report.set(figure{"P3", "verify, bad checksum", fmt.Sprintf("%.0f ns", median(times)), "at most 100 ns, no digest, no I/O"})
}

var digest token.Digest
