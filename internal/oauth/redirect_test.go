package oauth_test

import (
	"bufio"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

func TestWhichRedirectURIsMayBeRegistered(t *testing.T) {
	for uri, good := range map[string]bool{
		"https://app.example/cb":                           true,
		"https://app.example/cb?keep=1":                    true,
		"https://app.example:8443/cb":                      true,
		"http://127.0.0.1/cb":                              true,
		"http://127.0.0.1:1/cb":                            true,
		"http://[::1]:65535/cb":                            true,
		"http://localhost:3000/cb":                         true,
		"com.example.app:/cb":                              true,
		"http://app.example/cb":                            false,
		"http://127.0.0.2/cb":                              false,
		"http://127.0.0.1:0/cb":                            false,
		"http://127.0.0.1:65536/cb":                        false,
		"http://127.0.0.1:/cb":                             false,
		"http://127.1/cb":                                  false,
		"HTTPS://app.example/cb":                           false,
		"https://app.example/cb#fragment":                  false,
		"https://app.example/cb#":                          false,
		"https://user@app.example/cb":                      false,
		"https:///cb":                                      false,
		"https:app.example":                                false,
		"//app.example/cb":                                 false,
		"/cb":                                              false,
		"javascript:alert(1)":                              false,
		"data:text/html,x":                                 false,
		"file:///etc/passwd":                               false,
		"myapp:/cb":                                        false,
		"https://app.example/\\evil":                       false,
		"https://*.example/cb":                             false,
		"https://app.example/c b":                          false,
		"https://äpp.example/cb":                           false,
		"https://192.0.2.1:8443/cb":                        true,
		"https://[2001:db8::1]:8443/cb":                    true,
		"com.example.app://done/cb":                        true,
		"https://a;sandbox/cb":                             false,
		"https://x,sandbox/cb":                             false,
		"https://a'b/cb":                                   false,
		"https://[a;sandbox]/cb":                           false,
		"https://[192.0.2.1]/cb":                           false,
		"https://[fe80::1%25;sandbox]/cb":                  false,
		"https://:8443/cb":                                 false,
		"com.example.app://a;sandbox/cb":                   false,
		"com.example.app://x:/cb":                          false,
		"https://app.example/" + strings.Repeat("x", 2048): false,
		"": false,
	} {
		if oauth.CheckRedirect(uri) != good {
			t.Errorf("%q: %v, want %v", uri, !good, good)
		}
	}
}

// Row F-01 and PER-16.
func TestRedirectURIsAreComparedByteByByteButForThePortOfThisMachine(t *testing.T) {
	registered := []string{"https://app.example/cb?a=1", "http://127.0.0.1:8055/cb", "http://[::1]/cb", "http://localhost:3000/cb"}
	for uri, good := range map[string]bool{
		"https://app.example/cb?a=1":     true,
		"http://127.0.0.1:8055/cb":       true,
		"http://127.0.0.1:49152/cb":      true,
		"http://127.0.0.1/cb":            true,
		"http://[::1]:49152/cb":          true,
		"http://localhost:3000/cb":       true,
		"http://localhost:3001/cb":       false,
		"https://app.example/cb":         false,
		"https://app.example/cb?a=1&b=2": false,
		"https://app.example:443/cb?a=1": false,
		"https://app.example/cb/?a=1":    false,
		"https://APP.example/cb?a=1":     false,
		"http://127.0.0.1:8055/cb?a=1":   false,
		"http://127.0.0.1:8055/CB":       false,
		"http://127.0.0.1:08055/cb":      false,
		"http://127.0.0.1:8055@evil/cb":  false,
		"http://127.0.0.1.evil/cb":       false,
		"http://127.0.0.1:8055#/cb":      false,
		"https://127.0.0.1:8055/cb":      false,
	} {
		if (oauth.RedirectRules{}).Matches(registered, uri) != good {
			t.Errorf("%q: %v, want %v", uri, !good, good)
		}
	}
	if !(oauth.RedirectRules{LocalhostPortFree: true}).Matches(registered, "http://localhost:3001/cb") {
		t.Error("the port of localhost is not free where the operator says so")
	}
}

// PER-18: what was registered stays as it is.
func TestParametersAreAppendedBehindRegisteredOnes(t *testing.T) {
	for uri, want := range map[string]string{
		"https://a.example/cb":     "https://a.example/cb?code=x&state=a+b%26",
		"https://a.example/cb?k=1": "https://a.example/cb?k=1&code=x&state=a+b%26",
	} {
		if got := oauth.AppendParams(uri, "code", "x", "empty", "", "state", "a b&"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func corpus(f testing.TB, name string) []string {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "corpora", name))
	if err != nil {
		return nil // the seeds are a help, not a need
	}
	defer file.Close()
	var lines []string
	for s := bufio.NewScanner(file); s.Scan(); {
		lines = append(lines, s.Text())
	}
	return lines
}

// What matches is registered, or differs from something registered in the port
// alone; and nobody reads another host in it.
func FuzzMatches(f *testing.F) {
	const one = "http://127.0.0.1:8055/callback"
	for _, line := range append(corpus(f, "redirect_uris.txt"), one, "http://127.0.0.1:1/callback") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if !(oauth.RedirectRules{LocalhostPortFree: true}).Matches([]string{one}, uri) {
			return
		}
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "http" || u.Hostname() != "127.0.0.1" || u.Path != "/callback" || u.RawQuery != "" ||
			u.Fragment != "" || u.User != nil {
			t.Errorf("%q matches", uri)
		}
	})
}

func FuzzCheckRedirect(f *testing.F) {
	for _, line := range append(corpus(f, "redirect_uris.txt"), "com.example:/x", "https://a.example/b?c") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if !oauth.CheckRedirect(uri) {
			return
		}
		u, err := url.Parse(uri)
		if err != nil || u.User != nil || strings.Contains(uri, "#") || (u.Scheme == "http" || u.Scheme == "https") && u.Host == "" {
			t.Errorf("%q may be registered", uri)
		}
		if !strings.HasPrefix(oauth.AppendParams(uri, "code", "x"), uri) {
			t.Errorf("%q does not keep what was registered", uri)
		}
	})
}
