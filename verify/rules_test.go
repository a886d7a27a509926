package verify_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

func compile(tb testing.TB, list ...verify.Rule) *verify.Rules {
	tb.Helper()
	rules, _, err := verify.NewRules(list)
	if err != nil {
		tb.Fatal(err)
	}
	return rules
}

// TestAnOfferThatAProxyKeepsBack shows in the key without which no WebSocket
// begins.
func TestAnOfferThatAProxyKeepsBack(t *testing.T) {
	for _, c := range []struct {
		header http.Header
		want   string
	}{
		{http.Header{}, ""},
		{http.Header{"Upgrade": {"h2c", "websocket"}}, "h2c,websocket"},
		{http.Header{"Sec-Websocket-Key": {"x"}}, ",websocket"},
		{http.Header{"Sec-Websocket-Key": {""}, "Upgrade": {"h2c"}}, "h2c,websocket"},
		{http.Header{"Sec-Websocket-Key": {"x"}, "Upgrade": {"WebSocket"}}, "WebSocket"},
	} {
		if got := verify.Offered(c.header); got != c.want {
			t.Errorf("%v: %q, want %q", c.header, got, c.want)
		}
	}
}

// TestTheFirstRuleThatMatchesDecides uses the example of the contract.
func TestTheFirstRuleThatMatchesDecides(t *testing.T) {
	rules := compile(t,
		verify.Rule{Path: "/healthz", Public: true},
		verify.Rule{Path: "/api/catalog/**", Methods: []string{"GET"}, Scopes: []string{"catalog:read"}},
		verify.Rule{Path: "/api/catalog/**", Scopes: []string{"catalog:write"}, Kinds: []string{"service", "user"}},
		verify.Rule{Path: "/api/v1/tx/*", Methods: []string{"POST", "PUT"}, AnyScope: []string{"write:*", "tx"}},
		verify.Rule{Path: "/_transactor/**", Upgrade: "websocket", Scopes: []string{"read:*", "write:*", "delete:*"}},
		verify.Rule{Path: "/_transactor/**", Scopes: []string{"read:*"}},
		verify.Rule{Path: "/people/*/photo", Kinds: []string{"user"}},
		verify.Rule{Path: "/", Public: true},
	)
	for _, tc := range []struct {
		method, target, upgrade string
		rule                    int // 0 = no rule
	}{
		{"GET", "/healthz", "", 1},
		{"GET", "/healthz?x=1", "", 1},
		{"GET", "/healthz/", "", 0},
		{"GET", "/healthz/x", "", 0},
		{"GET", "/HEALTHZ", "", 0},
		{"GET", "/%68ealthz", "", 1},
		{"GET", "/api/catalog/entities", "", 2},
		{"HEAD", "/api/catalog/entities", "", 2}, // T-15
		{"POST", "/api/catalog/entities", "", 3},
		{"OPTIONS", "/api/catalog/entities", "", 3},
		{"get", "/api/catalog/entities", "", 3},
		{"TRACE", "/api/catalog/entities", "", 3},
		{"GET", "/api/catalog", "", 2},
		{"GET", "/api/catalog/", "", 2},
		{"GET", "/api/catalogue", "", 0},
		{"GET", "/api/Catalog/x", "", 0},
		{"GET", "/x/api/catalog/x", "", 0},
		{"POST", "/api/v1/tx/w", "", 4},
		{"POST", "/api/v1/tx/", "", 0}, // * is a segment that is there
		{"POST", "/api/v1/tx", "", 0},
		{"POST", "/api/v1/tx/w/x", "", 0},
		{"GET", "/api/v1/tx/w", "", 0},
		{"HEAD", "/api/v1/tx/w", "", 0},
		{"GET", "/_transactor/x", "websocket", 5},
		{"GET", "/_transactor/x", "WebSocket", 5},
		{"GET", "/_transactor/x", "websocket, WebSocket/13", 5},
		{"GET", "/_transactor/x", "\tWEBSOCKET ", 5},
		{"GET", "/_transactor/x", "", 6},
		{"POST", "/_transactor/x", "websocket", 6}, // no WebSocket begins so
		// D-08: what no rule names would be a tunnel that nobody judges.
		{"GET", "/_transactor/x", "h2c, websocket", 0},
		{"GET", "/_transactor/x", "foo,websocket/13", 0},
		{"GET", "/_transactor/x", "h2c", 0},
		{"POST", "/_transactor/x", "h2c", 0},
		{"GET", "/_transactor/x", "notwebsocket", 0},
		{"GET", "/healthz", "TLS/1.0", 0},
		{"GET", "/people/alice/photo", "websocket", 0},
		{"GET", "/people/alice/photo", "", 7},
		{"GET", "/people//photo", "", -1},
		{"GET", "/people/a/b/photo", "", 0},
		{"GET", "/", "", 8},
		{"GET", "/?a=/healthz", "", 8}, // D-05
		{"GET", "/other?/healthz", "", 0},
		{"GET", "/other#/healthz", "", -1},
		{"GET", "/other%23/healthz", "", 0},
		{"GET", "", "", -1},
		{"GET", "*", "", -1},
		{"GET", "http://h/healthz", "", -1},
		{"CONNECT", "h:443", "", -1},
	} {
		demand, err := rules.Match(tc.method, tc.target, tc.upgrade)
		switch {
		case tc.rule > 0 && (err != nil || demand.Rule != tc.rule):
			t.Errorf("%s %s (%s): rule %d, %v, want %d", tc.method, tc.target, tc.upgrade, demand.Rule, err, tc.rule)
		case tc.rule == 0 && !errors.Is(err, token.ErrNoRule):
			t.Errorf("%s %s: rule %d, %v, want none", tc.method, tc.target, demand.Rule, err)
		case tc.rule < 0 && !errors.Is(err, token.ErrInvalid):
			t.Errorf("%s %s: rule %d, %v, want an ambiguous target", tc.method, tc.target, demand.Rule, err)
		}
		if demand.Public != (tc.rule == 1 || tc.rule == 8) {
			t.Errorf("%s %s: public %v", tc.method, tc.target, demand.Public)
		}
	}
}

