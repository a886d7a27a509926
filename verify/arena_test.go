package verify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// TestACacheWhoseNumbersAreUsedUpIsBypassed: at the end of the segments' numbers
// nothing more is cached. What was cached stays, and no token is ever taken for
// another.
func TestACacheWhoseNumbersAreUsedUpIsBypassed(t *testing.T) {
	w := newWorld(t, func(o *verify.Options) { o.CacheEntries = 100_000 })
	const segments, inEach, tokens = 2, 1 << 17 / 64, 6000
	verify.UseUpSegments(w.v, segments)
	raws := make([]string, tokens)
	verifyAll := func() (asked int) {
		before := w.source.count()
		for i, raw := range raws {
			proof, err := w.v.Verify(t.Context(), raw, verify.Expect{})
			if err != nil || proof.Name() != fmt.Sprintf("name-%d", i) {
				t.Fatalf("token %d: %v, %v", i, proof.Name(), err)
			}
		}
		return w.source.count() - before
	}
	for i := range raws {
		raws[i], _ = w.issue(func(t *token.Token) { t.Name = fmt.Sprintf("name-%d", i) })
	}
	if asked := verifyAll(); asked != tokens {
		t.Errorf("%d look-ups at first, want %d", asked, tokens)
	}
	asked := verifyAll()
	if cached := tokens - asked; cached == 0 || cached > segments*inEach {
		t.Errorf("%d of %d are cached in %d segments", cached, tokens, segments)
	}
	w.clock.move(time.Second)
	if again := verifyAll(); again != asked {
		t.Errorf("%d look-ups, then %d: what was cached did not stay", asked, again)
	}
}
