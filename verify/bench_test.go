package verify_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// BenchmarkVerify measures a verdict in process beside one SHA-256 of the
// token, in one run: hits among hot tokens and in random order among many, on
// one core and on two, a miss beside the bare look-up, and a bad checksum.
//
// On a machine that others use too, the mean says more about them than about
// the code. So each line also gives the 5th percentile over batches of a
// hundred as "p5-ns/op", which compares well within one run.
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("tokens=%d", n), func(b *testing.B) {
			s := newBenchmark(b, n)
			b.Run("sha256", s.sha256)
			b.Run("hit", s.hit)
			b.Run("hit2cores", s.hitOnTwoCores)
		})
	}
	s := newBenchmark(b, 1000)
	b.Run("lookUp", s.lookUp)
	b.Run("miss", s.miss)
	b.Run("unknown", s.unknown)
	b.Run("badChecksum", s.badChecksum)
	b.Run("timeNow", func(b *testing.B) { measure(b, func(int) { _ = time.Now() }) })
}

type benchmark struct {
	v      *verify.Verifier
	source *memorySource
	raws   []string
}

func newBenchmark(b *testing.B, n int) benchmark {
	b.Helper()
	source, raws := newMemorySource(b, n)
	v := newVerifier(b, source, n+n/4)
	for _, raw := range raws {
		if _, err := v.Verify(b.Context(), raw, verify.Expect{}); err != nil {
			b.Fatal(err)
		}
	}
	rand.Shuffle(n, func(i, k int) { raws[i], raws[k] = raws[k], raws[i] })
	// One behind the other in memory, in the order in which they come: in a
	// server, too, the request that holds the token was just read.
	text := strings.Join(raws, "")
	for i := range raws {
		raws[i] = text[i*len(raws[0]) : (i+1)*len(raws[0])]
	}
	runtime.GC()
	return benchmark{v, source, raws}
}

func (s benchmark) sha256(b *testing.B) {
	var sum [32]byte
	measure(b, func(i int) {
		raw := s.raws[i%len(s.raws)]
		var text [token.MaxRawLength]byte
		sum = sha256.Sum256(text[:copy(text[:], raw)])
	})
	runtime.KeepAlive(sum)
}

func (s benchmark) hit(b *testing.B) { s.good(b, s.v) }

func (s benchmark) good(b *testing.B, v *verify.Verifier) {
	ctx, want := context.Background(), verify.Expect{Scopes: token.Scopes{"catalog:read"}}
	measure(b, func(i int) {
		if _, err := v.Verify(ctx, s.raws[i%len(s.raws)], want); err != nil {
			b.Fatal(err)
		}
	})
}

func (s benchmark) hitOnTwoCores(b *testing.B) {
	ctx, want := context.Background(), verify.Expect{Scopes: token.Scopes{"catalog:read"}}
	b.ReportAllocs()
	b.SetParallelism(max(1, 2/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for i := rand.IntN(len(s.raws)); pb.Next(); i++ {
			if _, err := s.v.Verify(ctx, s.raws[i%len(s.raws)], want); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// lookUp is what the source itself costs, and miss a verification that has to
// ask it.
func (s benchmark) lookUp(b *testing.B) {
	ctx := context.Background()
	measure(b, func(i int) {
		if _, err := s.source.FindByDigest(ctx, token.Digester{}.Digest(s.raws[i%len(s.raws)])); err != nil {
			b.Fatal(err)
		}
	})
}

func (s benchmark) miss(b *testing.B) {
	v, err := verify.New(verify.Options{Formats: formats(b), Source: s.source, CacheTTL: 1, CacheEntries: len(s.raws)})
	if err != nil {
		b.Fatal(err)
	}
	v.Heard(time.Now())
	s.good(b, v)
}

func (s benchmark) unknown(b *testing.B) {
	raws := make([]string, 100)
	for i := range raws {
		raws[i] = generate(b, token.KindService)
	}
	measure(b, func(i int) {
		if _, err := s.v.Verify(context.Background(), raws[i%len(raws)], verify.Expect{}); err == nil {
			b.Fatal("accepted")
		}
	})
}

func (s benchmark) badChecksum(b *testing.B) {
	bad := make([]string, len(s.raws))
	for i, raw := range s.raws {
		bad[i] = raw[:len(raw)-1] + string('0'+(raw[len(raw)-1]+1)%10)
	}
	measure(b, func(i int) {
		if _, err := s.v.Verify(context.Background(), bad[i%len(bad)], verify.Expect{}); err == nil {
			b.Fatal("accepted")
		}
	})
}

// measure runs f b.N times and reports the 5th percentile over batches too.
func measure(b *testing.B, f func(i int)) {
	const batch = 100
	b.ReportAllocs()
	times := make([]float64, 0, b.N/batch+1)
	b.ResetTimer()
	for i := 0; i < b.N; {
		began := time.Now()
		end := min(i+batch, b.N)
		n := end - i
		for ; i < end; i++ {
			f(i)
		}
		times = append(times, float64(time.Since(began))/float64(n))
	}
	b.StopTimer()
	slices.Sort(times)
	b.ReportMetric(times[len(times)/20], "p5-ns/op")
}