// TestAnUpgradeAddsToADemand: a header that anybody can add must not choose the
// weaker of two rules (D-08).
func TestAnUpgradeAddsToADemand(t *testing.T) {
	rules := compile(t,
		verify.Rule{Path: "/live/**", Upgrade: "websocket", Scopes: []string{"live"}},
		verify.Rule{Path: "/live/open", Public: true},
		verify.Rule{Path: "/live/admin", Scopes: []string{"admin"}},
	)
	w := newWorld(t)
	bearers := map[string]string{}
	for _, scopes := range []token.Scopes{{"live"}, {"admin"}, {"live", "admin"}} {
		bearers[scopes.String()], _ = w.issue(func(t *token.Token) { t.Scopes = scopes })
	}
	for _, tc := range []struct {
		method, path, held string
		good               bool
	}{
		{"GET", "/live/x", "live", true},
		{"GET", "/live/x", "admin", false},
		{"GET", "/live/open", "live", true},
		{"GET", "/live/open", "admin", false},
		{"GET", "/live/admin", "live", false},
		{"GET", "/live/admin", "admin", false},
		{"GET", "/live/admin", "live admin", true},
		{"POST", "/live/admin", "live", false}, // a WebSocket begins with GET
		{"POST", "/live/admin", "admin", true},
	} {
		demand, err := rules.Match(tc.method, tc.path, "websocket")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.v.Verify(t.Context(), bearers[tc.held], demand.Expect); (err == nil) != tc.good {
			t.Errorf("%s %s with %s: %v", tc.method, tc.path, tc.held, err)
		}
	}
	if _, err := rules.Match("POST", "/live/x", "websocket"); !errors.Is(err, token.ErrNoRule) {
		t.Errorf("POST /live/x: %v", err)
	}
}

