package verify_test

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

// BenchmarkVerify measures a verdict in process beside one SHA-256 of the
// token, in one run: hits among hot tokens, hits in random order among many,
// and a bad checksum.
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("tokens=%d", n), func(b *testing.B) { benchmarkHits(b, n) })
	}
}

func benchmarkHits(b *testing.B, n int) {
	source, raws := newMemorySource(b, n)
	v := newVerifier(b, source, 2*n)
	ctx := context.Background()
	for _, raw := range raws {
		if _, err := v.Verify(ctx, raw, verify.Expect{}); err != nil {
			b.Fatal(err)
		}
	}
	rand.Shuffle(n, func(i, k int) { raws[i], raws[k] = raws[k], raws[i] })
	want := verify.Expect{Scopes: token.Scopes{"catalog:read"}}
	b.Run("sha256", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			raw := raws[i%n]
			var buf [token.MaxRawLength]byte
			sink = sha256.Sum256(buf[:copy(buf[:], raw)])
		}
	})
	b.Run("hit", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := v.Verify(ctx, raws[i%n], want); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("badChecksum", func(b *testing.B) {
		raw := raws[0]
		bad := raw[:len(raw)-1] + "!"
		if raw[len(raw)-1] != '0' {
			bad = raw[:len(raw)-1] + "0"
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.Verify(ctx, bad, want); err == nil {
				b.Fatal("accepted")
			}
		}
	})
	b.Run("now", func(b *testing.B) {
		for b.Loop() {
			now = time.Now()
		}
	})
}

var (
	sink token.Digest
	now  time.Time
)
