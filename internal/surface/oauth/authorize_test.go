package oauth_test

import (
	"bufio"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

// Rows PER-17, C9, MUST-03, MUST-04, MUST-15 and MUST-16: who cannot be trusted with the browser does not get it.
func TestPER17NobodyIsSentToAnAddressThatIsNotTheClients(t *testing.T) {
	w := start(t)
	c := w.public()
	a := w.agent()
	good := c.authorizeQuery("openid").Encode()
	for name, query := range map[string]string{
		"no client":             c.authorizeQuery("openid", "client_id", "").Encode(),
		"unknown client":        c.authorizeQuery("openid", "client_id", "nobody").Encode(),
		"client given twice":    good + "&client_id=" + c.id,
		"no redirect URI":       c.authorizeQuery("openid", "redirect_uri", "").Encode(),
		"redirect URI twice":    good + "&redirect_uri=" + url.QueryEscape(c.redirect),
		"another redirect URI":  c.authorizeQuery("openid", "redirect_uri", "https://evil.example/").Encode(),
		"a redirect URI beyond": c.authorizeQuery("openid", "redirect_uri", c.redirect+"/more").Encode(),
	} {
		t.Run(name, func(t *testing.T) {
			got := a.get(oauth.AuthorizePath + "?" + query)
			if got.status != http.StatusBadRequest || got.header.Get("Location") != "" ||
				!strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
				t.Errorf("%d, Location %q, %s", got.status, got.header.Get("Location"), got.header.Get("Content-Type"))
			}
			if strings.Contains(got.body, "evil") {
				t.Error("the page repeats what was sent")
			}
		})
	}
}

// Rows PER-12, PER-15, PER-17, F-03, F-11, F-13, F-14, MUST-01, MUST-02 and MUST-72: everything else goes back to the
// client, with who says it.
func TestOtherFaultsGoBackToTheClient(t *testing.T) {
	w := start(t)
	c := w.public()
	a := w.agent()
	good := c.authorizeQuery("openid").Encode()
	change := func(changes ...string) string { return c.authorizeQuery("openid", changes...).Encode() }
	for name, row := range map[string]struct{ query, code string }{
		"no response type":      {change("response_type", ""), "invalid_request"},
		"implicit":              {change("response_type", "token"), "unsupported_response_type"},
		"hybrid":                {change("response_type", "code id_token"), "unsupported_response_type"},
		"no challenge":          {change("code_challenge", ""), "invalid_request"},
		"a short challenge":     {change("code_challenge", "abc"), "invalid_request"},
		"no method means plain": {change("code_challenge_method", ""), "invalid_request"},
		"plain":                 {change("code_challenge_method", "plain"), "invalid_request"},
		"unknown scope":         {change("scope", "openid everything"), "invalid_scope"},
		"odd scope":             {change("scope", "openid\tcatalog:read"), "invalid_scope"},
		"scope twice":           {good + "&scope=openid", "invalid_request"},
		"challenge twice":       {good + "&code_challenge=" + oauth.Challenge("x"), "invalid_request"},
		"form post":             {change("response_mode", "form_post"), "invalid_request"},
		"a request object":      {change("request", "e30.e30."), "invalid_request"},
		"without a page":        {change("prompt", "none"), "interaction_required"},
	} {
		t.Run(name, func(t *testing.T) {
			got := a.get(oauth.AuthorizePath + "?" + row.query)
			if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), c.redirect+"?") {
				t.Fatalf("%d %s", got.status, got.header.Get("Location"))
			}
			if code := got.location(t, "error"); code != row.code {
				t.Errorf("error %q, want %q", code, row.code)
			}
			if got.location(t, "state") != "st-1" || got.location(t, "iss") != w.issuer() {
				t.Errorf("Location: %s", got.header.Get("Location"))
			}
		})
	}
	if got := a.get(oauth.AuthorizePath + "?" + good + "&state=st-2"); got.location(t, "error") != "invalid_request" || got.location(t, "state") != "" {
		t.Errorf("state twice: %s", got.header.Get("Location"))
	}
}

func TestF14AnEmptyParameterIsAbsentAndAnUnknownOneNothing(t *testing.T) {
	w := start(t)
	c := w.public()
	w.agent().ask(c, "", "response_mode", "", "prompt", "", "unknown", "1")
}

