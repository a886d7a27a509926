package login_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// byLink signs a user in by a one-time link.
func (b *surfer) byLink(s *tokentest.Server, user string) {
	b.t.Helper()
	link := makeLink(b.t, s, user)
	if got := b.send(http.MethodPost, link, "", "Sec-Fetch-Site", "same-origin", "Origin", "null"); got.status != http.StatusOK {
		b.t.Fatalf("link: %d %s", got.status, got.body)
	}
}

func TestALinkSignsTheBrowserIn(t *testing.T) {
	s := tokentest.Start(t)
	b := newSurfer(t, s)
	b.byLink(s, "user:default/admin")
	who := b.whoAmI()
	if who.User != "user:default/admin" || who.SignedInBy != "link" || !slices.Contains(who.Roles, "administrator") {
		t.Errorf("who am I: %+v", who)
	}
	if got := b.get("/api/access-tokens/service"); got.status != http.StatusOK {
		t.Errorf("service tokens by the session: %d %s", got.status, got.body)
	}
}

func TestABearerIsSomebodyWithoutASession(t *testing.T) {
	s := tokentest.Start(t)
	b := newSurfer(t, s)
	got := b.send(http.MethodGet, "/api/session", "", "Authorization", "Bearer "+s.UserToken("user:default/alice"))
	var who api.WhoAmI
	if err := json.Unmarshal([]byte(got.body), &who); err != nil || who.User != "user:default/alice" || who.CSRF != "" || who.Session != nil {
		t.Errorf("%d %s", got.status, got.body)
	}
	b.byLink(s, "user:default/alice")
	got = b.send(http.MethodGet, "/api/session", "", "Authorization", "Bearer "+s.UserToken("user:default/alice"))
	if got.status != http.StatusBadRequest {
		t.Errorf("a session and a bearer: %d", got.status)
	}
	got = b.send(http.MethodGet, "/api/admin/v1/users", "", "Authorization", "Bearer "+s.UserToken("user:default/admin"))
	if got.status != http.StatusOK {
		t.Errorf("a session and a bearer where sessions are no credential: %d", got.status)
	}
	if got := b.get("/api/admin/v1/users"); got.status != http.StatusUnauthorized {
		t.Errorf("a session where it is no credential: %d", got.status)
	}
}

func TestJ01TheSessionIsNewAtEachSignIn(t *testing.T) {
	s := tokentest.Start(t)
	b, former := newSurfer(t, s), newSurfer(t, s)
	planted := "session_" + strings.Repeat("A", 52)
	b.plant(sessionCookie, planted)
	b.byLink(s, "user:default/alice")
	first := b.cookie(sessionCookie)
	if first == planted || first == "" {
		t.Fatalf("the planted session was taken over: %q", first)
	}
	former.plant(sessionCookie, first)
	b.byLink(s, "user:default/alice")
	if second := b.cookie(sessionCookie); second == first {
		t.Error("a second sign-in goes on under the same secret")
	}
	if former.signedIn() {
		t.Error("the session that was replaced is still good")
	}
}

func TestJ01TheSessionIsOverAfterSigningOut(t *testing.T) {
	s := tokentest.Start(t)
	for name, signOut := range map[string]func(b *surfer) reply{
		"on the page": func(b *surfer) reply {
			form := url.Values{"csrf": {b.whoAmI().CSRF}}.Encode()
			// A page without a referrer has no origin either.
			return b.send(http.MethodPost, "/sign-out", form, "Sec-Fetch-Site", "same-origin", "Origin", "null",
				"Content-Type", "application/x-www-form-urlencoded")
		},
		"by the API": func(b *surfer) reply { return b.change(http.MethodDelete, "/api/session", b.whoAmI().CSRF) },
	} {
		b, copied := newSurfer(t, s), newSurfer(t, s)
		b.byLink(s, "user:default/alice")
		copied.plant(sessionCookie, b.cookie(sessionCookie))
		if got := signOut(b); got.status != http.StatusSeeOther && got.status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", name, got.status, got.body)
		}
		if b.cookie(sessionCookie) != "" || copied.signedIn() {
			t.Errorf("%s: the session lives on", name)
		}
		if got := copied.send(http.MethodPost, "/sign-out", ""); got.status != http.StatusSeeOther || got.location != "/sign-in" {
			t.Errorf("%s: again: %d %q", name, got.status, got.location)
		}
	}
}

