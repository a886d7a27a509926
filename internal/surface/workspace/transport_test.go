package workspace_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

const (
	create   = `{"_class":"core:class:TxCreateDoc","objectId":"1"}`
	remove   = `{"_class":"core:class:TxRemoveDoc","objectId":"1"}`
	readOnly = "read:*"
)

// application is somebody's workspace API behind the middleware. It remembers
// what reached it.
type application struct {
	*kit
	url string

	mu      sync.Mutex
	reached []string
}

func (k *kit) application(rules ...verify.Rule) *application {
	k.t.Helper()
	if rules == nil {
		rules = []verify.Rule{{Use: "workspace"}}
	}
	compiled, _, err := verify.NewRules(rules)
	if err != nil {
		k.t.Fatal(err)
	}
	a := &application{kit: k}
	server := httptest.NewServer(verify.Middleware(k.Verifier(), compiled)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.reached = append(a.reached, r.Method+" "+r.RequestURI+" "+string(body))
	})))
	k.t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// request sends a request for a path; {w} stands for the workspace demo.
func (a *application) request(bearer, method, path, body string) answer {
	a.t.Helper()
	return a.send(http.DefaultClient, method, a.url+strings.ReplaceAll(path, "{w}", a.demo.UUID), bearer, body)
}

// gets fails unless the answer has this status and body.
func (a *application) gets(what string, got answer, status int, body string) {
	a.t.Helper()
	if got.status != status || got.body != body {
		a.t.Errorf("%s: %d %s, want %d %s", what, got.status, got.body, status, body)
	}
}

const (
	needsRead   = `{"message":"Insufficient token scope","required":"read:*"}`
	needsWrite  = `{"message":"Insufficient token scope","required":"write:*"}`
	needsDelete = `{"message":"Insufficient token scope","required":"delete:*"}`
	notOpen     = `{"message":"Not available to API tokens"}`
	invalid     = `{"message":"Invalid or revoked token"}`
	missing     = `{"message":"Missing Authorization header"}`
)

// TestW18W19W20TheThreePresets is the test plan of the reference.
func TestW18W19W20TheThreePresets(t *testing.T) {
	k := start(t)
	a := k.application()
	read := k.create(bob, k.demo, readOnly).Token
	readWrite := k.create(bob, k.demo, readOnly, "write:*").Token
	full := k.create(bob, k.demo, readOnly, "write:*", "delete:*").Token
	for _, bearer := range []string{read, readWrite, full} {
		a.gets("find-all", a.request(bearer, http.MethodGet, "/api/v1/find-all/{w}?class=x", ""), 200, "")
	}
	a.gets("W-18 tx", a.request(read, http.MethodPost, "/api/v1/tx/{w}", create), 403, needsWrite)
	a.gets("W-19 create", a.request(readWrite, http.MethodPost, "/api/v1/tx/{w}", create), 200, "")
	a.gets("W-19 remove", a.request(readWrite, http.MethodPost, "/api/v1/tx/{w}", remove), 403, needsDelete)
	a.gets("W-20 remove", a.request(full, http.MethodPost, "/api/v1/tx/{w}", remove), 200, "")
	if !slices.Contains(a.reached, "POST /api/v1/tx/"+k.demo.UUID+" "+create) {
		t.Errorf("the application got %q", a.reached)
	}
}

