package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// waiting is a client that waits for an answer and says what it was.
func (w world) waiting() app {
	w.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.URL.Query().Get("error")))
	}))
	w.t.Cleanup(server.Close)
	return w.register(server.URL+"/callback", `,"token_endpoint_auth_method":"none"`)
}

// askedBy opens the question of a client in a browser.
func askedBy(c app, b *pagetest.Browser, scope string) *pagetest.Page {
	return b.Get(oauth.AuthorizePath + "?" + c.authorizeQuery(scope).Encode())
}

// Row PER-31: who asks, where the answer leads, as whom, what for, how long.
func TestPER31TheQuestionSaysAllThatIsAnswered(t *testing.T) {
	w := start(t)
	p := askedBy(w.public(), pagetest.SignIn(t, w.Server, alice), "openid offline_access catalog:read techdocs:read")
	for selector, want := range map[string]string{
		"h1": "Let this application act as you?", "#client": "An app", "#unverified": "Unverified", "#user": alice,
		"#host": "127.0.0.1:8055", "#lasting": "Until it is revoked, also while you are away", "#redirect-uri": loopback,
		".account .me code": alice,
	} {
		if got := p.Text(selector); got != want {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
	if got := p.Texts("#scopes li"); len(got) != 3 || !strings.HasPrefix(got[0], "Know who you are") || !strings.HasSuffix(got[2], "techdocs:read") {
		t.Errorf("it may: %q", got)
	}
	if p.Has("#everything") || p.Has(".side") {
		t.Error("a question about two scopes says everything, or leads elsewhere")
	}
}

func TestAQuestionForOnceSaysHowLong(t *testing.T) {
	w := start(t)
	p := askedBy(w.public(), pagetest.SignIn(t, w.Server, alice), "openid")
	if got := p.Text("#lasting"); got != "10 minutes, once" || !p.Has("#everything") {
		t.Errorf("%q, %s", got, p.Text("#scopes"))
	}
	roles := askedBy(w.public(), pagetest.SignIn(t, w.Server, admin), "openid").Text("#everything")
	if !strings.Contains(roles, "With all your roles: administrator") {
		t.Errorf("an administrator is told %q", roles)
	}
}

// The form as it stands on the page, and the way back to the client.
func TestTheAnswerLeadsBackToTheClient(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.waiting()
		b := pagetest.SignIn(t, w.Server, alice)
		yes := askedBy(c, b, "openid").Submit("#decision", "decision", "approve").URL.Query()
		if w.redeem(c, yes.Get("code")).text("access_token") == "" || yes.Get("state") != "st-1" || yes.Get("iss") != w.issuer() {
			t.Errorf("yes: %v", yes)
		}
		no := askedBy(c, b, "openid").Submit("#decision", "decision", "reject").URL.Query()
		if no.Get("error") != "access_denied" || no.Has("code") || no.Get("state") != "st-1" {
			t.Errorf("no: %v", no)
		}
	})
}

func TestWhoeverIsAskedSignsInFirstAndIsAskedThen(t *testing.T) {
	w := start(t)
	c := w.public()
	b := pagetest.Open(t, w.Server)
	p := askedBy(c, b, "openid")
	next := p.URL.Query().Get("next")
	if p.URL.Path != "/sign-in" || !strings.HasPrefix(next, oauth.ConsentPath+"/") {
		t.Fatalf("it leads to %s", p.URL)
	}
	link := pagetest.Link(t, w.Server, alice)
	b.Post(link[len(w.URL):])
	if p = b.Get("/sign-in?next=" + next); p.URL.Path != next || p.Text("#client") != "An app" {
		t.Errorf("then to %s", p.URL)
	}
}

// Row PER-30: the person of another browser is told so, and in which words does
// not depend on what is there.
func TestPER30AQuestionOfSomebodyElseIsExplained(t *testing.T) {
	w := start(t)
	mine := askedBy(w.public(), pagetest.SignIn(t, w.Server, alice), "openid")
	other := pagetest.SignIn(t, w.Server, bob)
	for _, path := range []string{mine.URL.Path, oauth.ConsentPath + "/01980000-0000-7000-8000-000000000000", oauth.ConsentPath + "/x"} {
		p := other.Get(path)
		if p.Status != http.StatusBadRequest || p.Text("#error") != "This question is not waiting for you" || p.Has("#decision") {
			t.Errorf("%s: %d %s", path, p.Status, p.Text("main"))
		}
	}
}

