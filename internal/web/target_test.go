package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/web"
)

func TestD06AmbiguousTargetsAreRefused(t *testing.T) {
	tests := []struct {
		target string
		status int
	}{
		{"/api/open", 200},
		{"/api/open?x=%2F..", 200},
		{"/api/thing/a%20b", 401},
		{"/api/thing/%C3%A9", 401},
		{"/api/%6fpen", 200}, // an escaped letter is a letter, to everybody
		{"//api/open", 400},
		{"/api//open", 400},
		{"/api/open//", 400},
		{"/api/./open", 400},
		{"/api/../api/open", 400},
		{"/api/%2e/open", 400},
		{"/api/x/%2e%2e/open", 400},
		{"/api%2fopen", 400},
		{"/api%5copen", 400},
		{`/api\open`, 400},
		{"/api/open%00", 400},
		{"/api/open%0a", 400},
		{"/api/open%7f", 400},
		{"/api/open;x=1", 400},
		{"/api/open%3bx", 400},
		{"/api/open%252f", 400},
		{"/api/open%", 400},
		{"/api/open%2", 400},
		{"/api/open%zz", 400},
		{"/api/open#x", 400},
		{"/api/open%ff", 400},
		{"/api/open%c0%af", 400},
		{"/api/\xc3\xa9", 400},
		{"/api/open?a=1;b=2", 400},
		{"/api/open?a=%", 400},
		{"/api/open?a=%zz", 400},
		{"/api/open?a=\x01", 400},
		{"api/open", 400},
		{"*", 400},
		{"http://x/api/open", 400},
		{"//x/api/open", 400},
	}
	s := start(t, nil, gates())
	for _, test := range tests {
		if got := s.send("GET", test.target); got.status != test.status || got.header.Get("Location") != "" {
			t.Errorf("GET %q = %d %v, want %d", test.target, got.status, got.header, test.status)
		}
	}
}

func TestAnAmbiguousTargetEndsTheConnection(t *testing.T) {
	s := start(t, nil, gates())
	if got := s.raw("GET //x HTTP/1.1\r\nHost: x\r\n\r\n"); got.status != 400 || !got.closed {
		t.Errorf("answer %d, closed %v", got.status, got.closed)
	}
}

func TestOptionsStarIsNotAnswered(t *testing.T) {
	s := start(t, nil, gates())
	if got := s.send("OPTIONS", "*"); got.status != 400 {
		t.Errorf("OPTIONS * = %d", got.status)
	}
}

// guarded protects one path, as a reverse proxy's users would.
func guarded(reached func(*web.Request)) web.Surface {
	handle := func(w http.ResponseWriter, r *web.Request) error {
		reached(r)
		return echo(w, r)
	}
	return web.Surface{Dialect: web.Problem{}, Routes: []web.Route{
		{Method: "*", Pattern: "/admin/keys", Access: web.Users("read"), Handle: handle},
		{Method: "*", Pattern: "/public/{x}", Access: web.Public("test"), Handle: handle},
	}}
}

func TestD06SharedPaths(t *testing.T) {
	lines := corpus(t, "paths.txt")
	var reached []string
	s := start(t, nil, guarded(func(r *web.Request) { reached = append(reached, r.Pattern) }))
	for _, line := range lines {
		for _, method := range []string{"GET", "POST", "OPTIONS", "HEAD", "get"} {
			reached = nil
			got := s.send(method, line)
			for _, pattern := range reached {
				if strings.HasPrefix(pattern, "/admin") {
					t.Errorf("%s %q reached %s", method, line, pattern)
				}
			}
			if got.status >= 500 || got.status/100 == 3 {
				t.Errorf("%s %q = %d", method, line, got.status)
			}
		}
	}
	if got := s.send("GET", "/admin/keys", as(alices)); got.status != 200 {
		t.Errorf("control: the allowed path = %d", got.status)
	}
}

