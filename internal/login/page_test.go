package login_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/tokentest"
)

// makeLink gives a one-time link of a user, made through the admin socket.
func makeLink(t *testing.T, s *tokentest.Server, user string) string {
	t.Helper()
	body := post(t, s.LocalClient(), "http://admin/api/admin/v1/links", `{"user":"`+user+`"}`, http.StatusCreated)
	link := regexp.MustCompile(`http://[^"]+/sign-in/[^"]+`).FindString(body)
	if link == "" {
		t.Fatalf("no link in %s", body)
	}
	return link
}

func post(t *testing.T, client *http.Client, url, body string, want int) string {
	t.Helper()
	resp, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != want {
		t.Fatalf("POST %s: %d, want %d: %s", url, resp.StatusCode, want, text)
	}
	return string(text)
}

// tokenOf gives the access token that a sign-in page shows.
func tokenOf(page string) string {
	found := regexp.MustCompile(`<textarea[^>]*>([^<]*)</textarea>`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return found[1]
}

func TestALinkSignsItsUserInOnce(t *testing.T) {
	s := tokentest.Start(t)
	link := makeLink(t, s, "user:default/admin")
	page := post(t, http.DefaultClient, link, "", http.StatusOK)
	if !strings.Contains(page, "user:default/admin") {
		t.Error("the page does not say who signed in")
	}
	if status := status(t, s.URL+"/api/access-tokens/service", tokenOf(page)); status != http.StatusOK {
		t.Errorf("the shown token is answered %d", status)
	}
	again := post(t, http.DefaultClient, link, "", http.StatusNotFound)
	if tokenOf(again) != "" {
		t.Error("a used link shows a token")
	}
}

func TestOpeningALinkDoesNotUseIt(t *testing.T) {
	s := tokentest.Start(t)
	link := makeLink(t, s, "user:default/alice")
	for range 3 {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			resp := request(t, method, link, "")
			if resp.StatusCode != http.StatusOK || resp.Header.Get("Set-Cookie") != "" {
				t.Fatalf("%s: %d %v", method, resp.StatusCode, resp.Header)
			}
		}
	}
	post(t, http.DefaultClient, link, "", http.StatusOK)
}

func TestOfSimultaneousUsesOfALinkOneWins(t *testing.T) {
	s := tokentest.Start(t)
	link := makeLink(t, s, "user:default/alice")
	var won atomic.Int64
	var using sync.WaitGroup
	for range 20 {
		using.Go(func() {
			if request(t, http.MethodPost, link, "").StatusCode == http.StatusOK {
				won.Add(1)
			}
		})
	}
	using.Wait()
	if won.Load() != 1 {
		t.Errorf("%d uses won", won.Load())
	}
}

func TestALinkEndsAfterFifteenMinutes(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock))
	early, late := makeLink(t, s, "user:default/alice"), makeLink(t, s, "user:default/alice")
	clock.Advance(15*time.Minute - time.Second)
	post(t, http.DefaultClient, early, "", http.StatusOK)
	clock.Advance(time.Second)
	post(t, http.DefaultClient, late, "", http.StatusNotFound)
}

func TestALinkOfADisabledUserOpensNothing(t *testing.T) {
	s := tokentest.Start(t)
	link := makeLink(t, s, "user:default/bob")
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/disable", `{"ref":"user:default/bob"}`, http.StatusOK)
	if page := post(t, http.DefaultClient, link, "", http.StatusNotFound); tokenOf(page) != "" {
		t.Error("a disabled user is signed in")
	}
}

func TestTheSignInPageKeepsItsSecretToItself(t *testing.T) {
	s := tokentest.Start(t)
	link := makeLink(t, s, "user:default/alice")
	code := link[strings.LastIndex(link, "/")+1:]
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPost} {
		resp := request(t, method, link, "")
		h := resp.Header
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: the headers do not protect the page: %v", method, h)
		}
		for name, values := range h {
			if strings.Contains(strings.Join(values, " "), code) {
				t.Errorf("%s: header %s holds the code", method, name)
			}
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), code) || strings.Contains(string(body), "<script>") {
			t.Errorf("%s: the page holds the code or a script of its own: %s", method, body)
		}
	}
	if strings.Contains(s.Logs(), code) {
		t.Error("the log holds the code")
	}
}

func request(t *testing.T, method, url, bearer string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func status(t *testing.T, url, bearer string) int {
	t.Helper()
	return request(t, http.MethodGet, url, bearer).StatusCode
}
