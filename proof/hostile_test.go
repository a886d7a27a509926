package proof_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// hostile is a request that no client should send.
type hostile struct {
	class string
	bytes []byte
	// right reports whether a 2xx answer is right; nil means that it never is.
	right func(body []byte) bool
	// cut is true when the request ends before it is complete: the client then
	// stops sending.
	cut bool
}

// anyAnswer is right for odd values that some rule may well allow.
func anyAnswer([]byte) bool { return true }

// enemy makes hostile requests.
type enemy struct {
	chance  *rand.Rand
	routes  []tokentest.Route
	admin   string // JWT that may do everything
	nobody  string // JWT of a user without any permission
	good    string // a good service token
	targets []string
	headers [][2]string
	strings []string
}

// unknownID is an id that no token has.
const unknownID = "01980000-0000-7000-8000-000000000000"

// next makes a request of a random class.
func (e *enemy) next() hostile {
	classes := []func() hostile{
		e.oddTarget, e.oddHeader, e.brokenJSON, e.oddValue, e.badCredential, e.wrongMethod,
		e.brokenFraming, e.oddQuery, e.oddID, e.mutantToken, e.oddCode,
	}
	return classes[e.chance.IntN(len(classes))]()
}

// route draws a route that is guarded.
func (e *enemy) route() (method, path string) {
	for {
		r := e.routes[e.chance.IntN(len(e.routes))]
		if !strings.HasPrefix(r.Access, "public") {
			return r.Method, strings.ReplaceAll(r.Pattern, "{id}", unknownID)
		}
	}
}

// request writes a request as it is: nothing is escaped and no length is
// right but that of the body.
func request(method, target string, headers ...string) []byte {
	return body(method, target, "", headers...)
}

func body(method, target, content string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, target)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if content != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(content))
	}
	b.WriteString("\r\n" + content)
	return b.Bytes()
}

func authorized(raw string) string { return "Authorization: Bearer " + raw }

const typeJSON, typeForm = "Content-Type: application/json", "Content-Type: application/x-www-form-urlencoded"

// oddTarget spells the path of a route otherwise, or sends a line of the list
// of paths. Only the one spelling is served.
func (e *enemy) oddTarget() hostile {
	var target string
	if len(e.targets) > 0 && e.chance.IntN(2) == 0 {
		target = e.targets[e.chance.IntN(len(e.targets))]
	} else {
		_, path := e.route()
		at := strings.LastIndexByte(path[:1+e.chance.IntN(max(1, len(path)-1))], '/')
		odd := []string{
			"//", "/./", "/../", "/%2e%2e/", "/%2f", "/%5c", "/\\", "/;x=1/", "/%00", "/%", "/%zz", "/\x7f", "/\xff", "/%c0%af", "/ ", "/#",
		}
		target = path[:at] + odd[e.chance.IntN(len(odd))] + path[at+1:]
		if e.chance.IntN(4) == 0 {
			target = path + []string{"/", "//", ".json", "%20", ";", "/..", "%2f", "?%"}[e.chance.IntN(7)]
		}
	}
	return hostile{class: "odd target", bytes: request(http.MethodGet, target, authorized(e.admin))}
}

// oddHeader sends a line of the list of headers, without a credential and
// with one that may do nothing.
func (e *enemy) oddHeader() hostile {
	if len(e.headers) == 0 {
		return e.brokenFraming()
	}
	h := e.headers[e.chance.IntN(len(e.headers))]
	lines := []string{h[0] + ": " + h[1]}
	if e.chance.IntN(2) == 0 {
		lines = append(lines, authorized(e.nobody))
	}
	path := []string{"/api/admin/v1/users", "/api/access-tokens/service", "/api/admin/v1/keys"}[e.chance.IntN(3)]
	return hostile{class: "odd header", bytes: request(http.MethodGet, path, lines...)}
}

// badCredential sends what is no good credential for the route.
func (e *enemy) badCredential() hostile {
	method, path := e.route()
	junk := "bsat_" + strings.Repeat(string(base62[e.chance.IntN(62)]), token.RandomLength)
	claims := e.admin[:strings.LastIndexByte(e.admin, '.')+1]
	credentials := [][]string{
		{},
		{"Authorization:"},
		{"Authorization: Bearer"},
		{"Authorization: Bearer " + string(token.AppendChecksum([]byte(junk)))},
		{"Authorization: Bearer " + junk},
		{"Authorization: Bearer " + claims},
		{"Authorization: Bearer " + claims + "AAAA"},
		{"Authorization: Bearer eyJhbGciOiJub25lIn0." + strings.Split(e.admin, ".")[1] + "."},
		{"Authorization: Bearer " + e.admin + " " + e.admin},
		{"Authorization: Bearer " + e.admin, "Authorization: Bearer " + e.admin},
		{"Authorization: Basic " + e.admin},
		{"Authorization: Bearer " + strings.Repeat("A", 9000)},
		{"Authorization: Bearer " + strings.Repeat(".", 9000)},
		{"Authorization: " + e.admin},
		{"Cookie: backstage-auth=" + e.admin},
		{"X-Api-Key: " + e.admin},
		{"Proxy-Authorization: Bearer " + e.admin},
		{"X-Auth-Subject: user:default/admin", "X-Forwarded-User: admin"},
	}
	return hostile{class: "bad credential", bytes: request(method, path, credentials[e.chance.IntN(len(credentials))]...)}
}