func TestJ02CookiesAreSealedOff(t *testing.T) {
	p := startIDP(t, nil)
	for public, want := range map[string]struct {
		lead   string
		secure bool
	}{
		"https://tokens.example.com": {"__Host-", true},
		"http://127.0.0.1":           {"", false},
	} {
		s := serve(t, p.config(), tokentest.WithPublicURL(public))
		b := newSurfer(t, s)
		link, err := url.Parse(makeLinkTo(t, s, public, "user:default/alice"))
		if err != nil {
			t.Fatal(err)
		}
		answers := []reply{b.get("/sign-in/oidc"), b.send(http.MethodPost, link.Path, "")}
		seen := 0
		for _, answer := range answers {
			for _, line := range answer.header.Values("Set-Cookie") {
				cookie, err := http.ParseSetCookie(line)
				if err != nil {
					t.Fatal(err)
				}
				seen++
				if !strings.HasPrefix(cookie.Name, want.lead+"tokenwright") || cookie.Secure != want.secure || !cookie.HttpOnly ||
					cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge <= 0 {
					t.Errorf("%s: %s", public, line)
				}
			}
		}
		if seen != 2 {
			t.Errorf("%s: %d cookies", public, seen)
		}
	}
}

// makeLinkTo is makeLink for a server with a public URL of its own.
func makeLinkTo(t *testing.T, s *tokentest.Server, public, user string) string {
	t.Helper()
	body := post(t, s.LocalClient(), "http://admin/api/admin/v1/links", `{"user":"`+user+`"}`, http.StatusCreated)
	var link api.Link
	if err := json.Unmarshal([]byte(body), &link); err != nil || !strings.HasPrefix(link.URL, public) {
		t.Fatalf("link %s: %v", body, err)
	}
	return link.URL
}

func TestOnPlainHTTPNobodyIsSignedIn(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithPublicURL("http://tokens.example.com"))
	b := newSurfer(t, s)
	link, err := url.Parse(makeLinkTo(t, s, "http://tokens.example.com", "user:default/alice"))
	if err != nil {
		t.Fatal(err)
	}
	got := b.send(http.MethodPost, link.Path, "")
	if got.status != http.StatusOK || got.header.Get("Set-Cookie") != "" || !strings.Contains(got.body, "https") {
		t.Errorf("%d %v %s", got.status, got.header, got.body)
	}
}

// Rows J-06 and F-07, on every change that takes a session.
func TestJ06AnotherSiteChangesNothing(t *testing.T) {
	s := tokentest.Start(t)
	b, other := newSurfer(t, s), newSurfer(t, s)
	b.byLink(s, "user:default/admin")
	other.byLink(s, "user:default/admin")
	csrf := b.whoAmI().CSRF
	const form, plain = "application/x-www-form-urlencoded", "text/plain"
	for name, headers := range map[string][]string{
		"nothing at all":          {},
		"no value":                {"Sec-Fetch-Site", "same-origin", "Origin", b.base},
		"a wrong value":           {"Sec-Fetch-Site", "same-origin", "X-Csrf-Token", csrf[1:]},
		"another session's value": {"Sec-Fetch-Site", "same-origin", "X-Csrf-Token", other.whoAmI().CSRF},
		"a value and no origin":   {"X-Csrf-Token", csrf},
		"cross-site":              {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example", "X-Csrf-Token", csrf},
		"same-site":               {"Sec-Fetch-Site", "same-site", "X-Csrf-Token", csrf},
		"another origin":          {"Origin", "https://evil.example", "X-Csrf-Token", csrf},
		"no origin by name":       {"Origin", "null", "X-Csrf-Token", csrf},
		"a form of another site":  {"Sec-Fetch-Site", "cross-site", "Content-Type", form},
		"JSON as text":            {"Sec-Fetch-Site", "same-origin", "Content-Type", plain},
	} {
		for _, route := range [][2]string{
			{http.MethodDelete, "/api/session"},
			{http.MethodDelete, "/api/sessions"},
			{http.MethodDelete, "/api/sessions/x"},
			{http.MethodPost, "/sign-out"},
			{http.MethodPost, "/api/access-tokens/service"},
			{http.MethodPost, "/api/access-tokens/user"},
		} {
			got := b.send(route[0], route[1], "", headers...)
			if got.status != http.StatusForbidden || !strings.Contains(got.body, "cross-site request") {
				t.Errorf("%s: %s %s: %d %s", name, route[0], route[1], got.status, got.body)
			}
		}
	}
	if !b.signedIn() {
		t.Error("a refused request has signed somebody out")
	}
	got := b.send(http.MethodPost, "/api/access-tokens/service", `{"name":"x"}`,
		"Sec-Fetch-Site", "same-origin", "X-Csrf-Token", csrf, "Content-Type", "text/plain")
	if got.status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON sent as text: %d", got.status)
	}
}

