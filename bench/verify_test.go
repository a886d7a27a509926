package bench_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
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
//
// Tokens lie one behind the other in memory in the order in which they are
// presented. In a server, too, the request that holds the token was read a
// moment ago; what the cache itself reads is as far away as it is.
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(human(n), func(b *testing.B) {
			verdicts(b, n)
			for b.Loop() { // the figures are in the report
			}
		})
	}
}

func verdicts(b *testing.B, n int) {
	f := formats(b)
	v, raws := filled(b, f, n)
	want := verify.Expect{Scopes: token.Scopes{"catalog:read"}}
	verdict := func(raw string) error { _, err := v.Verify(context.Background(), raw, want); return err }
	turn := inTurn(raws)
	sha, hit := compareBatches(func() {
		var buf [token.MaxRawLength]byte
		digest = sha256.Sum256(buf[:copy(buf[:], turn())])
	}, func() {
		if err := verdict(turn()); err != nil {
			b.Fatal(err)
		}
	})
	id, what, target := "P1", "verify, hit among 10 k hot tokens", "at most 1.5x SHA-256, 0 allocations"
	if n > 10_000 {
		id, what, target = "P2", "verify, hit among 1 M, random order", "at most 600 ns, 0 allocations; two cores at least 1.9x"
	}
	allocations := testing.AllocsPerRun(1000, func() { must(b, verdict(turn())) })
	report.set(figure{id, what, fmt.Sprintf(
		"%.2fx SHA-256 (%.0f of %.0f ns), undisturbed %.2fx (%.0f of %.0f ns), %.0f allocations, two cores %.2fx",
		hit.median/sha.median, hit.median, sha.median, hit.low/sha.low, hit.low, sha.low,
		allocations, onTwoCores(b, raws, verdict)), target})
	if n == 10_000 {
		badChecksum(b, f, v, raws)
	}
}

// filled gives a verifier that has n tokens cached, and the tokens in random
// order.
func filled(b *testing.B, f token.Formats, n int) (*verify.Verifier, []string) {
	b.Helper()
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
	for _, raw := range raws {
		_, err := v.Verify(context.Background(), raw, verify.Expect{})
		must(b, err)
	}
	source.byDigest = nil // a miss from here on is a fault of the measurement
	rand.Shuffle(n, func(i, k int) { raws[i], raws[k] = raws[k], raws[i] })
	runtime.GC()
	return v, lined(raws)
}

// lined lays strings of one length one behind the other.
func lined(raws []string) []string {
	text, size := strings.Join(raws, ""), len(raws[0])
	for i := range raws {
		raws[i] = text[i*size : (i+1)*size]
	}
	return raws
}

// inTurn gives one string after the other, over and over.
func inTurn(raws []string) func() string {
	next := 0
	return func() string {
		if next++; next == len(raws) {
			next = 0
		}
		return raws[next]
	}
}

// onTwoCores gives how many times the verdicts of one core two reach together.
func onTwoCores(b *testing.B, raws []string, verdict func(string) error) float64 {
	b.Helper()
	const verdicts = 1_000_000
	loop := func(from int) {
		turn := inTurn(raws[from:])
		for range verdicts {
			if err := verdict(turn()); err != nil {
				b.Error(err)
				return
			}
		}
	}
	var gains []float64
	for range rounds {
		began := time.Now()
		loop(0)
		one := time.Since(began)
		began = time.Now()
		var both sync.WaitGroup
		both.Go(func() { loop(0) })
		both.Go(func() { loop(len(raws) / 2) })
		both.Wait()
		gains = append(gains, 2*float64(one)/float64(time.Since(began)))
	}
	return median(gains)
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
	turn := inTurn(lined(bad))
	nothing, refusal := compareBatches(func() { _ = turn() }, func() {
		if _, err := v.Verify(context.Background(), turn(), verify.Expect{}); err == nil {
			b.Fatal("accepted")
		}
	})
	report.set(figure{"P3", "verify, bad checksum", fmt.Sprintf(
		"%.0f ns, undisturbed %.0f ns", refusal.median-nothing.median, refusal.low-nothing.low), "at most 100 ns, no digest, no I/O"})
}

// spread is what batches of calls took, in ns a call: in the middle, and where
// neighbours on the machine did not disturb (the fifth percentile).
type spread struct{ median, low float64 }

// compareBatches times two calls in turn, in batches of a hundred. A batch is
// shorter than a slice of the scheduler, so most were not interrupted.
func compareBatches(a, b func()) (spread, spread) {
	var timesA, timesB []float64
	for range rounds {
		timesA = batches(timesA, a)
		timesB = batches(timesB, b)
	}
	return spreadOf(timesA), spreadOf(timesB)
}

func batches(times []float64, call func()) []float64 {
	const batch = 100
	for end := time.Now().Add(200 * time.Millisecond); ; {
		began := time.Now()
		for range batch {
			call()
		}
		now := time.Now()
		times = append(times, float64(now.Sub(began))/batch)
		if now.After(end) {
			return times
		}
	}
}

func spreadOf(times []float64) spread {
	slices.Sort(times)
	return spread{times[len(times)/2], times[len(times)/20]}
}

var digest token.Digest
