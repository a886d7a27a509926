package bench_test

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkUsage measures what it costs to count uses (P16): forward-auth with a
// cached token on a server that counts, beside one that does not, under the same
// load in turn.
func BenchmarkUsage(b *testing.B) {
	counting, silent := startTokenwright(b), startTokenwright(b, "TOKENWRIGHT_USAGE_KEEP=0")
	asked := map[*process][][]byte{}
	for _, one := range []*process{counting, silent} {
		asked[one] = requests(one.issue(b, hotTokens), func(raw string) string {
			return "GET /forward-auth?scope=catalog:read HTTP/1.1\r\nHost: " + one.addr + "\r\nAuthorization: Bearer " + raw + "\r\n\r\n"
		})
	}
	var ratios, with, without []float64
	for range rounds {
		s := load{silent.addr, asked[silent], 64, "200"}.run(b, silent.pid, time.Second)
		c := load{counting.addr, asked[counting], 64, "200"}.run(b, counting.pid, time.Second)
		ratios = append(ratios, c.perRequest()/s.perRequest())
		with, without = append(with, c.perRequest()), append(without, s.perRequest())
	}
	report.set(figure{"P16", "forward-auth with usage counted and without, 64 connections", fmt.Sprintf(
		"%.3fx the CPU a request (%.1f of %.1f µs)", median(ratios), median(with), median(without)), "at most 1.05x"})
	for b.Loop() { // the figures are in the report
	}
}
