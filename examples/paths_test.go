package examples_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
)

// TestNoTargetReachesAProtectedPath sends every target of paths.txt, byte for
// byte, with a token that may read the catalog and nothing under /admin/.
// Whatever the proxy does to a target, the application must never be asked
// for something that any reader could take for /admin/keys (rows D-05, D-06).
func TestNoTargetReachesAProtectedPath(t *testing.T) {
	targets := corpus(t, "paths.txt")
	// With a URI in proxy_pass nginx forwards the target decoded and cleaned.
	cleaned := func(config string) string {
		return replace(t, config, "proxy_pass http://application$request_uri;", "proxy_pass http://application/;")
	}
	for _, f := range append(fronts(), front{"nginx that cleans", "nginx", func(t *testing.T, set settings) proxy {
		set.edit = cleaned
		return startNginx(t, set)
	}}) {
		t.Run(f.name, func(t *testing.T) {
			s := authority(t, f.example)
			app := newApplication(t)
			p := f.start(t, settings{tokenwright: host(s), application: app.address})
			raw := s.Issue(platform, "reader", "catalog:read").Secret.Reveal()

			wantControls(t, p, raw)
			app.take()
			for _, method := range []string{"GET", "POST", "OPTIONS", "HEAD", "TRACE", "get"} {
				sendAll(targets, func(target string) {
					status, _ := speak(t, p.address, fmt.Sprintf(
						"%s %s HTTP/1.1\r\nHost: app.example\r\nAuthorization: Bearer %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
						method, target, raw))
					if !expected(status) {
						t.Errorf("%s %q: got %d", method, target, status)
					}
				})
			}
			seen := app.take()
			if len(seen) == 0 {
				t.Error("nothing reached the application: the harmless targets among them should")
			}
			for _, r := range seen {
				if reading := lenient(r.RequestURI); strings.HasPrefix(reading, "/admin") {
					t.Errorf("the application was asked for %s %q, which can be read as %s", r.Method, r.RequestURI, reading)
				}
			}
		})
	}
}

func wantControls(t *testing.T, p proxy, raw string) {
	t.Helper()
	for target, want := range map[string]int{"/public/x": http.StatusOK, "/admin/keys": http.StatusForbidden} {
		if resp, _ := get(t, p, "GET", target, raw); resp.StatusCode != want {
			t.Errorf("%s: got %d, want %d", target, resp.StatusCode, want)
		}
	}
}

// sendAll calls send for every target, a few at a time.
func sendAll(targets []string, send func(target string)) {
	var sending sync.WaitGroup
	work := make(chan string)
	for range 8 {
		sending.Go(func() {
			for target := range work {
				send(target)
			}
		})
	}
	for _, target := range targets {
		work <- target
	}
	close(work)
	sending.Wait()
}

// expected: served, refused by Tokenwright or by the proxy, or hung up on.
func expected(status int) bool {
	switch status {
	case 0, 200, 400, 401, 403, 404, 405, 414:
		return true
	}
	return false
}

// lenient reads a target as the most forgiving server would: without query,
// escapes resolved again and again, backslashes as slashes, without path
// parameters, cleaned, in lower case.
func lenient(target string) string {
	if u, err := url.Parse(target); err == nil && u.IsAbs() {
		target = u.RequestURI()
	}
	target, _, _ = strings.Cut(target, "?")
	for {
		decoded, err := url.PathUnescape(target)
		if err != nil || decoded == target {
			break
		}
		target = decoded
	}
	target = strings.ReplaceAll(target, `\`, "/")
	segments := strings.Split(target, "/")
	for i, s := range segments {
		s, _, _ = strings.Cut(s, ";")
		segments[i] = s
	}
	return strings.ToLower(path.Clean("/" + strings.Join(segments, "/")))
}

func TestTheLenientReaderIsLenient(t *testing.T) {
	for target, want := range map[string]string{
		"/public/x?/admin":                "/public/x",
		"/public/..%252fadmin/keys":       "/admin/keys",
		`/public\..\ADMIN;x=y/keys`:       "/admin/keys",
		"http://app.example/admin/keys?x": "/admin/keys",
		"//admin/./keys/":                 "/admin/keys",
	} {
		if got := lenient(target); got != want {
			t.Errorf("%s is read as %s, want %s", target, got, want)
		}
	}
}