// Row F-01 with the corpus of odd redirect URIs.
func TestF01OnlyThePortOfALoopbackAddressMayDiffer(t *testing.T) {
	w := start(t)
	c := w.public()
	a := w.agent()
	a.ask(c, "openid", "redirect_uri", "http://127.0.0.1:49152/callback")
	file, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "corpora", "redirect_uris.txt"))
	if err != nil {
		t.Skip("the corpus of redirect URIs is not here")
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		uri := lines.Text()
		if uri == "" || strings.HasPrefix(uri, "#") {
			continue
		}
		got := a.get(oauth.AuthorizePath + "?" + c.authorizeQuery("openid", "redirect_uri", uri).Encode())
		if got.status == http.StatusFound || got.header.Get("Location") != "" {
			t.Errorf("%q is taken for the registered address", uri)
		}
	}
}

// Rows PER-06, PER-30, F-08: the question is for one person in one browser.
func TestAnAuthorizationIsAnsweredByItsPersonInItsBrowserAlone(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.public()
		here, elsewhere := w.browser(alice), w.browser(alice)
		id := here.ask(c, "openid")
		elsewhere.ask(c, "openid") // it has a browser's cookie, too
		const unknown = `{"error":"invalid_request","error_description":"Authorization session not found or expired"}`
		path := oauth.Base + "/v1/sessions/"
		foreign := elsewhere.get(path + id)
		if foreign.status != http.StatusBadRequest || foreign.body != unknown {
			t.Errorf("another browser: %d %s", foreign.status, foreign.body)
		}
		for name, got := range map[string]reply{
			"unknown":  here.get(path + "01234567-89ab-cdef-0123-456789abcdef"),
			"no id":    here.get(path + "x"),
			"stranger": w.agent().get(path + id),
		} {
			want, status := unknown, http.StatusBadRequest
			if name == "stranger" {
				want, status = `{"error":"access_denied","error_description":"Authentication required"}`, http.StatusForbidden
			}
			if got.status != status || got.body != want {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		got := here.get(path + id)
		if got.text("id") != id || got.text("clientId") != c.id || got.text("clientName") != "An app" ||
			got.text("scope") != "openid" || got.text("redirectUri") != c.redirect || got.text("user") != alice {
			t.Errorf("session: %s", got.body)
		}
		if answered := here.say(id, "approve"); answered.status != http.StatusSeeOther {
			t.Fatalf("approve: %d", answered.status)
		}
		if again := here.get(path + id); again.body != unknown {
			t.Errorf("answered: %d %s", again.status, again.body)
		}
	})
}

func TestAnAuthorizationBelongsToTheFirstWhoSignsIn(t *testing.T) {
	w := start(t)
	c := w.public()
	b := w.agent()
	id := b.ask(c, "openid")
	page := b.get(oauth.ConsentPath + "/" + id)
	if page.status != http.StatusSeeOther || page.header.Get("Location") != "/sign-in?next="+url.QueryEscape(oauth.ConsentPath+"/"+id) {
		t.Fatalf("not signed in: %d %s", page.status, page.header.Get("Location"))
	}
	for i, user := range []string{alice, bob, alice} {
		made := w.local(http.MethodPost, "/api/admin/v1/links", `{"user":"`+user+`"}`)
		_, link, _ := strings.Cut(made, "/sign-in/")
		link, _, _ = strings.Cut(link, `"`)
		b.send(http.MethodPost, "/sign-in/"+link, "", "Sec-Fetch-Site: same-origin", "Origin: "+w.URL)
		want := http.StatusOK
		if user == bob {
			want = http.StatusBadRequest
		}
		if got := b.get(oauth.ConsentPath + "/" + id); got.status != want {
			t.Errorf("%d, %s: %d, want %d", i, user, got.status, want)
		}
	}
}

// Row PER-30: whatever the credential, a page of another site answers nothing.
func TestPER30AnAnswerByABearerComesFromNoOtherSite(t *testing.T) {
	w := start(t)
	c := w.public()
	a := w.agent()
	a.bearer = w.UserToken(alice)
	for _, verdict := range []string{"approve", "reject"} {
		for name, headers := range map[string][]string{
			"another origin": {"Origin: https://evil.example"},
			"another site":   {"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"},
			"a sibling":      {"Sec-Fetch-Site: same-site"},
		} {
			got := a.send(http.MethodPost, oauth.Base+"/v1/sessions/"+a.ask(c, "openid")+"/"+verdict, "", headers...)
			if got.status != http.StatusForbidden || got.text("redirectUrl") != "" {
				t.Errorf("%s, %s: %d %s", verdict, name, got.status, got.body)
			}
		}
		for _, headers := range [][]string{nil, {"Origin: " + w.URL}, {"Origin: " + w.URL, "Sec-Fetch-Site: same-origin"}} {
			w.must(a.send(http.MethodPost, oauth.Base+"/v1/sessions/"+a.ask(c, "openid")+"/"+verdict, "", headers...))
		}
	}
}

