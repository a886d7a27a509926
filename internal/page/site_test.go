package page_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const admin = "user:default/admin"

func TestPagesRunNothingButOurScriptAndLetNobodyFrameThem(t *testing.T) {
	p := pagetest.SignIn(t, tokentest.Start(t), admin).Get("/")
	policy := p.Header.Get("Content-Security-Policy")
	for _, part := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self';", "frame-ancestors 'none'", "base-uri 'none'",
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	} {
		if !strings.Contains(policy, part) {
			t.Errorf("%q is not in %q", part, policy)
		}
	}
	if got := len(p.Attrs("script", "src")); got != 1 {
		t.Errorf("%d scripts", got)
	}
}

func TestStaticFilesAreKeptForEverAndCompressed(t *testing.T) {
	tw := tokentest.Start(t)
	p := pagetest.SignIn(t, tw, admin).Get("/")
	for _, path := range []string{p.Attr("link[rel=stylesheet]", "href"), p.Attr("script", "src"), p.Attr("link[rel=icon]", "href")} {
		res, err := http.Get(tw.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		size, _ := io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if got := res.Header.Get("Cache-Control"); res.StatusCode != http.StatusOK || !strings.Contains(got, "immutable") || size == 0 || !res.Uncompressed {
			t.Errorf("%s: %d, %q, %d bytes, compressed %v", path, res.StatusCode, got, size, res.Uncompressed)
		}
	}
	if got := pagetest.Open(t, tw).Get("/static/console-0000.css").Status; got != http.StatusNotFound {
		t.Errorf("a file of another version: %d", got)
	}
}

func TestThemeAndPlaceAreKept(t *testing.T) {
	b := pagetest.SignIn(t, tokentest.Start(t), admin)
	p := b.Get("/admin/access-tokens?state=active").Submit("form.themes", "theme", "dark")
	if got := p.Attr("html", "data-theme"); got != "dark" || p.URL.RequestURI() != "/admin/access-tokens?state=active" {
		t.Errorf("theme %q at %s", got, p.URL)
	}
	if got := b.Get("/").Attr("html", "data-theme"); got != "dark" {
		t.Errorf("the next page has %q", got)
	}
}

// The choice leads back to a page of this server and nowhere else (F-02).
func TestPreferencesLeadNowhereElse(t *testing.T) {
	b := pagetest.SignIn(t, tokentest.Start(t), admin)
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/\tevil", "javascript:alert(1)", ""} {
		if p := b.Post("/preferences", "theme", "light", "next", next); p.URL.Path != "/" {
			t.Errorf("%q leads to %s", next, p.URL)
		}
	}
}

func TestTheHeaderSaysWhoOneIsAndWhatIsWithheld(t *testing.T) {
	tw := tokentest.Start(t)
	p := pagetest.SignIn(t, tw, "user:default/alice").Get("/")
	if got := p.Text(".account .me code"); got != "user:default/alice" {
		t.Errorf("it says %q", got)
	}
	if got := p.Text(".withheld ul"); !strings.Contains(got, "Service tokens: access-tokens:service:read") {
		t.Errorf("withheld: %q", got)
	}
	if p.Has(".side a[href=/admin/access-tokens]") {
		t.Error("a tab is offered that is refused")
	}
}

func TestATabWithoutAPageIsNotShown(t *testing.T) {
	tw := tokentest.Start(t)
	p := pagetest.SignIn(t, tw, admin).Get("/")
	served := map[string]bool{}
	for _, route := range tw.Routes() {
		served[route.Pattern] = true
	}
	for _, path := range p.Attrs(".side a", "href") {
		if !served[path] {
			t.Errorf("the tab %s has no page", path)
		}
	}
}

func TestFormTargetsAreOriginsOrSchemes(t *testing.T) {
	for uri, want := range map[string]string{
		"": "", "https://app.example/cb?x=1": " https://app.example", "http://127.0.0.1:7/x": " http://127.0.0.1:7",
		"http://[::1]:7/x": " http:", "com.example.app:/done": " com.example.app:", "/here": "",
		"https://a;sandbox/cb": "", "https://x,sandbox/cb": "", "https://a'b/cb": "", "https://*/cb": "",
		"com.example.app://a;sandbox": "", "https://[a;sandbox]/cb": "",
	} {
		if got := page.FormTarget(uri); got != want {
			t.Errorf("%q: %q, want %q", uri, got, want)
		}
	}
}

func TestTheStartPageIsThatOfTheRootAlone(t *testing.T) {
	if got := pagetest.SignIn(t, tokentest.Start(t), admin).Get("/unheard-of").Status; got != http.StatusNotFound {
		t.Errorf("another path: %d", got)
	}
}
