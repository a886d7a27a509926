package web_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	noError      = `Bearer realm="tokenwright"`
	invalidToken = `Bearer realm="tokenwright", error="invalid_token"`
)

func TestGates(t *testing.T) {
	tests := []struct {
		name, method, target string
		headers              []string
		status               int
		challenge            string
	}{
		{"C1 no credential", "GET", "/api/thing/1", nil, 401, noError},
		{"C2 unknown", "GET", "/api/thing/1", []string{as("junk")}, 401, invalidToken},
		{"C2 expired", "GET", "/api/thing/1", []string{as("expired")}, 401, invalidToken},
		{"C2 revoked", "GET", "/api/thing/1", []string{as("revoked")}, 401, invalidToken},
		{"a principal without a name is nobody", "GET", "/api/thing/1", []string{as(noNames)}, 401, invalidToken},
		{"C3 two headers", "GET", "/api/thing/1", []string{as(alices), as(alices)}, 400, ""},
		{"C3 two headers, other spelling", "GET", "/api/thing/1", []string{as(alices), "authorization: Bearer " + bobs}, 400, ""},
		{"C3 header and query", "GET", "/api/thing/1?access_token=x", []string{as(alices)}, 400, ""},
		{"B-06 query alone", "GET", "/api/thing/1?Access_Token=x", nil, 400, ""},
		{"B-06 query on a public route", "GET", "/api/open?token=x", nil, 400, ""},
		{"C10 unavailable is never 401", "GET", "/api/thing/1", []string{as("unavailable")}, 503, ""},
		{"a service is not a user", "GET", "/api/thing/1", []string{as(robots)}, 401, invalidToken},
		{"a service is a principal", "GET", "/api/who", []string{as(robots)}, 200, ""},
		{"no permission", "GET", "/api/thing/1", []string{as(bobs)}, 403, ""},
		{"no permission needed", "GET", "/api/who", []string{as(bobs)}, 200, ""},
		{"permission", "GET", "/api/thing/1", []string{as(alices)}, 200, ""},
		{"T-15 HEAD is judged as GET", "HEAD", "/api/thing/1", []string{as(bobs)}, 403, ""},
		{"HEAD is answered as GET", "HEAD", "/api/thing/1", []string{as(alices)}, 200, ""},
		{"the method comes after the credential", "PUT", "/api/thing/1", nil, 401, noError},
		{"the method comes after the permission", "PUT", "/api/thing/1", []string{as(bobs)}, 403, ""},
		{"C11 other method", "PUT", "/api/thing/1", []string{as(alices)}, 405, ""},
		{"methods are compared byte by byte", "get", "/api/thing/1", []string{as(alices)}, 405, ""},
		{"OPTIONS is a method like others", "OPTIONS", "/api/thing/1", []string{as(alices)}, 405, ""},
		{"unknown path", "GET", "/api/none", []string{as(alices)}, 404, ""},
		{"J-08 static suffix", "GET", "/api/thing/1/x.css", []string{as(alices)}, 404, ""},
		{"a final slash is another path", "GET", "/api/thing/1/", []string{as(alices)}, 404, ""},
		{"outside of every surface", "GET", "/other", nil, 404, ""},
		{"the admin socket's routes are not on the network", "GET", "/api/local", []string{as(alices)}, 404, ""},
		{"public", "GET", "/api/open", nil, 200, ""},
		{"public with a bad credential", "GET", "/api/open", []string{as("junk")}, 200, ""},
		{"every method", "PROPFIND", "/api/any", nil, 200, ""},
		{"TRACE is never answered", "TRACE", "/api/any", nil, 405, ""},
		{"CONNECT is never answered", "CONNECT", "/api/any", nil, 405, ""},
	}
	s := start(t, nil, gates())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := s.send(test.method, test.target, test.headers...)
			if got.status != test.status || got.header.Get("WWW-Authenticate") != test.challenge {
				t.Errorf("%s %s = %d %q, want %d %q; body %s", test.method, test.target,
					got.status, got.header.Get("WWW-Authenticate"), test.status, test.challenge, got.body)
			}
		})
	}
}

func TestC2EveryReasonHasTheSameBytes(t *testing.T) {
	s := start(t, nil, gates())
	want := s.send("GET", "/api/thing/1", as("junk")).body
	for _, credential := range []string{"expired", "revoked", noNames, strings.Repeat("x", 4000), robots} {
		if got := s.send("GET", "/api/thing/1", as(credential)).body; got != want {
			t.Errorf("credential %.20s: body %q, want %q", credential, got, want)
		}
	}
}

func TestAuthorizationIsReadInOneForm(t *testing.T) {
	tests := []struct {
		header string
		status int // 401 with invalid_token, 401 without, or 200
		asked  bool
	}{
		{"Bearer " + alices, 200, true},
		{"bEaReR   " + alices, 200, true},
		{"Bearer " + alices + "x", 401, true},
		{"Bearer", 401, false},
		{"Bearer ", 401, false},
		{"Bearer\t" + alices, 401, false},
		{"Bearer " + alices + " x", 401, false},
		{"Bearer " + alices + ", Bearer " + alices, 401, false},
		{"Bearer " + alices + "\t", 200, true}, // outer white space is not part of a value (RFC 9110)
		{"Basic " + alices, 401, false},
		{"Token " + alices, 401, false},
		{alices, 401, false},
		{"Bea\u212aer " + alices, 401, false},
		{"", 401, false},
	}
	s := start(t, nil, gates())
	for _, test := range tests {
		got := s.send("GET", "/api/thing/1", "Authorization: "+test.header)
		challenge := ""
		if test.status == 401 {
			challenge = noError
			if test.asked {
				challenge = invalidToken
			}
		}
		if got.status != test.status || got.header.Get("WWW-Authenticate") != challenge {
			t.Errorf("Authorization %q = %d %q, want %d %q", test.header, got.status, got.header.Get("WWW-Authenticate"), test.status, challenge)
		}
	}
}

