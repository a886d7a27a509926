package login_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
)

// hang makes the issuer answer nobody until the test ends. given counts the
// askers who lost patience, which a fetch does after five seconds.
func (i *issuer) hang(t *testing.T) (given *atomic.Int64) {
	t.Helper()
	given, ended := &atomic.Int64{}, make(chan struct{})
	t.Cleanup(func() { close(ended) }) // runs before the server is closed
	i.serve(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
			given.Add(1)
		case <-ended:
		}
	})
	return given
}

func TestAnIssuerThatHangsStallsNoKnownKey(t *testing.T) {
	for name, age := range map[string]time.Duration{
		"fresh":                       time.Minute,
		"soon to be read again":       4*time.Minute + 45*time.Second,
		"not fresh after a long idle": 20 * time.Minute, // waits, but not for the whole fetch
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			idp, clock := newIssuer(t, "a"), newHands()
			keys := remoteKeys(t, idp.URL, clock)
			expectKeys(t, keys, "a", 1)
			given := idp.hang(t)
			clock.advance(age)
			var asking sync.WaitGroup
			for range 20 {
				asking.Go(func() {
					if found, err := keys.FindKeys(t.Context(), "a"); err != nil || len(found) != 1 {
						t.Errorf("%d keys and error %v", len(found), err)
					}
				})
			}
			asking.Wait()
			if given.Load() > 0 {
				t.Error("a held key waited for the whole fetch")
			}
			if n := idp.fetches.Load(); n > 2 {
				t.Errorf("the issuer was asked %d times", n)
			}
		})
	}
}

func TestAnUnknownKeyDoesNotHoldUpAKnownOne(t *testing.T) {
	idp, clock := newIssuer(t, "a"), newHands()
	keys := remoteKeys(t, idp.URL, clock)
	expectKeys(t, keys, "a", 1)
	given := idp.hang(t)
	clock.advance(time.Minute)
	var asking sync.WaitGroup
	for range 50 {
		asking.Go(func() { expectUnavailable(t, keys, "unknown") })
	}
	asking.Go(func() { expectKeys(t, keys, "a", 1) })
	asking.Wait()
	if given.Load() > 0 {
		t.Error("an unknown key waited for the whole fetch while keys were held")
	}
	if n := idp.fetches.Load(); n > 2 {
		t.Errorf("the issuer was asked %d times", n)
	}
}

func TestABusyIssuersKeysAreReadAgainBesideTheRequests(t *testing.T) {
	idp, clock := newIssuer(t, "a"), newHands()
	keys := remoteKeys(t, idp.URL, clock)
	expectKeys(t, keys, "a", 1)
	kept, release := *idp.answer.Load(), make(chan struct{})
	idp.serve(func(w http.ResponseWriter, r *http.Request) { <-release; kept(w, r) })
	clock.advance(4*time.Minute + 45*time.Second)
	expectKeys(t, keys, "a", 1) // begins the fetch and does not wait for it
	close(release)
	found := []jwt.Key(nil)
	for idp.fetches.Load() < 2 || len(found) == 0 {
		found, _ = keys.FindKeys(t.Context(), "a")
	}
	expectKeys(t, keys, "other", 0) // waits for the fetch, if it is still under way
	idp.hang(t)
	clock.advance(4 * time.Minute) // past the freshness of the first reading
	expectKeys(t, keys, "a", 1)
	if n := idp.fetches.Load(); n != 2 {
		t.Errorf("the issuer was asked %d times, want twice: the keys are fresh", n)
	}
}