// TestW01W12W13W21EveryRouteDemandsItsScopes walks the table of routes.
func TestW01W12W13W21EveryRouteDemandsItsScopes(t *testing.T) {
	k := start(t)
	a := k.application()
	bearers := map[string]string{
		"none":   k.create(bob, k.demo, "delete:*").Token,
		"read":   k.create(bob, k.demo, readOnly).Token,
		"write":  k.create(bob, k.demo, "write:*").Token,
		"change": k.create(bob, k.demo, "write:*", "delete:*").Token,
		"full":   k.create(bob, k.demo).Token,
	}
	for _, c := range []struct{ method, path, body, needs string }{
		{"GET", "/api/v1/ping/{w}", "", ""},
		{"GET", "/api/v1/generate-id/{w}", "", ""},
		{"HEAD", "/api/v1/ping/{w}", "", ""},
		{"GET", "/api/v1/find-all/{w}", "", "read"},
		{"POST", "/api/v1/find-all/{w}", "{}", "read"},
		{"HEAD", "/api/v1/find-all/{w}", "", "read"},
		{"GET", "/api/v1/search-fulltext/{w}", "", "read"},
		{"GET", "/api/v1/load-model/{w}", "", "read"},
		{"GET", "/api/v1/account/{w}", "", "read"},
		{"POST", "/api/v1/tx/{w}", create, "write"},
		{"POST", "/api/v1/tx/{w}", remove, "change"},
		{"POST", "/api/v1/event/{w}", `{"type":"createCard"}`, "write"},
		{"POST", "/api/v1/event/{w}", `{"type":"removeCard"}`, "change"},
		{"GET", "/api/v1/request/card/find/{w}", "", "write"},
		{"GET", "/api/v1/request/card/removeAll/{w}", "", "change"},
		{"GET", "/api/v1/request/card/event/{w}?params=%7B%22type%22%3A%22removeCard%22%7D", "", "change"},
		{"POST", "/api/v1/request/card/{w}", `{"find":{}}`, "write"},
		{"POST", "/api/v1/request/card/{w}", `{"event":{"type":"removeCard"}}`, "change"},
		{"POST", "/api/v1/ensure-person/{w}", "{}", "write"},
	} {
		may := map[string][]string{
			"": {"none", "read", "write", "change", "full"}, "read": {"read", "full"},
			"write": {"write", "change", "full"}, "change": {"change", "full"},
		}[c.needs]
		for name, bearer := range bearers {
			want := 403
			if slices.Contains(may, name) {
				want = 200
			}
			if got := a.request(bearer, c.method, c.path, c.body); got.status != want {
				t.Errorf("%s %s %s with %s: %d %s, want %d", c.method, c.path, c.body, name, got.status, got.body, want)
			}
		}
	}
	a.gets("W-13", a.request(bearers["read"], http.MethodGet, "/api/v1/request/card/find/{w}", ""), 403, needsWrite)
	for _, path := range []string{"/api/v1/broadcast/{w}", "/api/v1/blob/{w}", "/api/v1/manage", "/cookie", "/", "/api/v1/ping/{w}/x", "/api/v2/ping/{w}", "/api/v1/Ping/{w}"} {
		a.gets("W-12 "+path, a.request(bearers["full"], http.MethodGet, path, ""), 403, notOpen)
	}
	a.gets("W-12 unknown class", a.request(bearers["full"], http.MethodPost, "/api/v1/tx/{w}", `{"_class":"x"}`), 403, notOpen)
	a.gets("W-12 before the scope", a.request(bearers["read"], http.MethodPost, "/api/v1/tx/{w}", `{"_class":"x"}`), 403, notOpen)
	got := a.request(bearers["full"], http.MethodPut, "/api/v1/find-all/{w}", "")
	k.equal("other methods", got.status, 405)
	k.equal("Allow", got.header.Get("Allow"), "GET, HEAD, POST")
}

// TestW01AWebSocketNeedsAllScopes: nobody looks at what is sent on it later.
func TestW01AWebSocketNeedsAllScopes(t *testing.T) {
	k := start(t)
	a := k.application(verify.Rule{Use: "workspace", Path: "/_transactor"})
	upgrade := func(bearer, path string) answer {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+bearer)
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "websocket")
		return k.do(http.DefaultClient, req)
	}
	// An offer of an upgrade, which anybody can add and most servers pass over,
	// takes nothing away from what the same request needs without it (D-08).
	full := k.create(bob, k.demo).Token
	other := "/_transactor/api/v1/find-all/00000000-0000-4000-8000-000000000000"
	k.equal("another workspace", upgrade(full, other).status, 403)
	k.equal("a closed route", upgrade(full, "/_transactor/api/v1/manage/"+k.demo.UUID).status, 403)
	for _, path := range []string{"/_transactor/x", "/_transactor/api/v1/ping/" + k.demo.UUID} {
		a.gets("read", upgrade(k.create(bob, k.demo, readOnly).Token, path), 403, needsWrite)
		a.gets("read and write", upgrade(k.create(bob, k.demo, readOnly, "write:*").Token, path), 403, needsDelete)
		k.equal("all", upgrade(k.create(bob, k.demo, readOnly, "write:*", "delete:*").Token, path).status, 200)
		k.equal("unscoped", upgrade(k.create(bob, k.demo).Token, path).status, 200)
	}
}

