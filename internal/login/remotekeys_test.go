package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/outbound"
	"github.com/tokenwright/tokenwright/token"
)

// issuer is a foreign issuer that publishes keys.
type issuer struct {
	*httptest.Server

	answer  atomic.Pointer[http.HandlerFunc]
	fetches atomic.Int64
}

func newIssuer(t *testing.T, kids ...string) *issuer {
	t.Helper()
	i := &issuer{}
	i.publish(t, kids...)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.fetches.Add(1)
		(*i.answer.Load())(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) publish(t *testing.T, kids ...string) {
	t.Helper()
	var keys []jwt.Key
	for _, kid := range kids {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, err := jwt.NewES256Key(kid, &private.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	set, err := jwt.MarshalJWKS(keys)
	if err != nil {
		t.Fatal(err)
	}
	i.serve(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(set) })
}

func (i *issuer) serve(h http.HandlerFunc) { i.answer.Store(&h) }

// hands is a clock that a test moves.
type hands struct {
	mu  sync.Mutex
	now time.Time
}

func newHands() *hands { return &hands{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)} }

func (h *hands) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hands) advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func remoteKeys(t *testing.T, address string, clock *hands) *login.RemoteKeys {
	t.Helper()
	keys, err := login.NewRemoteKeys(address, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func expectKeys(t *testing.T, keys *login.RemoteKeys, kid string, want int) {
	t.Helper()
	found, err := keys.FindKeys(t.Context(), kid)
	if err != nil || len(found) != want {
		t.Errorf("keys of %q: %d and error %v, want %d", kid, len(found), err, want)
	}
}

func expectUnavailable(t *testing.T, keys *login.RemoteKeys, kid string) {
	t.Helper()
	found, err := keys.FindKeys(t.Context(), kid)
	if !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("keys of %q: %d and error %v, want unavailable", kid, len(found), err)
	}
}

func TestTheAddressOfAKeySetIsHTTPSOrLoopback(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://idp.example.com/jwks.json":       true,
		"http://127.0.0.1:7007/jwks.json":         true,
		"http://[::1]:7007/jwks.json":             true,
		"http://localhost:7007/jwks.json":         true,
		"http://idp.example.com/jwks.json":        false,
		"http://localhost.example.com/jwks":       false,
		"https://user:pw@idp.example.com/jwks":    false,
		"https://idp.example.com/jwks#x":          false,
		"file:///etc/passwd":                      false,
		"//idp.example.com/jwks.json":             false,
		"":                                        false,
		"https://":                                false,
		"http://169.254.169.254/latest/meta-data": false,
	} {
		_, err := login.NewRemoteKeys(address, time.Now)
		if (err == nil) != ok || !ok && !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%q: %v, want accepted %v", address, err, ok)
		}
	}
}

func TestKeysAreReadOnceWhileFresh(t *testing.T) {
	idp, clock := newIssuer(t, "a", "b"), newHands()
	keys := remoteKeys(t, idp.URL, clock)
	for range 20 {
		expectKeys(t, keys, "a", 1)
		expectKeys(t, keys, "b", 1)
		clock.advance(14 * time.Second)
	}
	if n := idp.fetches.Load(); n != 1 {
		t.Errorf("the issuer was asked %d times, want once", n)
	}
}

func TestARotatedKeyIsFoundAndARemovedOneIsForgotten(t *testing.T) {
	idp, clock := newIssuer(t, "a"), newHands()
	keys := remoteKeys(t, idp.URL, clock)
	expectKeys(t, keys, "a", 1)
	idp.publish(t, "b")
	clock.advance(11 * time.Second)
	expectKeys(t, keys, "b", 1)
	expectKeys(t, keys, "a", 0)
}

func TestAFloodOfUnknownKeyIDsAsksTheIssuerOnceInTenSeconds(t *testing.T) {
	idp, clock := newIssuer(t, "a"), newHands()
	keys := remoteKeys(t, idp.URL, clock)
	for range 1000 {
		expectKeys(t, keys, "unknown", 0)
		clock.advance(10 * time.Millisecond)
	}
	if n := idp.fetches.Load(); n > 2 {
		t.Errorf("the issuer was asked %d times in ten seconds", n)
	}
}

func TestAnIssuerThatIsAwayDoesNotEndItsTokensForAnHour(t *testing.T) {
	idp, clock := newIssuer(t, "a"), newHands()
	keys := remoteKeys(t, idp.URL, clock)
	expectKeys(t, keys, "a", 1)
	idp.serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })

	clock.advance(59 * time.Minute)
	expectKeys(t, keys, "a", 1)
	expectUnavailable(t, keys, "other")
	clock.advance(2 * time.Minute)
	expectUnavailable(t, keys, "a")

	idp.publish(t, "a")
	clock.advance(11 * time.Second)
	expectKeys(t, keys, "a", 1)
}

func TestWhatIsNoKeySetIsNotTakenForOne(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
		"an endless body": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"keys":[` + strings.Repeat(" ", 70_000) + `]}`))
		},
		"a secret":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(secretSet)) },
		"no JSON":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"an error":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"no content": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	} {
		t.Run(name, func(t *testing.T) {
			idp := newIssuer(t, "a")
			idp.serve(answer)
			expectUnavailable(t, remoteKeys(t, idp.URL, newHands()), "a")
		})
	}
}

const secretSet = `{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`

// PEER-22: what a name means is up to whoever runs its name servers. "localhost"
// stands for this machine; a name that only leads here does not.
func TestKeysAreReadFromPublicAddressesAndAdmittedHosts(t *testing.T) {
	i := newIssuer(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(i.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for address, reached := range map[string]bool{
		i.URL: true, "http://localhost:" + port: true,
		"https://0.0.0.0:" + port: false, "https://[::ffff:127.0.0.1]:" + port: true, // loopback, as it is written
		"https://169.254.169.254/jwks": false,
	} {
		before := i.fetches.Load()
		keys, err := login.NewRemoteKeys(address, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = keys.OnlyPublic(nil).FindKeys(t.Context(), "k1")
		refused := err != nil && strings.Contains(token.Cause(err).Error(), outbound.ErrAddress.Error())
		if refused == reached || !reached && i.fetches.Load() != before {
			t.Errorf("%s: %v, want it reached: %v", address, token.Cause(err), reached)
		}
	}
	keys, err := login.NewRemoteKeys("https://0.0.0.0:"+port, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.OnlyPublic([]string{"0.0.0.0"}).FindKeys(t.Context(), "k1"); err == nil || strings.Contains(token.Cause(err).Error(), outbound.ErrAddress.Error()) {
		t.Errorf("an admitted host: %v, want that it is no TLS server", err)
	}
}
