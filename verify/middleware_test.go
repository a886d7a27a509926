package verify_test

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// guarded is a server that has the middleware in front of it, with a count of
// what reached it.
type guarded struct {
	*world
	address string
	reached int
	proof   *verify.Verified
}

func newGuarded(t *testing.T, change ...func(*verify.Options)) *guarded {
	t.Helper()
	g := &guarded{world: newWorld(t, change...)}
	rules := compile(t,
		verify.Rule{Path: "/public/**", Public: true},
		verify.Rule{Path: "/catalog/**", Methods: []string{"GET"}, Scopes: []string{"catalog:read"}},
		verify.Rule{Path: "/catalog/**", Scopes: []string{"catalog:delete", "catalog:write"}},
		verify.Rule{Path: "/people/**", Kinds: []string{"user"}},
		verify.Rule{Path: "/live", Upgrade: "websocket", Scopes: []string{"live:*"}},
		verify.Rule{Path: "/live", Scopes: []string{"catalog:read"}},
	)
	server := httptest.NewServer(verify.Middleware(g.v, rules)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		g.reached++
		g.proof = verify.FromContext(r.Context())
	})))
	t.Cleanup(server.Close)
	g.address = server.Listener.Addr().String()
	return g
}

type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request byte for byte and gives the answer.
func (g *guarded) ask(line string, headers ...string) reply {
	g.Helper()
	g.reached, g.proof = 0, nil
	conn, err := net.DialTimeout("tcp", g.address, 5*time.Second)
	if err != nil {
		g.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	text := line + " HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n"
	for _, h := range headers {
		text += h + "\r\n"
	}
	if _, err := io.WriteString(conn, text+"\r\n"); err != nil {
		g.Fatal(err)
	}
	method, _, _ := strings.Cut(line, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		g.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		g.Fatal(err)
	}
	response.Header.Del("Date")
	return reply{response.StatusCode, response.Header, string(body)}
}

const bare = `Bearer realm="tokenwright"`

func TestMiddlewareAnswers(t *testing.T) {
	g := newGuarded(t)
	good, record := g.issue()
	unknown := generate(t, token.KindService)
	revoked, _ := g.issue(func(t *token.Token) { t.RevokedAt = start })
	expired, _ := g.issue(func(t *token.Token) { t.ExpiresAt = start })
	for _, tc := range []struct {
		name, line string
		headers    []string
		status     int
		challenge  string
		body       string
	}{
		{"public, nothing", "GET /public/x", nil, 200, "", ""},
		{"public, junk", "GET /public/x", []string{"Authorization: Bearer junk"}, 200, "", ""},
		{"good", "GET /catalog/x", []string{"Authorization: Bearer " + good}, 200, "", ""},
		{"another letter case", "GET /catalog/x", []string{"authorization: bEaReR   " + good}, 200, "", ""},
		{"HEAD by the rule of GET", "HEAD /catalog/x", []string{"Authorization: Bearer " + good}, 200, "", ""},

		{"C1: nothing", "GET /catalog/x", nil, 401, bare, `{"error":"Unauthorized"}`},
		{"C1: Basic", "GET /catalog/x", []string{"Authorization: Basic eDp5"}, 401, bare + `, error="invalid_token"`, `{"error":"Unauthorized"}`},
		{"C1: no rule, nothing", "GET /other", nil, 401, bare, `{"error":"Unauthorized"}`},
		{"C1: a cookie is not read", "GET /catalog/x", []string{"Cookie: token=" + good}, 401, bare, `{"error":"Unauthorized"}`},
		{"C1: nor a method override", "GET /catalog/x", []string{"X-HTTP-Method-Override: GET"}, 401, bare, `{"error":"Unauthorized"}`},

		{"C2: junk", "GET /catalog/x", []string{"Authorization: Bearer bsat_x"}, 401, bare + `, error="invalid_token"`, `{"error":"Unauthorized"}`},
		{"C2: unknown", "GET /catalog/x", []string{"Authorization: Bearer " + unknown}, 401, bare + `, error="invalid_token"`, `{"error":"Unauthorized"}`},
		{"C2: revoked", "GET /catalog/x", []string{"Authorization: Bearer " + revoked}, 401, bare + `, error="invalid_token"`, `{"error":"Unauthorized"}`},
		{"C2: expired", "GET /catalog/x", []string{"Authorization: Bearer " + expired}, 401, bare + `, error="invalid_token"`, `{"error":"Unauthorized"}`},
		{"C2: no rule, junk", "GET /other", []string{"Authorization: Bearer junk"}, 401, bare + `, error="invalid_token"`, `{"error":"Unauthorized"}`},
		{"C2: another kind", "GET /people/x", []string{"Authorization: Bearer " + good}, 401, bare + `, error="invalid_token"`, `{"error":"Unauthorized"}`},

		{"C3: two headers", "GET /catalog/x", []string{"Authorization: Bearer " + good, "Authorization: Bearer " + good}, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"C3: two headers, one empty", "GET /catalog/x", []string{"Authorization: Bearer " + good, "Authorization:"}, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},

		{
			"C4: a scope", "DELETE /catalog/x",
			[]string{"Authorization: Bearer " + good},
			403,
			bare + `, error="insufficient_scope", scope="catalog:delete catalog:write"`,
			`{"error":"Forbidden: missing required scope","required":["catalog:delete","catalog:write"],"missing":["catalog:delete"]}`,
		},
		{"no rule, good", "GET /other", []string{"Authorization: Bearer " + good}, 403, bare + `, error="insufficient_scope"`, `{"error":"Forbidden"}`},
		{
			"an upgrade is judged as one", "GET /live",
			[]string{"Authorization: Bearer " + good, "Upgrade: websocket"},
			403,
			bare + `, error="insufficient_scope", scope="live:*"`,
			`{"error":"Forbidden: missing required scope","required":["live:*"],"missing":["live:*"]}`,
		},
		{
			"D-08: an upgrade that no rule names", "GET /live",
			[]string{"Authorization: Bearer " + good, "Upgrade: h2c"},
			403, bare + `, error="insufficient_scope"`, `{"error":"Forbidden"}`,
		},
		{"X-API-Key", "GET /catalog/x", []string{"X-API-Key: " + good}, 200, "", ""},
		{"Basic", "GET /catalog/x", []string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x:"+good))}, 200, "", ""},
		{
			"C3: two forms at once", "GET /catalog/x",
			[]string{"Authorization: Bearer " + good, "X-API-Key: " + good},
			400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`,
		},
		{"without one", "GET /live", []string{"Authorization: Bearer " + good}, 200, "", ""},

		{"B-06: in the query", "GET /catalog/x?access_token=" + good, nil, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"B-06: under any name", "GET /catalog/x?a=b&key=" + good, nil, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"B-06: as a name", "GET /catalog/x?" + good, nil, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"B-06: escaped", "GET /catalog/x?key=%62" + good[1:], nil, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"B-06: behind a semicolon", "GET /catalog/x?a=b;key=" + good, nil, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"B-06: beside a good one", "GET /catalog/x?Access_Token=x", []string{"Authorization: Bearer " + good}, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"B-06: on a public path", "GET /public/x?key=" + good, nil, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"a parameter of the application", "GET /catalog/x?token=x", []string{"Authorization: Bearer " + good}, 200, "", ""},
		{"an ambiguous path", "GET /public/%2e%2e/catalog/x", nil, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
		{"an ambiguous path, good", "GET /catalog//x", []string{"Authorization: Bearer " + good}, 400, bare + `, error="invalid_request"`, `{"error":"Bad request"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := g.ask(tc.line, tc.headers...)
			if got.status != tc.status || got.header.Get("WWW-Authenticate") != tc.challenge {
				t.Errorf("%d, %q, want %d, %q", got.status, got.header.Get("WWW-Authenticate"), tc.status, tc.challenge)
			}
			if body := strings.TrimSuffix(got.body, "\n"); body != tc.body {
				t.Errorf("body %s, want %s", body, tc.body)
			}
			if (g.reached == 1) != (tc.status == 200) {
				t.Errorf("the handler was reached %d times", g.reached)
			}
			if tc.status != 200 && got.header.Get("Cache-Control") != "no-store" {
				t.Error("a refusal may be stored")
			}
			if public := strings.HasPrefix(tc.line, "GET /public"); g.reached == 1 && (g.proof == nil) != public {
				t.Errorf("proof %v", g.proof)
			}
			if g.proof != nil && g.proof.TokenID() != record.ID {
				t.Errorf("proof of %v", g.proof)
			}
		})
	}
}

// TestRefusalsOfAllCausesAreTheSameBytes is row C2.
func TestRefusalsOfAllCausesAreTheSameBytes(t *testing.T) {
	ours := ourIssuer(t)
	g := newGuarded(t, withIssuers(ours))
	raws := []string{
		"junk", "bsat_", generate(t, token.KindService), ours.sign(t, claims{"exp": start.Unix()}), ours.sign(t, claims{"aud": "other"}),
		ours.sign(t, nil), // good, but people are not let in here
	}
	for _, change := range []func(*token.Token){
		func(t *token.Token) { t.RevokedAt = start },
		func(t *token.Token) { t.ExpiresAt = start },
		func(t *token.Token) { t.DisabledAt = start },
		func(t *token.Token) { t.SecretEndsAt = start },
		func(t *token.Token) { t.Kind = token.KindPersonal },
	} {
		raw, _ := g.issue(change)
		raws = append(raws, raw)
	}
	want := g.ask("GET /catalog/x", "Authorization: Bearer "+raws[0])
	for _, raw := range raws {
		got := g.ask("GET /catalog/x", "Authorization: Bearer "+raw)
		if got.status != 401 || got.body != want.body || len(got.header) != len(want.header) {
			t.Errorf("%.20s: %+v, want %+v", raw, got, want)
		}
		for name := range want.header {
			if got.header.Get(name) != want.header.Get(name) {
				t.Errorf("%.20s: %s is %q", raw, name, got.header.Get(name))
			}
		}
	}
}

// TestNoAnswerIsNoRefusal is row C10.
func TestNoAnswerIsNoRefusal(t *testing.T) {
	g := newGuarded(t)
	raw, _ := g.issue()
	g.source.set(errors.New("dial tcp 10.0.0.1:5432: connection refused"))
	for _, line := range []string{"GET /catalog/x", "GET /other"} {
		got := g.ask(line, "Authorization: Bearer "+raw)
		if got.status != 503 || got.header.Get("Retry-After") != "1" || got.header.Get("WWW-Authenticate") != "" || g.reached != 0 {
			t.Errorf("%s: %+v", line, got)
		}
		if strings.Contains(got.body, "10.0.0.1") {
			t.Errorf("the answer shows the cause: %s", got.body)
		}
	}
	g.source.set(nil)
	if got := g.ask("GET /catalog/x", "Authorization: Bearer "+raw); got.status != 200 {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestAFaultOfTheProgramIsNoRefusalEither(t *testing.T) {
	status, challenge := verify.Refusal(errors.New("a fault"))
	if status != 503 || challenge != "" {
		t.Errorf("%d, %q", status, challenge)
	}
}

func TestAChallengeHoldsOnlyScopes(t *testing.T) {
	_, challenge := verify.Refusal(&verify.ScopeError{Required: token.Scopes{`a"b`, "good", "c\r\nX: y"}})
	if challenge != bare+`, error="insufficient_scope", scope="good"` {
		t.Errorf("%q", challenge)
	}
}

func TestBearer(t *testing.T) {
	for _, tc := range []struct {
		values []string
		want   string
		err    error
	}{
		{nil, "", token.ErrNoCredential},
		{[]string{""}, "", token.ErrNoCredential},
		{[]string{"Bearer"}, "", token.ErrNoCredential},
		{[]string{"Bearer "}, "", token.ErrNoCredential},
		{[]string{"Bearer x"}, "x", nil},
		{[]string{"bearer  x"}, "x", nil},
		{[]string{"Bearerx"}, "", token.ErrNoCredential},
		{[]string{"Bearer\tx"}, "", token.ErrNoCredential},
		{[]string{"Bearer x y"}, "", token.ErrNoCredential},
		{[]string{"Bearer x,"}, "x,", nil},
		{[]string{"Bearer x\x00"}, "", token.ErrNoCredential},
		{[]string{"Bearer é"}, "", token.ErrNoCredential},
		{[]string{"Basic x"}, "", token.ErrNoCredential},
		{[]string{"Bearer x", "Bearer x"}, "", token.ErrManyCredentials},
	} {
		got, err := verify.Bearer(http.Header{"Authorization": tc.values})
		if tc.values == nil {
			got, err = verify.Bearer(http.Header{})
		}
		if got != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%q: %q, %v", tc.values, got, err)
		}
	}
}

func TestAGuardWithoutBasicTakesNoPassword(t *testing.T) {
	g := newGuarded(t)
	rules := compile(t, verify.Rule{Path: "/**", Scopes: []string{"catalog:read"}})
	raw, _ := g.issue(func(record *token.Token) { record.Scopes = token.Scopes{"catalog:read"} })
	for guard, want := range map[*verify.Rules]int{rules: http.StatusNoContent, rules.WithoutBasic(): http.StatusUnauthorized} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/x", nil)
		r.SetBasicAuth("anybody", raw)
		w := httptest.NewRecorder()
		verify.Middleware(g.v, guard)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("got %d, want %d", w.Code, want)
		}
	}
}