// TestW02W26W40RemovalsInside reach nothing without delete:*.
func TestW02W26W40RemovalsInside(t *testing.T) {
	k := start(t)
	a := k.application()
	readWrite := k.create(bob, k.demo, readOnly, "write:*").Token
	full := k.create(bob, k.demo, readOnly, "write:*", "delete:*").Token
	apply := func(txes ...string) string {
		return `{"_class":"core:class:TxApplyIf","txes":[` + strings.Join(txes, ",") + `]}`
	}
	for name, c := range map[string]struct{ path, body string }{
		"W-02 in TxApplyIf":          {"tx", apply(create, remove)},
		"W-02 two levels deep":       {"tx", apply(create, apply(remove))},
		"W-02 last of 1000":          {"tx", apply(append(slices.Repeat([]string{create}, 999), remove)...)},
		"W-26 domain event by tx":    {"tx", `{"_class":"core:class:TxDomainEvent","domain":"card","event":{"type":"removeCard"}}`},
		"W-26 event":                 {"event", `{"type":"removeCard"}`},
		"W-26 request":               {"request/card", `{"event":{"type":"removeCard"}}`},
		"W-40 attribute of a create": {"tx", `{"_class":"core:class:TxCreateDoc","attributes":{"x":{"_class":"core:class:TxRemoveDoc"}}}`},
	} {
		a.reached = nil
		a.gets(name, a.request(readWrite, http.MethodPost, "/api/v1/"+c.path+"/{w}", c.body), 403, needsDelete)
		k.equal(name+" reached the application", len(a.reached), 0)
		a.gets(name+" with all scopes", a.request(full, http.MethodPost, "/api/v1/"+c.path+"/{w}", c.body), 200, "")
		k.equal(name+" the same bytes", strings.HasSuffix(a.reached[0], " "+c.body), true)
	}
}

// TestW27BodiesThatTwoParsersReadInTwoWays are refused.
func TestW27BodiesThatTwoParsersReadInTwoWays(t *testing.T) {
	k := start(t)
	a := k.application()
	full := k.create(bob, k.demo).Token
	const bad = `{"message":"Invalid request"}`
	a.gets("twice", a.request(full, http.MethodPost, "/api/v1/tx/{w}", `{"_class":"core:class:TxCreateDoc","_class":"core:class:TxRemoveDoc"}`), 400, bad)
	a.gets("case", a.request(full, http.MethodPost, "/api/v1/tx/{w}", `{"_Class":"core:class:TxCreateDoc"}`), 400, bad)
	a.gets("too large", a.request(full, http.MethodPost, "/api/v1/tx/{w}", strings.Repeat(" ", 1<<20)+create), 413, bad)
	a.gets("no JSON", a.request(full, http.MethodPost, "/api/v1/tx/{w}", "x"), 400, bad)
	var zipped strings.Builder
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(create))
	_ = z.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+"/api/v1/tx/"+k.demo.UUID, strings.NewReader(zipped.String()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+full)
	req.Header.Set("Content-Encoding", "gzip")
	a.gets("gzip", k.do(http.DefaultClient, req), 415, bad)
	k.equal("reached the application", len(a.reached), 0)
}

// TestTheStatusesOfTheWorkspaceAPI: what is not one of its scopes.
func TestTheStatusesOfTheWorkspaceAPI(t *testing.T) {
	k := start(t)
	a := k.application()
	full := k.create(bob, k.demo).Token
	a.gets("no workspace", a.request(full, http.MethodGet, "/api/v1/ping/", ""), 400, "Missing workspace")
	other := k.addWorkspace("other")
	a.gets("other workspace", a.request(full, http.MethodGet, "/api/v1/ping/"+other.UUID, ""), 403, `{"message":"Invalid workspace","workspace":"`+k.demo.UUID+`"}`)
	a.gets("in capitals", a.request(full, http.MethodGet, "/api/v1/ping/"+strings.ToUpper(k.demo.UUID), ""), 403, `{"message":"Invalid workspace","workspace":"`+k.demo.UUID+`"}`)
	a.gets("encoded slash", a.request(full, http.MethodGet, "/api/v1/ping%2f{w}", ""), 400, `{"message":"Invalid request"}`)
	a.gets("token in the query", a.request(full, http.MethodGet, "/api/v1/ping/{w}?token="+full, ""), 400, `{"message":"Invalid request"}`)
	a.gets("nobody", a.request("", http.MethodGet, "/api/v1/ping/{w}", ""), 401, missing)
	got := a.request("junk", http.MethodGet, "/api/v1/ping/{w}", "")
	a.gets("junk", got, 401, invalid)
	k.equal("challenge", got.header.Get("WWW-Authenticate"), `Bearer realm="tokenwright", error="invalid_token"`)
	k.equal("not kept", got.header.Get("Cache-Control"), "no-store")
	got = a.request(k.create(bob, k.demo, readOnly).Token, http.MethodPost, "/api/v1/tx/{w}", remove)
	k.equal("all that is missing", got.header.Get("WWW-Authenticate"), `Bearer error="insufficient_scope", scope="write:* delete:*"`)
	service := k.Issue("group:default/platform", "svc", "catalog:read").Secret.Reveal()
	a.gets("another kind", a.request(service, http.MethodGet, "/api/v1/ping/{w}", ""), 401, invalid)
	a.gets("a person", a.request(k.UserToken(bob), http.MethodGet, "/api/v1/ping/{w}", ""), 401, invalid)
}