// wrongMethod uses a method that the path does not know.
func (e *enemy) wrongMethod() hostile {
	_, path := e.route()
	methods := []string{"PATCH", "PUT", "TRACE", "CONNECT", "OPTIONS", "get", "G@T", "QUERY", strings.Repeat("M", 5000), "GET\x00", "PROPFIND"}
	extra := []string{"X-HTTP-Method-Override: GET", "X-Method-Override: DELETE", "X-Original-Method: GET"}[e.chance.IntN(3)]
	return hostile{
		class: "wrong method",
		bytes: request(methods[e.chance.IntN(len(methods))], path, authorized(e.admin), extra),
	}
}

// oddID puts junk where an id stands.
func (e *enemy) oddID() hostile {
	for {
		r := e.routes[e.chance.IntN(len(e.routes))]
		if !strings.Contains(r.Pattern, "{id}") {
			continue
		}
		id := e.odd()
		if e.chance.IntN(3) > 0 {
			id = url.PathEscape(id)
		}
		if id == "" || id == "scopes" {
			id = "x"
		}
		target := strings.ReplaceAll(r.Pattern, "{id}", id)
		return hostile{class: "odd id", bytes: request(r.Method, target, authorized(e.admin))}
	}
}

// oddQuery asks lists in ways that their parameters do not allow.
func (e *enemy) oddQuery() hostile {
	path := []string{"/api/access-tokens/service", "/api/admin/v1/tokens", "/api/admin/v1/audit", "/api/admin/v1/log/entries"}[e.chance.IntN(4)]
	if e.chance.IntN(2) == 0 {
		bad := []string{
			"limit=-1", "limit=1.5", "limit=abc", "limit=1&limit=2", "limit=%", "limit=1;limit=2", "limit=%zz",
			"access_token=x", "limit=0x10", "limit=%00",
		}
		return hostile{class: "bad query", bytes: request(http.MethodGet, path+"?"+bad[e.chance.IntN(len(bad))], authorized(e.admin))}
	}
	names := []string{"q", "sort", "order", "status", "groupEntityRef", "after", "owner", "actor", "since", "kind", "offset", "x"}
	query := names[e.chance.IntN(len(names))] + "=" + url.QueryEscape(e.odd())
	return hostile{class: "odd query", bytes: request(http.MethodGet, path+"?"+query, authorized(e.admin)), right: anyAnswer}
}

// mutantToken presents a changed token where tokens are asked about.
func (e *enemy) mutantToken() hostile {
	m := mutator{raws: []string{e.good, e.admin}}
	mutant := m.mutate(e.chance)
	if mutant == e.good || mutant == e.admin {
		mutant += "x"
	}
	form := "token=" + url.QueryEscape(mutant)
	inactive := func(body []byte) bool { return string(bytes.TrimSpace(body)) == `{"active":false}` }
	switch e.chance.IntN(4) {
	case 0:
		return hostile{"mutant introspected", body("POST", "/oauth2/introspect", form, authorized(e.admin), typeForm), inactive, false}
	case 1:
		return hostile{"mutant revoked", body("POST", "/oauth2/revoke", form, typeForm), anyAnswer, false}
	case 2:
		return hostile{"mutant as bearer", request("GET", "/forward-auth?scope="+held, "Authorization: Bearer "+mutant), nil, false}
	}
	return hostile{"mutant as key", request("GET", "/forward-auth?scope="+held, "X-API-Key: "+mutant), nil, false}
}

// oddCode signs in with a code that was never made. GET only shows a button.
func (e *enemy) oddCode() hostile {
	code := url.PathEscape(e.odd())
	if e.chance.IntN(2) == 0 {
		return hostile{"odd code shown", request("GET", "/sign-in/"+code), anyAnswer, false}
	}
	return hostile{"odd code used", request("POST", "/sign-in/"+code), nil, false}
}

// odd gives some text that is a nuisance.
func (e *enemy) odd() string {
	own := []string{
		"", "\x00", "%00", "..", "../../etc/passwd", "'", "' OR 1=1 --", "\u202e", "\ufeff", "é", "e\u0301", strings.Repeat("a", 3000), "\xff\xfe",
		"null", "-1", "9223372036854775808", "1e309", "NaN", "2026-13-45", "0000-00-00T00:00:00Z", "\r\nX: y", "%", "_", "\\", "<script>", "${x}", "{{x}}",
	}
	if n := e.chance.IntN(len(own) + len(e.strings)); n < len(e.strings) {
		return e.strings[n]
	}
	return own[e.chance.IntN(len(own))]
}