func TestCookiesNeverAuthenticate(t *testing.T) {
	s := start(t, nil, gates())
	for _, name := range []string{"backstage-auth", "access_token", "Authorization"} {
		if got := s.send("GET", "/api/thing/1", "Cookie: "+name+"="+alices); got.status != 401 || got.header.Get("WWW-Authenticate") != noError {
			t.Errorf("cookie %s = %d %q", name, got.status, got.header.Get("WWW-Authenticate"))
		}
	}
}

func TestAllowNamesTheMethodsOfThePath(t *testing.T) {
	s := start(t, nil, gates())
	if got := s.send("PATCH", "/api/thing/1", as(alices)).header.Get("Allow"); got != "DELETE, GET, HEAD" {
		t.Errorf("Allow = %q", got)
	}
}

func TestRefusalsAreRecorded(t *testing.T) {
	s := start(t, nil, gates())
	s.send("GET", "/api/thing/1", as("expired"))
	s.send("GET", "/api/thing/1", as(robots))
	s.send("DELETE", "/api/thing/1", as(bobs))
	s.send("PURGE", "/api/thing/1", as(bobs))
	s.send("GET", "/api/thing/1")
	var got []string
	for _, r := range s.recorded() {
		got = append(got, strings.Join([]string{token.ReasonOf(r.Err), r.Principal.Ref, r.Permission, r.Method, r.Route, r.Principal.Address}, "|"))
		if r.Principal.RequestID == "" {
			t.Errorf("refusal %v names no request", r)
		}
	}
	want := []string{
		"expired||read|GET|/api/thing/{id}|127.0.0.1",
		"wrong_kind|service-token:group:default/a:robot|read|GET|/api/thing/{id}|127.0.0.1",
		"permission|user:default/bob|remove|DELETE|/api/thing/{id}|127.0.0.1",
		"permission|user:default/bob|read|other|/api/thing/{id}|127.0.0.1",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("recorded:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestARefusalThatCannotBeRecordedIsUnavailable(t *testing.T) {
	s := start(t, nil, gates())
	s.logFails = errors.New("disk full")
	for _, credential := range []string{"expired", robots, bobs} {
		got := s.send("GET", "/api/thing/1", as(credential))
		if got.status != 503 || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "disk") {
			t.Errorf("%s = %d %v %s", credential, got.status, got.header, got.body)
		}
	}
}

func TestI06BadCredentialsAreRecordedUpToARate(t *testing.T) {
	s := start(t, nil, gates())
	for range 100 {
		if got := s.send("GET", "/api/thing/1", as("junk")); got.status != 401 {
			t.Fatalf("junk = %d", got.status)
		}
	}
	if n := len(s.recorded()); n != 60 {
		t.Errorf("%d of 100 junk credentials were recorded, want 60", n)
	}
}

// Row I-06: whoever holds any good credential could otherwise fill the log.
func TestI06RefusalsOfAKnownPrincipalAreBounded(t *testing.T) {
	decided := web.Surface{Base: "/decided", Dialect: web.Problem{}, Routes: []web.Route{{
		Method: "GET", Pattern: "/x", Access: web.Principals(""),
		Handle: func(http.ResponseWriter, *web.Request) error { return token.ErrPermission },
	}}}
	for path, recorded := range map[string]int{"/api/thing/1": 600, "/decided/x": 0} {
		s := start(t, nil, gates(), decided)
		for range 600 {
			if got := s.send("GET", path, as(bobs)); got.status != 403 {
				t.Fatalf("%s = %d", path, got.status)
			}
		}
		if got := s.send("GET", path, as(bobs)); got.status != 429 || got.header.Get("Retry-After") == "" {
			t.Errorf("%s, one more = %d %v", path, got.status, got.header)
		}
		if n := len(s.recorded()); n != recorded {
			t.Errorf("%s: the guard recorded %d refusals, want %d", path, n, recorded)
		}
		if got := s.send("GET", "/api/thing/1", as(alices)); got.status != 200 {
			t.Errorf("somebody else = %d", got.status)
		}
		s.advance(time.Second)
		if got := s.send("GET", path, as(bobs)); got.status != 403 {
			t.Errorf("%s, a second later = %d", path, got.status)
		}
	}
}

func TestTheAdminSocketNeedsNoCredential(t *testing.T) {
	s := start(t, nil, gates())
	local := s.mux.Local(func(context.Context) token.Principal {
		return token.Principal{Type: token.PrincipalLocal, Ref: "local:root"}
	})
	socket := s.serve("unix", filepath.Join(t.TempDir(), "s"), local)
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	get := func(path, credential string) int {
		req, _ := http.NewRequest(http.MethodGet, "http://socket"+path, nil)
		if credential != "" {
			req.Header.Set("Authorization", "Bearer "+credential)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	for _, test := range []struct {
		path, credential string
		want             int
	}{
		{"/api/local", "", 200},
		{"/api/thing/1", "", 200},
		{"/api/thing/1", bobs, 403}, // who presents a credential acts as its owner
		{"/api/local", alices, 403},
		{"/api/local", "junk", 401},
	} {
		if got := get(test.path, test.credential); got != test.want {
			t.Errorf("%s as %q = %d, want %d", test.path, test.credential, got, test.want)
		}
	}
}
