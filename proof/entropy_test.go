package proof_test

import (
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

// TestEntropy counts which characters stand where in fresh secrets (row B-09):
// none may be more likely than another, and no secret may come twice. Each
// position has 61 degrees of freedom; chi-square above 160 there is chance once
// in ten billion.
func TestEntropy(t *testing.T) {
	t.Parallel()
	const limit = 160.0
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	must(t, err)
	n := amount(100_000, 1_000_000)
	var counts [token.RandomLength][256]int
	seen := make(map[string]bool, n)
	for range n {
		secret, err := formats.Generate(token.KindService)
		must(t, err)
		random := secret.Reveal()[len("bsat_"):][:token.RandomLength]
		if seen[random] {
			t.Fatal("a secret came twice")
		}
		seen[random] = true
		for at := range random {
			counts[at][random[at]]++
		}
	}
	expected, worst := float64(n)/float64(len(base62)), 0.0
	for at := range counts {
		sum := 0.0
		for _, c := range []byte(base62) {
			difference := float64(counts[at][c]) - expected
			sum += difference * difference / expected
		}
		worst = max(worst, sum)
		if sum > limit {
			t.Errorf("position %d: chi-square %.1f, at most %.0f", at, sum, limit)
		}
	}
	t.Logf("%d secrets, none twice; the worst of %d positions has a chi-square of %.1f", n, token.RandomLength, worst)
}
