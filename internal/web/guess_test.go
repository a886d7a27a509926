package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// fromOneAddress is the product's rate: wrong guesses a minute.
const fromOneAddress = 600

// safe is a site with two doors behind which a secret is asked for: the last
// word of the path names the account, and only the secret "right" opens.
type safe struct {
	*site

	heard atomic.Int64 // attempts whose secret was looked at
}

func newSafe(t *testing.T) *safe {
	t.Helper()
	s := &safe{}
	open := func(w http.ResponseWriter, r *web.Request) error {
		guess, err := r.Guess()
		if err != nil {
			return err
		}
		s.heard.Add(1)
		if r.Header.Get("X-Secret") != "right" {
			return token.ErrUnknown
		}
		guess.Right()
		return web.WriteEmpty(w, http.StatusOK)
	}
	door := func(base string) web.Surface {
		return web.Surface{Base: base, Dialect: web.Problem{}, Routes: []web.Route{
			{Method: http.MethodPost, Pattern: "/{account}", Access: web.Public("a test"), Handle: open},
			{Method: http.MethodPost, Pattern: "/guarded/{any}", Access: web.Principals(""), Handle: open},
		}}
	}
	trusting := func(o *web.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }
	s.site = start(t, trusting, door("/token"), door("/sign-in"))
	return s
}

// try makes an attempt from an address and gives the status.
func (s *safe) try(from, path, secret string) int {
	s.t.Helper()
	got := s.send("POST", path, "X-Forwarded-For: "+from, "X-Secret: "+secret)
	if got.status == http.StatusTooManyRequests && got.header.Get("Retry-After") == "" {
		s.t.Error("429 without Retry-After (C11)")
	}
	return got.status
}

// use makes n wrong attempts, which must all be heard.
func (s *safe) use(n int, from func(i int) string, path func(i int) string) {
	s.t.Helper()
	for i := range n {
		if got := s.try(from(i), path(i), "wrong"); got != http.StatusUnauthorized {
			s.t.Fatalf("attempt %d: status %d", i, got)
		}
	}
}

func always(s string) func(int) string { return func(int) string { return s } }

func each(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i) }
}

func TestF15GuessesFromOneAddressAreLimited(t *testing.T) {
	s := newSafe(t)
	// Hopping in a /64, from door to door and from account to account does
	// not split the count (I-05).
	s.use(fromOneAddress, each("2001:db8::%x"), func(i int) string {
		return fmt.Sprintf([]string{"/token/a%d", "/sign-in/b%d"}[i%2], i)
	})
	for _, path := range []string{"/token/new", "/sign-in/new"} {
		if got := s.try("2001:db8::abcd:1", path, "right"); got != http.StatusTooManyRequests {
			t.Errorf("%s: status %d", path, got)
		}
	}
	if got := s.try("2001:db8:0:1::1", "/token/new", "wrong"); got != http.StatusUnauthorized {
		t.Errorf("from another network: status %d", got)
	}
	s.advance(time.Minute)
	if got := s.try("2001:db8::1", "/token/new", "right"); got != http.StatusOK {
		t.Errorf("a minute later: status %d", got)
	}
}

// Whoever knows a name cannot lock its owner out by guessing wrong.
func TestStrangersDoNotLockAnOwnerOut(t *testing.T) {
	s := newSafe(t)
	s.use(fromOneAddress, always("192.0.2.1"), always("/token/client"))
	if got := s.try("192.0.2.1", "/token/client", "wrong"); got != http.StatusTooManyRequests {
		t.Errorf("a stranger: status %d", got)
	}
	if got := s.try("198.51.100.7", "/token/client", "right"); got != http.StatusOK {
		t.Errorf("the owner: status %d", got)
	}
}

func TestRightSecretsAreNotCounted(t *testing.T) {
	s := newSafe(t)
	for i := range 2 * fromOneAddress {
		if got := s.try("192.0.2.1", "/token/client", "right"); got != http.StatusOK {
			t.Fatalf("attempt %d: status %d", i, got)
		}
	}
}

func TestGuessesAtOnceAreNoMoreThanOneAfterAnother(t *testing.T) {
	s := newSafe(t)
	var trying sync.WaitGroup
	for range 20 {
		trying.Go(func() {
			for range fromOneAddress / 10 {
				s.try("192.0.2.1", "/token/client", "wrong")
			}
		})
	}
	trying.Wait()
	if n := s.heard.Load(); n != fromOneAddress {
		t.Errorf("%d guesses were heard, want %d", n, fromOneAddress)
	}
}

// Bad bearers are guesses too, and share the count; a good one is let in
// whatever others behind its address do.
func TestF15BadBearersAreLimitedAcrossSurfaces(t *testing.T) {
	s := newSafe(t)
	bearer := func(path, raw string) int {
		return s.send("POST", path, as(raw), "X-Forwarded-For: 192.0.2.9", "X-Secret: right").status
	}
	for i := range fromOneAddress {
		path := []string{"/token/guarded/x", "/sign-in/guarded/x"}[i%2]
		if got := bearer(path, "bad"+strings.Repeat("x", i%7)); got != http.StatusUnauthorized {
			t.Fatalf("attempt %d: status %d", i, got)
		}
	}
	for _, path := range []string{"/token/guarded/x", "/sign-in/guarded/x"} {
		if got := bearer(path, "bad"); got != http.StatusTooManyRequests {
			t.Errorf("%s: status %d", path, got)
		}
	}
	if got := s.try("192.0.2.9", "/token/client", "right"); got != http.StatusTooManyRequests {
		t.Errorf("a guess at another sort of secret: status %d", got)
	}
	s.advance(100 * time.Millisecond) // one more guess
	if got := bearer("/token/guarded/x", alices); got != http.StatusOK {
		t.Errorf("a good bearer: status %d", got)
	}
}