// Row PER-17: pages in place of a redirect, each in words of its own.
func TestPER17FaultsOfTheClientAreExplained(t *testing.T) {
	w := start(t)
	c := w.public()
	b := pagetest.Open(t, w.Server)
	for want, change := range map[string][]string{
		"The application that sent you is not known": {"client_id", "nobody"},
		"You would be sent to the wrong place":       {"redirect_uri", "https://evil.example/"},
	} {
		p := b.Get(oauth.AuthorizePath + "?" + c.authorizeQuery("openid", change...).Encode())
		if p.Status != http.StatusBadRequest || p.Text("#error") != want || p.Holds(change[1]) {
			t.Errorf("%d, want %q: %s", p.Status, want, p.Text("main"))
		}
	}
	closed := tokentest.Start(t, tokentest.WithConfig("oauth: {client_metadata: {enabled: true}}"),
		tokentest.WithPublicURL("http://tokens.example.com"))
	own := app{"http://tokens.example.com" + oauth.CommandLinePath, "", loopback}
	p := askedBy(own, pagetest.Open(t, closed), "openid")
	if p.Status != http.StatusServiceUnavailable || p.Text("#error") != "Nobody can be signed in here" {
		t.Errorf("without https: %d %s", p.Status, p.Text("main"))
	}
}

// Rows F-10 and H-04: the name that a stranger chose is text in a direction of
// its own, in one line, and without what cannot be seen.
func TestF10ANameIsTextAndStaysInItsPlace(t *testing.T) {
	w := start(t)
	b := pagetest.SignIn(t, w.Server, alice)
	names := []string{
		"\u202Egnp.ecilA\u202C", "\u2066open\u2067", "zero\u200Bwidth", "שלום <b>bank</b>", "مصرف", strings.Repeat("W", 100),
		`"><img src=x onerror=alert(1)>`, "{{.Token}}", "{roles}", "line one\u2028line two",
	}
	shown := 0
	for _, name := range names {
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		who := w.agent()
		who.bearer = w.UserToken(admin)
		got := who.send(http.MethodPost, oauth.RegisterPath, `{"redirect_uris":["`+loopback+`"],"token_endpoint_auth_method":"none","client_name":`+string(quoted)+`}`,
			"Content-Type: application/json")
		if got.status == http.StatusBadRequest {
			continue // what cannot be shown need not be taken
		}
		shown++
		p := askedBy(app{got.text("client_id"), "", loopback}, b, "openid")
		text := p.Text("bdi#client")
		if text == "" || strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) }) {
			t.Errorf("%q is shown as %q", name, text)
		}
		if p.Has("main img") || p.Has("main b") || len(slices.Compact(p.Texts("main form button"))) != 2 {
			t.Errorf("%q became markup: %s", name, p.Text("main"))
		}
	}
	if shown < 5 {
		t.Errorf("only %d names were shown", shown)
	}
}

func TestTheQuestionOfAPersonalTokenNamesIt(t *testing.T) {
	w := start(t)
	b := w.browser(alice)
	csrf := b.get("/api/session").text("csrf")
	mint := func(more string) string {
		got := b.send(http.MethodPost, "/api/access-tokens/personal/mint", `{"name":"CI: nightly/1"`+more+`}`, "Content-Type: application/json",
			"Origin: "+w.URL, "Sec-Fetch-Site: same-origin", "X-Csrf-Token: "+csrf)
		return b.get(b.get(w.must(got).text("authorizeUrl")).header.Get("Location")).body
	}
	for more, want := range map[string][]string{
		"":                           {`<bdi id="token-name">CI: nightly/1</bdi>`, `id="everything"`, `id="token-expires"`, alice},
		`,"scopes":["catalog:read"]`: {"Read access to the Software Catalog API", "catalog:read"},
	} {
		body := mint(more)
		for _, part := range want {
			if !strings.Contains(body, part) {
				t.Errorf("%s: the page does not show %q", more, part)
			}
		}
		if strings.Contains(body, `id="client"`) || more != "" && strings.Contains(body, `id="everything"`) {
			t.Errorf("%s: the page names a client, or says everything", more)
		}
	}
}