// What a page sends within the session is done: the contract of service tokens.
func TestASessionIssuesATokenFromOurPage(t *testing.T) {
	s := tokentest.Start(t)
	b := newSurfer(t, s)
	b.byLink(s, "user:default/admin")
	got := b.send(http.MethodPost, "/api/access-tokens/service",
		`{"name":"by-page","description":"d","groupEntityRef":"platform","scopes":["catalog:read"]}`,
		"Sec-Fetch-Site", "same-origin", "Origin", b.base, "X-Csrf-Token", b.whoAmI().CSRF, "Content-Type", "application/json")
	if got.status != http.StatusCreated {
		t.Errorf("%d %s", got.status, got.body)
	}
	cross := b.send(http.MethodPost, "/api/access-tokens/service", `{}`, "Content-Type", "application/json")
	if cross.body != `{"error":"Forbidden: cross-site request"}` {
		t.Errorf("the contract's words: %s", cross.body)
	}
}

// Login CSRF, row F-07: a link of the attacker, sent by the victim's browser.
func TestAnotherSiteSignsNobodyIn(t *testing.T) {
	s := tokentest.Start(t)
	b := newSurfer(t, s)
	link := makeLink(t, s, "user:default/bob")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, {"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"},
	} {
		if got := b.send(http.MethodPost, link, "", headers...); got.status != http.StatusForbidden || b.signedIn() {
			t.Errorf("%v: %d", headers, got.status)
		}
	}
	if got := b.send(http.MethodPost, link, "", "Sec-Fetch-Site", "same-origin"); got.status != http.StatusOK {
		t.Errorf("the refused requests have used the link: %d", got.status)
	}
}

func TestPeopleSeeAndEndTheirOwnSessions(t *testing.T) {
	s := tokentest.Start(t)
	here, there, bob := newSurfer(t, s), newSurfer(t, s), newSurfer(t, s)
	here.byLink(s, "user:default/alice")
	there.byLink(s, "user:default/alice")
	bob.byLink(s, "user:default/bob")
	list := here.sessions()
	if len(list) != 2 || list[0].Current || !list[1].Current || list[0].Address != "127.0.0.1" || list[0].Browser == "" || list[0].LastSeenAt.IsZero() {
		t.Fatalf("sessions: %+v", list)
	}
	csrf := here.whoAmI().CSRF
	foreign := here.change(http.MethodDelete, "/api/sessions/"+bob.sessions()[0].ID, csrf)
	absent := here.change(http.MethodDelete, "/api/sessions/01980000-0000-7000-8000-000000000000", csrf)
	if foreign.status != http.StatusNotFound || foreign.body != absent.body {
		t.Errorf("somebody else's session: %d %s, want as an unknown one: %s", foreign.status, foreign.body, absent.body)
	}
	if got := here.change(http.MethodDelete, "/api/sessions/"+list[0].ID, csrf); got.status != http.StatusNoContent || there.signedIn() {
		t.Errorf("one session: %d", got.status)
	}
	there.byLink(s, "user:default/alice")
	if got := here.change(http.MethodDelete, "/api/sessions", csrf); got.body != `{"ended":2}` || here.signedIn() || there.signedIn() {
		t.Errorf("all sessions: %d %s", got.status, got.body)
	}
	if !bob.signedIn() {
		t.Error("somebody else was signed out")
	}
}

func TestAnAdministratorEndsSessionsOfOthers(t *testing.T) {
	s := tokentest.Start(t)
	alice, bob := newSurfer(t, s), newSurfer(t, s)
	alice.byLink(s, "user:default/alice")
	bob.byLink(s, "user:default/bob")
	jwt := s.UserToken("user:default/alice")
	if got := alice.send(http.MethodGet, "/api/admin/v1/sessions", "", "Authorization", "Bearer "+jwt); got.status != http.StatusForbidden {
		t.Errorf("a user who is none: %d", got.status)
	}
	post(t, s.LocalClient(), "http://admin/api/admin/v1/sessions/end", `{"user":"alice"}`, http.StatusOK)
	if alice.signedIn() || !bob.signedIn() {
		t.Error("the wrong sessions were ended")
	}
}