func TestD01D03SharedHeadersChangeNothing(t *testing.T) {
	lines := corpus(t, "headers.tsv")
	s := start(t, nil, gates())
	unescape := strings.NewReplacer(`\t`, "\t")
	for _, line := range lines {
		name, value, ok := strings.Cut(line, "\t")
		if !ok || strings.HasPrefix(name, "(") {
			continue // trailers are read by nobody here: the body is not chunked
		}
		header := unescape.Replace(name) + ": " + strings.ReplaceAll(value, `\r\n`, "\r\n")
		if _, forged, twice := strings.Cut(value, "then) "); twice {
			header = unescape.Replace(name) + ": " + forged
		}
		if got := s.send("GET", "/api/thing/1", header); got.status != 401 && got.status != 400 {
			t.Errorf("header %q without a credential = %d", header, got.status)
		}
		got := s.send("GET", "/api/thing/1", as(alices), header)
		folded := strings.HasPrefix(header, " ") // continues the line before it, the credential
		if got.status == 400 || folded && got.status == 401 {
			continue // no HTTP, a second Host, or no credential any more
		}
		if seen := got.seen(t); seen.Who != "user:default/alice" || seen.Method != "GET" || seen.Path != "/thing/1" || seen.Address.String() != "127.0.0.1" {
			t.Errorf("header %q changed what the handler sees: %+v", header, seen)
		}
	}
}

func TestD07SmugglingShapesAreRefused(t *testing.T) {
	s := start(t, nil, gates())
	for name, request := range map[string]string{
		"two lengths":              "POST /api/any HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"length and list":          "POST /api/any HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\nab",
		"signed length":            "POST /api/any HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
		"unknown coding":           "POST /api/any HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"two codings":              "POST /api/any HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"space before the colon":   "GET /api/any HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n",
		"folded line":              "GET /api/any HTTP/1.1\r\n X: x\r\nHost: x\r\n\r\n",
		"two hosts":                "GET /api/any HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"no host":                  "GET /api/any HTTP/1.1\r\n\r\n",
		"absolute form":            "GET http://y/api/any HTTP/1.1\r\nHost: x\r\n\r\n",
		"NUL in a value":           "GET /api/any HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
		"CR in a value":            "GET /api/any HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n",
		"space in the target":      "GET /api/any x HTTP/1.1\r\nHost: x\r\n\r\n",
		"a version that is no one": "GET /api/any HTTP/1.11\r\nHost: x\r\n\r\n",
	} {
		if got := s.raw(request); got.status/100 != 4 && got.status/100 != 5 || !got.closed {
			t.Errorf("%s: answer %d, closed %v", name, got.status, got.closed)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, seed := range []string{"/api/open", "//", "/a/../b", "/%2e%2e/x", "/a%2fb", "*", "http://x/y", "/a?b=%zz", "/\xff"} {
		f.Add(seed)
	}
	mux, err := web.NewMux((&site{}).options())
	if err != nil {
		f.Fatal(err)
	}
	if err := mux.Mount(guarded(func(*web.Request) {})); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		parsed, err := url.ParseRequestURI(target)
		if err != nil {
			t.Skip("net/http refuses it")
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, &http.Request{Method: "GET", RequestURI: target, URL: parsed, Host: "x", Header: http.Header{}, RemoteAddr: "127.0.0.1:1"})
		switch {
		case w.Code >= 500 || w.Code/100 == 3:
			t.Errorf("target %q = %d", target, w.Code)
		case w.Code == 200 && !strings.HasPrefix(parsed.Path, "/public/"):
			t.Errorf("target %q was let through", target)
		}
	})
}

func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{"Bearer " + alices, "bearer  " + alices, "Basic x", "Bearer", "Bearer a b", "Bearer\t" + alices} {
		f.Add(seed)
	}
	mux, err := web.NewMux((&site{}).options())
	if err != nil {
		f.Fatal(err)
	}
	if err := mux.Mount(gates()); err != nil {
		f.Fatal(err)
	}
	good := regexp.MustCompile(`^(?i:bearer) +` + alices + `$`)
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest("GET", "/api/thing/1", nil)
		r.Header["Authorization"] = []string{value}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if want := good.MatchString(value); want != (w.Code == 200) {
			t.Errorf("Authorization %q = %d", value, w.Code)
		}
	})
}
