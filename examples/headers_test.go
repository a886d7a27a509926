package examples_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// claim is one line of headers.tsv: a header by which a client tries to be
// somebody else, or to have asked for something else.
type claim struct{ line, name, value string }

func claims(t *testing.T) []claim {
	t.Helper()
	var list []claim
	for _, line := range corpus(t, "headers.tsv") {
		name, value, found := strings.Cut(line, "\t")
		if !found {
			t.Fatalf("%q has no value", line)
		}
		list = append(list, claim{line, strings.ReplaceAll(name, `\t`, "\t"), strings.ReplaceAll(value, `\r\n`, "\r\n")})
	}
	return list
}

// request writes the claim into a request.
func (c claim) request(method, target, bearer string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: app.example\r\n", method, target)
	if bearer != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", bearer)
	}
	// A name that begins with a space continues the line before it.
	b.WriteString("Accept: */*\r\n")
	second, twice := strings.CutPrefix(c.value, "(sent twice: real value, then) ")
	switch {
	case c.name == "(trailer)":
		name, _, _ := strings.Cut(c.value, ":")
		fmt.Fprintf(&b, "Connection: close\r\nTransfer-Encoding: chunked\r\nTrailer: %s\r\n\r\n1\r\nx\r\n0\r\n%s\r\n\r\n", name, c.value)
		return b.String()
	case twice:
		fmt.Fprintf(&b, "%s: real\r\n%s: %s\r\n", c.name, c.name, second)
	default:
		fmt.Fprintf(&b, "%s: %s\r\n", c.name, c.value)
	}
	if !strings.EqualFold(c.name, "connection") {
		b.WriteString("Connection: close\r\n")
	}
	return b.String() + "\r\n"
}

// spoofed gives the header that the application must not see with the value
// that the client made up; "" when the claim is about something else, or about
// a name that no reader takes for another.
func (c claim) spoofed() (name, value string) {
	value = strings.TrimPrefix(c.value, "(sent twice: real value, then) ")
	value, _, _ = strings.Cut(value, "\r\n")
	name = fold(strings.Trim(c.name, " \t"))
	if name == "connection" || name == "(trailer)" || strings.Contains(name, "--") || strings.Contains(name, ".") {
		return "", ""
	}
	return name, value
}

// fold gives one spelling for all that a CGI-style server takes for one name.
func fold(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "-")) }

// TestNoHeaderMakesSomebodyElse sends every header of headers.tsv raw: without
// a token to a public and to a protected path, and with a good token (rows
// D-01 to D-04, D-08).
func TestNoHeaderMakesSomebodyElse(t *testing.T) {
	list := claims(t)
	for _, f := range fronts() {
		t.Run(f.name, func(t *testing.T) {
			s := authority(t, f.example)
			app := newApplication(t)
			p := f.start(t, settings{tokenwright: host(s), application: app.address})
			issued := s.Issue(platform, "reader", "catalog:read")
			truth := map[string]string{
				"x-auth-subject": string(issued.Token.Subject), "x-auth-kind": "service", "x-auth-token-id": issued.Token.ID,
				"x-auth-owner": platform, "x-auth-scopes": "catalog:read", "x-auth-workspace": "",
				"x-auth-expires": fmt.Sprint(issued.Token.ExpiresAt.Unix()),
			}
			for _, c := range list {
				status, _ := speak(t, p.address, c.request("GET", "/api/catalog/x", ""))
				if status != http.StatusUnauthorized && status != http.StatusBadRequest {
					t.Errorf("%q without a token: got %d", c.line, status)
				}
				if seen := app.take(); len(seen) != 0 {
					t.Errorf("%q without a token reached the application", c.line)
				}
				status, _ = speak(t, p.address, c.request("GET", "/public/x", ""))
				wantIdentity(t, c, status, app.take(), "/public/x", map[string]string{})
				status, _ = speak(t, p.address, c.request("GET", "/api/catalog/x", issued.Secret.Reveal()))
				wantIdentity(t, c, status, app.take(), "/api/catalog/x", truth)
			}
		})
	}
}

// wantIdentity asserts that the application was told who asks, and nothing
// that the client made up, or that the request was refused as malformed.
func wantIdentity(t *testing.T, c claim, status int, seen []*http.Request, target string, want map[string]string) {
	t.Helper()
	if status != http.StatusOK && status != http.StatusBadRequest {
		t.Errorf("%q to %s: got %d", c.line, target, status)
	}
	if (status == http.StatusOK) != (len(seen) == 1) {
		t.Fatalf("%q to %s: got %d, and the application was asked %d times", c.line, target, status, len(seen))
	}
	for _, r := range seen {
		if r.Method != "GET" || r.RequestURI != target {
			t.Errorf("%q: the application was asked for %s %s", c.line, r.Method, r.RequestURI)
		}
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%q: the application was given the token (D-13)", c.line)
		}
		told := map[string]string{}
		spoofed, value := c.spoofed()
		for name, values := range r.Header {
			joined := strings.Join(values, ",")
			folded := fold(name)
			if strings.HasPrefix(folded, "x-auth-") {
				told[folded] += joined
			}
			if folded == spoofed && strings.Contains(joined, value) && !strings.HasPrefix(folded, "x-auth-") {
				t.Errorf("%q: the application saw %s: %s", c.line, name, joined)
			}
		}
		for _, name := range []string{
			"x-auth-subject", "x-auth-kind", "x-auth-token-id", "x-auth-owner", "x-auth-workspace", "x-auth-scopes", "x-auth-expires",
		} {
			if told[name] != want[name] {
				t.Errorf("%q: the application was told %s = %q, want %q", c.line, name, told[name], want[name])
			}
			delete(told, name)
		}
		for name, value := range told {
			if !strings.Contains(name, "--") {
				t.Errorf("%q: the application saw %s: %s", c.line, name, value)
			}
		}
	}
}