func TestASessionRunsOut(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	s := tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig("sign_in: {sessions: {lifetime: 2h, idle: 30m}}"))
	used, unused := newSurfer(t, s), newSurfer(t, s)
	used.byLink(s, "user:default/alice")
	unused.byLink(s, "user:default/alice")
	for range 5 {
		clock.Advance(20 * time.Minute)
		if !used.signedIn() {
			t.Fatal("a session that is used has ended")
		}
	}
	if unused.signedIn() {
		t.Error("a session that was not used lives on")
	}
	clock.Advance(20*time.Minute - time.Second)
	if !used.signedIn() {
		t.Error("a second before its end it has ended")
	}
	clock.Advance(time.Second)
	if used.signedIn() {
		t.Error("past its lifetime it lives on")
	}
}

// Row C-12: refused at once, and for good.
func TestADisabledUsersSessionIsOver(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	b := newSurfer(t, s)
	b.mustSignIn()
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/disable", `{"ref":"alice"}`, http.StatusOK)
	if b.signedIn() {
		t.Error("a disabled user is signed in")
	}
	if got := b.signIn("/sign-in"); got.status != http.StatusForbidden {
		t.Errorf("a disabled user signs in: %d", got.status)
	}
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/enable", `{"ref":"alice"}`, http.StatusOK)
	if b.signedIn() {
		t.Error("the session came back")
	}
	b.mustSignIn()
}

func TestSessionsCountOnEveryNodeAndOutliveARestart(t *testing.T) {
	url := database(t)
	const public = "http://127.0.0.1"
	first := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithPublicURL(public))
	second := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(first), tokentest.WithPublicURL(public))
	b := newSurfer(t, first)
	link := makeLinkTo(t, first, public, "user:default/bob")
	if got := b.send(http.MethodPost, strings.TrimPrefix(link, public), ""); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	b.base = second.URL
	if !b.signedIn() {
		t.Fatal("on the other node nobody is signed in")
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	third := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(first), tokentest.WithPublicURL(public))
	b.base = third.URL
	if !b.signedIn() {
		t.Fatal("after a restart nobody is signed in")
	}
	// An end counts at once, wherever it was asked for.
	post(t, second.LocalClient(), "http://admin/api/admin/v1/users/disable", `{"ref":"bob"}`, http.StatusOK)
	if b.signedIn() {
		t.Error("a user who was disabled on another node is signed in")
	}
}

func TestAnUnknownSessionIsNobody(t *testing.T) {
	s := tokentest.Start(t)
	b := newSurfer(t, s)
	b.byLink(s, "user:default/alice")
	b.plant(sessionCookie, "session_"+strings.Repeat("B", 52))
	if got := b.get("/api/session"); got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") != `Bearer realm="tokenwright"` {
		t.Errorf("an unknown session: %d %v", got.status, got.header)
	}
	b.plant(sessionCookie, "junk")
	if got := b.get("/sign-in"); got.status != http.StatusOK {
		t.Errorf("the page with junk for a session: %d", got.status)
	}
}

func TestEverySignInAndEndIsInTheLog(t *testing.T) {
	s := tokentest.Start(t)
	b := newSurfer(t, s)
	b.byLink(s, "user:default/alice")
	id := b.whoAmI().Session.ID
	b.change(http.MethodDelete, "/api/session", b.whoAmI().CSRF)
	resp, err := s.LocalClient().Get("http://admin/api/admin/v1/audit?limit=20")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var page api.EntryPage
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range page.Entries {
		if e.Details["session"] == id && e.Actor == "user:default/alice" && e.Name == e.Actor {
			seen[e.Action] = true
		}
	}
	if !seen["session.begun"] || !seen["session.ended"] {
		t.Errorf("entries: %v", seen)
	}
}

// Row F-18: no other origin may read an answer, whoever is signed in.
func TestF18NoOtherOriginReadsAnAnswer(t *testing.T) {
	s := tokentest.Start(t)
	b := newSurfer(t, s)
	b.byLink(s, "user:default/alice")
	for _, path := range []string{"/sign-in", "/sign-in/oidc", "/sign-out", "/api/session", "/api/sessions", "/api/access-tokens/service"} {
		for _, method := range []string{http.MethodOptions, http.MethodGet} {
			got := b.send(method, path, "", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site",
				"Access-Control-Request-Method", "POST")
			for name := range got.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s: %s", method, path, name)
				}
			}
		}
	}
}
