package bench_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// BenchmarkExchange measures the exchange of a personal token for an access JWT
// beside one bare signature with a key of the same algorithm (P15): by the verb
// of the authority, with its record in SQLite, and by the token endpoint without
// a listener.
func BenchmarkExchange(b *testing.B) {
	s := tokentest.Start(b)
	raw := personalToken(b, s)
	k := newECDSAKey(b)
	text := k.access(b)
	text = text[:strings.LastIndexByte(text, '.')]
	signature := func() {
		sum := sha256.Sum256([]byte(text))
		_, _, err := ecdsa.Sign(rand.Reader, k.private, sum[:])
		must(b, err)
	}
	access := k.accessTokens()
	exchange := authority.ExchangeRequest{Secret: token.NewSecret(raw), Seal: func(t token.Token) error {
		_, err := access.Exchange(b.Context(), login.Exchange{
			User: t.Owner, Client: oauth.PersonalClient, Session: t.ID, Lifetime: 10 * time.Minute, Until: t.ExpiresAt,
		})
		return err
	}}
	report15(b, "exchange, by the authority, SQLite", signature, func() {
		_, err := s.Authority().Exchange(b.Context(), token.Principal{}, exchange)
		must(b, err)
	}, "at most 1.3x a signature")
	body, n := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}}.Encode(), 0
	report15(b, "exchange, by the token endpoint, SQLite", signature, func() {
		n++
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, s.URL+oauth.TokenPath, strings.NewReader(body))
		r.RequestURI = oauth.TokenPath
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:4711", n>>16&0xff, n>>8&0xff, n&0xff) // one address may ask so often
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}, "at most 2.5x the CPU of a signature")
	for b.Loop() { // the figures are in the report
	}
}

// report15 times batches of both in turn and says how many a second that is.
func report15(b *testing.B, what string, signature, call func(), target string) {
	b.Helper()
	floor, got := compareBatches(signature, call)
	report.set(figure{"P15", what, fmt.Sprintf(
		"%.2fx one bare ES256 signature (%.0f of %.0f a second), undisturbed %.2fx",
		got.median/floor.median, 1e9/got.median, 1e9/floor.median, got.low/floor.low), target})
}

// personalToken makes a personal token of alice's, as she would in a browser.
func personalToken(b *testing.B, s *tokentest.Server) string {
	b.Helper()
	jar, err := cookiejar.New(nil)
	must(b, err)
	browser := http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	alice := s.UserToken("user:default/alice")
	send := func(method, address, body string) (location string, members map[string]string) {
		if strings.HasPrefix(address, "/") {
			address = s.URL + address
		}
		r, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(body))
		must(b, err)
		if method == http.MethodPost {
			r.Header.Set("Authorization", "Bearer "+alice)
			r.Header.Set("Content-Type", "application/json")
		}
		answer, err := browser.Do(r)
		must(b, err)
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		must(b, err)
		_ = json.Unmarshal(data, &members) // an answer that leads on has no body
		return answer.Header.Get("Location"), members
	}
	_, begun := send(http.MethodPost, "/api/access-tokens/personal/mint", `{"name":"bench"}`)
	page, _ := send(http.MethodGet, begun["authorizeUrl"], "")
	id := page[strings.LastIndexByte(page, '/')+1:]
	_, approved := send(http.MethodPost, "/api/auth/v1/sessions/"+id+"/approve", "{}")
	back, _ := send(http.MethodGet, approved["redirectUrl"], "")
	_, coded, _ := strings.Cut(back, "=")
	shown, err := base64.RawURLEncoding.DecodeString(coded)
	must(b, err)
	var made struct{ Token string }
	must(b, json.Unmarshal(shown, &made))
	if made.Token == "" {
		b.Fatalf("no personal token: %s", shown)
	}
	return made.Token
}
