package personal_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// arriveTogether finishes a mint in each of n browsers of one person at one
// time, and gives how often each came back: a token, or a message.
func (s surface) arriveTogether(n int, name func(i int) string) map[string]int {
	s.t.Helper()
	browsers, callbacks := make([]browser, n), make([]string, n)
	for i := range n {
		browsers[i] = s.browser(alice)
		callbacks[i] = browsers[i].consent(browsers[i].begin(wish(name(i))), "approve")
	}
	count := map[string]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			got := browsers[i].arrive(callbacks[i])
			mu.Lock()
			defer mu.Unlock()
			if got.Token != "" {
				got.Message = "made"
			}
			count[got.Message]++
		})
	}
	all.Wait()
	return count
}

// The transaction that makes the token decides about its name and about the
// limit, whatever was found at the mint (H-08, I-06).
func TestOfManyMintsAtOnceAsManySucceedAsMay(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		const n = 12
		s := start(t, append(with, tokentest.WithConfig("kinds: {personal: {max_per_owner: 4, requests_per_minute: 1000}}"))...)
		got := s.arriveTogether(n, func(i int) string { return strings.Repeat("a", i%2) + "A name" })
		if got["made"] != 2 || got[`A token named "A name" already exists for this user`] != n/2-1 || got[`A token named "aA name" already exists for this user`] != n/2-1 {
			t.Errorf("of one name: %v", got)
		}
		got = s.arriveTogether(n, func(i int) string { return fmt.Sprint("token ", i) })
		if got["made"] != 2 || got["You already have the most personal tokens allowed"] != n-2 {
			t.Errorf("up to a limit: %v", got)
		}
		if list := s.browser(alice).on("GET", "", ""); list.members["total"] != 4.0 {
			t.Errorf("list %s", list.body)
		}
	})
}

// Of many answers to one question one makes the token.
func TestOfManyCallbacksAtOnceOneSucceeds(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		s := start(t, append(with, tokentest.WithConfig("kinds: {personal: {requests_per_minute: 1000}}"))...)
		for round := range 5 {
			b := s.browser(alice)
			callback := b.consent(b.begin(wish(fmt.Sprint("round ", round))), "approve")
			var mu sync.Mutex
			var all sync.WaitGroup
			made := 0
			for range 20 {
				all.Go(func() {
					got := b.arrive(callback)
					mu.Lock()
					defer mu.Unlock()
					if got.Token != "" {
						made++
					} else if got.Message != sayUnknown && got.Message != sayFailed {
						t.Errorf("message %q", got.Message)
					}
				})
			}
			all.Wait()
			if made != 1 {
				t.Errorf("round %d: %d tokens", round, made)
			}
		}
		if list := s.browser(alice).on("GET", "", ""); strings.Count(list.body, `"status":"active"`) != 5 {
			t.Errorf("what was shown is not good: %s", list.body)
		}
	})
}