func TestPeopleAreLetInOnlyByName(t *testing.T) {
	rules := compile(t,
		verify.Rule{Path: "/machines"}, verify.Rule{Path: "/people", Kinds: []string{"user"}},
		verify.Rule{Path: "/services", Kinds: []string{"service"}},
	)
	for path, want := range map[string]map[token.Kind]bool{
		"/machines": {token.KindService: true, token.KindWorkspace: true, token.KindUser: true, token.KindPeer: true},
		"/people":   {token.KindUser: true, token.KindAccess: true},
		"/services": {token.KindService: true},
	} {
		demand, err := rules.Match("GET", path, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[token.Kind]bool{}
		for _, kind := range demand.Expect.Kinds {
			got[kind] = true
		}
		for _, kind := range append(token.Kinds(), token.KindAccess) {
			if got[kind] != want[kind] {
				t.Errorf("%s lets in %s: %v", path, kind, got[kind])
			}
		}
	}
}

// TestAmbiguousTargets are classes of row D-06, beside the list.
func TestAmbiguousTargets(t *testing.T) {
	rules := compile(t, verify.Rule{Path: "/**", Public: true})
	for _, good := range []string{
		"/", "/a", "/a/", "/a/b", "/a.b", "/a..b", "/.hidden", "/..a", "/a%20b", "/%c3%a9", "/a?", "/a?b=//..%2f;#", "/a:b@c!$&'()*+,=~-_",
		"/a%C3%A9", "/wait%E2%80%A6", "/%E6%97%A5%E6%9C%AC", "/a%23b", "/a%3fb",
	} {
		if _, err := rules.Match("GET", good, ""); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "a", "?", "//", "/a//b", "/a//", "/.", "/..", "/a/.", "/a/..", "/a/./b", "/a/../b", "/...", "/a/.../b",
		"/%2e", "/%2E%2e", "/a/%2e%2e/b", "/.%2e", "/%2f", "/a%2Fb", "/a%5cb", "/a\\b", "/a;b", "/a%3bb", "/a#b", "/a%25b", "/a%252fb",
		"/%00", "/%0a", "/%1f", "/%7f", "/%", "/%2", "/%zz", "/%u002f", "/a b", "/a\tb", "/\x00", "/é", "/\xff", "/%ff", "/%c0%af", "/%c3",
		"/a/..%20/b", "/a/.%20", "/%20", "/a/%E2%80%A6/b", "/a/%ef%bc%8e%ef%bc%8e/b", "/a%ef%bc%8fb", "/a%e2%88%95b", "/a%e2%81%84b",
		"/a%ef%bc%bcb", "/a%ef%bc%85b", "/a%ef%bc%9bb", "/" + strings.Repeat("a", 8192), "http://h/a", "*",
	} {
		if _, err := rules.Match("GET", bad, ""); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
}

// TestHostilePaths has everything below /admin protected, /public and /static
// open, and every line of the list of row D-06 asked for. Whatever is let
// through must be a path that no upstream takes for /admin/keys.
func TestHostilePaths(t *testing.T) {
	rules := compile(t,
		verify.Rule{Path: "/public/**", Public: true}, verify.Rule{Path: "/static/**", Public: true},
		verify.Rule{Path: "/health", Public: true}, verify.Rule{Path: "/admin/**", Scopes: []string{"admin"}},
	)
	if demand, err := rules.Match("GET", "/public/x", ""); err != nil || !demand.Public {
		t.Errorf("the control /public/x: %v, %v", demand, err)
	}
	open := 0
	for _, target := range corpus(t, "paths.txt") {
		demand, err := rules.Match("GET", target, "")
		if err != nil && !errors.Is(err, token.ErrInvalid) && !errors.Is(err, token.ErrNoRule) {
			t.Errorf("%q: %v", target, err)
		}
		if err != nil || !demand.Public {
			continue
		}
		open++
		path, _, _ := strings.Cut(target, "?")
		if strings.Contains(strings.ToLower(path), "admin") {
			t.Errorf("%q is open", target)
		}
	}
	if open == 0 || open > 20 {
		t.Errorf("%d lines are open; the controls alone should be", open)
	}
}

func TestFaultyRulesAreAllNamed(t *testing.T) {
	list := []verify.Rule{
		{Path: "/good"},
		{Path: "relative"},
		{Path: "/a/**/b"},
		{Path: "/a*"},
		{Path: "/a/../b"},
		{Path: "/a?x=1"},
		{Path: "/a", Methods: []string{"get"}},
		{Path: "/a", Methods: []string{""}},
		{Path: "/a", Methods: []string{"GET,POST"}},
		{Path: "/a", Scopes: []string{"a b"}},
		{Path: "/a", AnyScope: []string{""}},
		{Path: "/a", Kinds: []string{"robot"}},
		{Path: "/a", Kinds: []string{"personal"}},
		{Path: "/a", Public: true, Scopes: []string{"a"}},
		{Path: "/a", Public: true, Kinds: []string{"user"}},
		{Path: ""},
	}
	rules, _, err := verify.NewRules(list)
	if rules != nil || !errors.Is(err, token.ErrInvalid) {
		t.Fatalf("%v, %v", rules, err)
	}
	lines := strings.Split(token.Message(err), "\n")
	if len(lines) != len(list)-1 {
		t.Errorf("%d faults named:\n%v", len(lines), err)
	}
	for i, line := range lines {
		if want := "rule " + string("23456789"[min(i, 7)]); i < 8 && !strings.HasPrefix(line, want+": ") {
			t.Errorf("line %d: %s", i, line)
		}
	}
}

func TestRulesThatCannotBeReachedAreWarnings(t *testing.T) {
	for _, tc := range []struct {
		name          string
		first, second verify.Rule
		want          bool
	}{
		{"the same", verify.Rule{Path: "/a"}, verify.Rule{Path: "/a"}, true},
		{"all below", verify.Rule{Path: "/a/**"}, verify.Rule{Path: "/a/b/*"}, true},
		{"a segment below any", verify.Rule{Path: "/*/b"}, verify.Rule{Path: "/a/b"}, true},
		{"any below a segment", verify.Rule{Path: "/a/b"}, verify.Rule{Path: "/*/b"}, false},
		{"one below all", verify.Rule{Path: "/a/*"}, verify.Rule{Path: "/a/**"}, false},
		{"fewer methods first", verify.Rule{Path: "/a", Methods: []string{"GET"}}, verify.Rule{Path: "/a"}, false},
		{"the same method", verify.Rule{Path: "/a", Methods: []string{"GET"}}, verify.Rule{Path: "/a", Methods: []string{"GET"}}, true},
		{"HEAD below GET", verify.Rule{Path: "/a", Methods: []string{"GET"}}, verify.Rule{Path: "/a", Methods: []string{"HEAD"}}, true},
		{"GET below HEAD", verify.Rule{Path: "/a", Methods: []string{"HEAD"}}, verify.Rule{Path: "/a", Methods: []string{"GET"}}, false},
		{"an upgrade first", verify.Rule{Path: "/a", Upgrade: "websocket"}, verify.Rule{Path: "/a"}, false},
		{"an upgrade second", verify.Rule{Path: "/a"}, verify.Rule{Path: "/a", Upgrade: "websocket"}, true},
	} {
		_, warnings, err := verify.NewRules([]verify.Rule{tc.first, tc.second})
		if err != nil || (len(warnings) > 0) != tc.want || tc.want && warnings[0].Rule != 2 {
			t.Errorf("%s: %v, %v", tc.name, warnings, err)
		}
	}
}

func FuzzMatch(f *testing.F) {
	rules := compile(f, verify.Rule{Path: "/public/**", Public: true}, verify.Rule{Path: "/**"})
	for _, target := range []string{"/public/x", "/public/../admin", "/a%2fb", "//", "/%c3%a9?x", "/public/..%20/x"} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		demand, err := rules.Match("GET", target, "")
		if err != nil {
			if !errors.Is(err, token.ErrInvalid) {
				t.Errorf("%q: %v", target, err)
			}
			return
		}
		path, _, _ := strings.Cut(target, "?")
		lower := strings.ToLower(path)
		for _, never := range []string{"//", "/./", "/../", "%2f", "%5c", "%2e", "%00", "%25", "%3b", `\`, ";", "#", " "} {
			if strings.Contains(lower+"/", never) && (never != "//" || strings.Contains(lower, "//")) {
				t.Errorf("%q was let through", target)
			}
		}
		if demand.Public && !strings.HasPrefix(clean(path), "/public") {
			t.Errorf("%q is public", target)
		}
	})
}

// clean decodes a path the way a lenient server would.
func clean(path string) string {
	var out strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			const hex = "0123456789abcdef"
			high, low := strings.IndexByte(hex, path[i+1]|0x20), strings.IndexByte(hex, path[i+2]|0x20)
			if high >= 0 && low >= 0 {
				out.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		out.WriteByte(path[i])
	}
	return filepath.ToSlash(filepath.Clean(out.String()))
}

func FuzzNewRules(f *testing.F) {
	f.Add("/a/**", "GET", "catalog:read")
	f.Add("/a/../b", "get", "a b")
	f.Fuzz(func(t *testing.T, path, method, scope string) {
		rules, _, err := verify.NewRules([]verify.Rule{{Path: path, Methods: []string{method}, Scopes: []string{scope}}})
		if (rules == nil) != (err != nil) || err != nil && !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%v, %v", rules, err)
		}
		if err != nil || strings.Contains(path, "*") {
			return
		}
		if _, err := rules.Match(method, path, ""); err != nil {
			t.Errorf("the rule for %q does not match it: %v", path, err)
		}
	})
}

// corpus reads a list of hostile input.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "..", "shared", "corpora", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("shared/corpora/%s not found: list test not run", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) < 10 {
		t.Fatalf("%s has only %d lines", name, len(lines))
	}
	return lines
}