// Row F-07: nothing but our own page, for this very question, has it answered.
func TestF07AConsentNeedsOurPage(t *testing.T) {
	w := start(t)
	c := w.public()
	b := w.browser(alice)
	id, other := b.ask(c, "openid"), b.ask(c, "openid")
	csrf := field(b.get(oauth.ConsentPath + "/" + id).body)
	form := func(value string) url.Values { return url.Values{"csrf": {value}, "decision": {"approve"}} }
	path := oauth.ConsentPath + "/" + id
	for name, got := range map[string]reply{
		"another site":           b.post(path, form(csrf), "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"),
		"no origin":              b.post(path, form(csrf)),
		"no value":               b.submit(path, form("")),
		"the value of another":   b.submit(path, form(field(b.get(oauth.ConsentPath+"/"+other).body))),
		"the value of a session": b.submit(path, form(b.get("/api/session").text("csrf"))),
		"JSON without a value":   b.send(http.MethodPost, oauth.Base+"/v1/sessions/"+id+"/approve", "", "Origin: "+w.URL),
	} {
		if got.status != http.StatusForbidden || got.header.Get("Location") != "" {
			t.Errorf("%s: %d %s", name, got.status, got.header.Get("Location"))
		}
	}
	if got := b.get(path + "?decision=approve"); got.status != http.StatusOK {
		t.Errorf("GET: %d", got.status)
	}
	got := b.send(http.MethodPost, oauth.Base+"/v1/sessions/"+id+"/approve", "", "Origin: "+w.URL, "X-Csrf-Token: "+csrf)
	if got.status != http.StatusOK || !strings.HasPrefix(got.text("redirectUrl"), c.redirect+"?code=") {
		t.Errorf("our page: %d %s", got.status, got.body)
	}
}

// Rows PER-31, F-09, F-10, F-20 and MUST-25: people see what they say yes to.
func TestTheConsentPageShowsWhoAsksForWhat(t *testing.T) {
	w := start(t)
	c := w.register("https://app.example/cb", `,"token_endpoint_auth_method":"none"`)
	evil := w.register("https://app.example/cb", `,"token_endpoint_auth_method":"none","client_name":"<b>Bank</b>"`)
	b := w.browser(alice)
	page := b.get(oauth.ConsentPath + "/" + b.ask(c, "openid offline_access catalog:read"))
	for _, part := range []string{"An app", "unverified", alice, "app.example", "catalog:read", "Read access to the Software Catalog API", "Until it is revoked"} {
		if !strings.Contains(page.body, part) {
			t.Errorf("the page does not show %q", part)
		}
	}
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "form-action 'self' https://app.example;") ||
		page.header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(page.body, "<script>") {
		t.Errorf("headers: %v", page.header)
	}
	if page := b.get(oauth.ConsentPath + "/" + b.ask(evil, "openid")); strings.Contains(page.body, "<b>") {
		t.Error("the name of a client is shown as it is")
	}
}

// Rows PER-29 and F-21.
func TestF21WaitingQuestionsAreBounded(t *testing.T) {
	w := start(t)
	c := w.public()
	b := w.browser(alice)
	for range 20 {
		b.ask(c, "openid")
	}
	got := b.get(oauth.AuthorizePath + "?" + c.authorizeQuery("openid").Encode())
	if got.status != http.StatusSeeOther || got.location(t, "error") != "temporarily_unavailable" {
		t.Errorf("%d %s", got.status, got.header.Get("Location"))
	}
	w.browser(alice).ask(c, "openid") // another browser is not held up
}

func TestTheBrowserCookieIsForThisServerAlone(t *testing.T) {
	w := start(t)
	got := w.agent().get(oauth.AuthorizePath + "?" + w.public().authorizeQuery("openid").Encode())
	cookies := got.header["Set-Cookie"]
	if len(cookies) != 1 || !slices.ContainsFunc(cookies, func(c string) bool {
		return strings.Contains(c, "HttpOnly") && strings.Contains(c, "SameSite=Lax") && strings.Contains(c, "Path=/") && strings.Contains(c, "Max-Age=600")
	}) {
		t.Errorf("cookies: %v", cookies)
	}
}