// TestW08OddAuthorizationHeaders are no credential, and never a fault.
func TestW08OddAuthorizationHeaders(t *testing.T) {
	k := start(t)
	a := k.application()
	full := k.create(bob, k.demo).Token
	for name, value := range map[string]string{
		"empty": "", "no scheme": full, "Basic": "Basic eDp5", "only Bearer": "Bearer", "Bearer and a space": "Bearer ",
		"two spaces": "Bearer  " + full, "a list": "Bearer " + full + ", Bearer x",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+"/api/v1/ping/"+k.demo.UUID, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header["Authorization"] = []string{value}
		a.gets(name, k.do(http.DefaultClient, req), 401, missing)
		rpc, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/_accounts", strings.NewReader(`{"method":"listApiTokens"}`))
		if err != nil {
			t.Fatal(err)
		}
		rpc.Header["Authorization"] = []string{value}
		rpc.Header.Set("Content-Type", "application/json")
		if got := k.do(http.DefaultClient, rpc); got.status != 200 || !strings.Contains(got.body, "platform:status:Unauthorized") {
			t.Errorf("RPC, %s: %d %s", name, got.status, got.body)
		}
	}
	long, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/_accounts", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	long.Header.Set("Authorization", "Bearer "+strings.Repeat("x", 1<<20))
	if resp, err := http.DefaultClient.Do(long); err == nil { // the server may close while it is sent
		_ = resp.Body.Close()
		k.equal("1 MiB", resp.StatusCode, 431)
	}
}

// TestW28ForwardAuthDemandsTheMost: it sees no body.
func TestW28ForwardAuthDemandsTheMost(t *testing.T) {
	k := start(t, tokentest.WithConfig("rules: [{use: workspace}]\ntrusted_proxies: [127.0.0.0/8]"))
	ask := func(bearer, method, path string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL+"/forward-auth", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+bearer)
		req.Header.Set("X-Original-Method", method)
		req.Header.Set("X-Original-URI", strings.ReplaceAll(path, "{w}", k.demo.UUID))
		return k.do(http.DefaultClient, req).status
	}
	readWrite := k.create(bob, k.demo, readOnly, "write:*").Token
	full := k.create(bob, k.demo).Token
	watched := k.create(bob, k.demo, readOnly)
	k.equal("read only", ask(watched.Token, "POST", "/api/v1/ensure-person/{w}"), 403)
	k.equal("W-33 a refusal is an event", k.events(bob, watched.ID), []string{"refused scope", "created"})
	for _, path := range []string{"tx", "event", "request/card"} {
		k.equal(path+" with read and write", ask(readWrite, "POST", "/api/v1/"+path+"/{w}"), 403)
		k.equal(path+" with all", ask(full, "POST", "/api/v1/"+path+"/{w}"), 200)
	}
	k.equal("find-all", ask(readWrite, "GET", "/api/v1/find-all/{w}"), 200)
	k.equal("another workspace", ask(full, "GET", "/api/v1/find-all/00000000-0000-4000-8000-000000000000"), 403)
	k.equal("unknown route", ask(full, "GET", "/api/v1/manage/{w}"), 403)
	a := k.application()
	a.gets("middleware with a create", a.request(readWrite, http.MethodPost, "/api/v1/tx/{w}", create), 200, "")
	k.equal("a message", scopesOfMessage(t, `{"method":"tx","params":[`+remove+`]}`), "write:* delete:*")
}

func scopesOfMessage(t *testing.T, text string) string {
	t.Helper()
	scopes, err := verify.ReadMessage([]byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return scopes.String()
}
