package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	admin = "user:default/admin"
	alice = "user:default/alice"
)

// path gives the part of a link that a browser of a test goes to.
func path(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

// Row U-30: the way of the first administrator is on the page for as long as
// there was none, also where they came on another node.
func TestThePageSaysHowTheFirstAdministratorGetsIn(t *testing.T) {
	t.Parallel()
	shared := []tokentest.Option{tokentest.WithDatabase(database(t)), tokentest.WithPublicURL("http://127.0.0.1")}
	tw := tokentest.Start(t, shared...)
	other := tokentest.Start(t, append(shared, tokentest.WithKeyOf(tw))...)
	for _, node := range []*tokentest.Server{tw, other} {
		p := pagetest.Open(t, node).Get("/sign-in")
		if got := p.Text("#first pre"); got != "tokenwright admin link" || p.Has("#by-link") {
			t.Errorf("before: %q", got)
		}
	}
	pagetest.SignIn(t, tw, admin)
	for _, node := range []*tokentest.Server{tw, other} {
		b := pagetest.Open(t, node)
		again, late := time.NewTicker(250*time.Millisecond), time.After(30*time.Second)
		for b.Get("/sign-in").Has("#first") {
			select {
			case <-again.C:
			case <-late:
				t.Fatal("the page still says how to become the first administrator")
			}
		}
		again.Stop()
		if got := b.Get("/sign-in").Text("#by-link pre"); got != "tokenwright admin link --user REF" {
			t.Errorf("afterwards: %q", got)
		}
	}
}

func TestWithoutAProviderThePageSaysSoAndOffersNone(t *testing.T) {
	p := pagetest.Open(t, tokentest.Start(t)).Get("/sign-in")
	if p.Has("#provider") || !strings.Contains(p.Text("#no-provider"), "sign_in.oidc") {
		t.Errorf("the page: %s", p.Text("main"))
	}
}

func TestOnPlainHTTPThePageSaysWhyNobodyIsSignedIn(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithPublicURL("http://tokens.example.com"))
	b := pagetest.Open(t, tw)
	link := path(t, makeLinkTo(t, tw, "http://tokens.example.com", alice))
	for _, p := range []*pagetest.Page{b.Get("/sign-in"), b.Post(link)} {
		if got := p.Text("#no-session"); !strings.Contains(got, "public_url") {
			t.Errorf("%s: %q", p.URL, got)
		}
	}
}

func TestThePagesAreAtTheAddressesThatPeopleTry(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.Open(t, tw)
	if got, want := b.Get("/login").Text("main"), b.Get("/sign-in").Text("main"); got != want {
		t.Errorf("/login says %q, /sign-in %q", got, want)
	}
	link := strings.Replace(path(t, pagetest.Link(t, tw, alice)), "/sign-in/", "/login/link/", 1)
	if p := b.Get(link).Submit("form"); p.Status != http.StatusOK || p.Text("#user") != alice {
		t.Errorf("the link: %d", p.Status)
	}
	if p := b.Post(link); p.Status != http.StatusNotFound {
		t.Errorf("the link, again: %d", p.Status)
	}
}

// Whoever comes in by a link goes on as somebody, and the token beside it is
// hidden until it is asked for.
func TestALinkLeadsOnIntoTheConsole(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.Open(t, tw)
	p := b.Get(path(t, pagetest.Link(t, tw, alice))).Submit("form")
	if p.Text("h1") != "You are signed in" || p.Text("#user") != alice || p.Has("details[open]") {
		t.Errorf("the page: %s", p.Text("main"))
	}
	if home := p.Follow("#onward"); home.Status != http.StatusOK || home.Text(".account .me code") != alice {
		t.Errorf("it leads to %s", home.URL)
	}
	if got := b.Get("/sign-in"); got.Text("#user") != alice || !strings.Contains(got.Text("#method"), "one-time link") {
		t.Errorf("who is signed in: %s", got.Text("main"))
	}
}

func TestALinkThatWasUsedIsExplained(t *testing.T) {
	tw := tokentest.Start(t)
	link := path(t, pagetest.Link(t, tw, alice))
	pagetest.Open(t, tw).Post(link)
	p := pagetest.Open(t, tw).Get(link).Submit("form")
	if p.Status != http.StatusNotFound || p.Text("#error") != "This link does not work any more" {
		t.Errorf("%d %s", p.Status, p.Text("main"))
	}
	if p = p.Follow(".actions a"); p.URL.Path != "/sign-in" {
		t.Errorf("it leads to %s", p.URL)
	}
}

// Row B-06: what leads back to a page repeats its address, and a code must not
// get into a Location.
func TestB06ThePageOfALinkOffersNothingThatRepeatsIt(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.Open(t, tw)
	link := path(t, pagetest.Link(t, tw, alice))
	for _, p := range []*pagetest.Page{b.Get(link), b.Post(link), b.Post(link)} {
		if p.Has("input[name=next]") || p.Holds(link) {
			t.Errorf("%d: the page repeats its address", p.Status)
		}
	}
}

func TestThePageSpeaksTheLanguageThatIsChosen(t *testing.T) {
	p := pagetest.Open(t, tokentest.Start(t)).Get("/sign-in?next=%2Fadmin%2Faccess-tokens").Submit(".appearance form", "language", "de")
	if got := p.Attr("html", "lang"); got != "de" || p.URL.RequestURI() != "/sign-in?next=%2Fadmin%2Faccess-tokens" {
		t.Errorf("%q at %s", got, p.URL)
	}
}

func TestWhoSignsOutIsToldSo(t *testing.T) {
	tw := tokentest.Start(t)
	b := pagetest.SignIn(t, tw, alice)
	p := b.Get("/sign-in").Submit("main form")
	if p.URL.Path != "/sign-in" || p.Text(".toast") != "You are signed out" || p.Has(".account") {
		t.Errorf("%s: %s", p.URL, p.Text("body"))
	}
	if again := b.Get("/"); again.URL.Path != "/sign-in" || again.Has(".toast") {
		t.Errorf("afterwards %s", again.URL)
	}
}

func TestWhatAnAdministratorHasToDoIsReadyToCopy(t *testing.T) {
	p := startIDP(t, nil)
	p.signsIn("2002", "carol")
	tw := tokentest.Start(t, p.config())
	got := pagetest.Open(t, tw).Get("/sign-in").Follow("#provider")
	want := []string{"tokenwright user add user:default/carol", "tokenwright user enable user:default/carol"}
	if list := got.Texts(".snippet pre"); got.Status != http.StatusForbidden || strings.Join(list, "; ") != strings.Join(want, "; ") {
		t.Errorf("%d: %q", got.Status, list)
	}
}
