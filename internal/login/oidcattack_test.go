package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/tokentest"
)

// signedBy signs claims with a key of its own that calls itself kid.
func signedBy(t *testing.T, kid string) func(map[string]any) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwt.NewES256Signer(kid, private)
	if err != nil {
		t.Fatal(err)
	}
	return func(claims map[string]any) string {
		raw, err := signer.Sign("JWT", claims)
		if err != nil {
			t.Error(err)
		}
		return raw
	}
}

func unsigned(alg string) func(map[string]any) string {
	return func(claims map[string]any) string {
		body, _ := json.Marshal(claims) // maps of plain values cannot fail
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"`+alg+`","kid":"idp-1"}`)) + "." + encode(body) + "."
	}
}

// Every rule of an ID token, broken once (OpenID Connect Core section 3.1.3.7).
func TestAForgedIDTokenSignsNobodyIn(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	secretSigner, err := jwt.NewHS256Signer("idp-1", []byte(clientSecret+"-long-enough-for-hs256"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	set := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	for name, test := range map[string]struct {
		forge func(map[string]any)
		sign  func(map[string]any) string
	}{
		"another issuer":             {forge: set("iss", "https://other.example")},
		"the issuer with a slash":    {forge: set("iss", p.server.URL+"/")},
		"another audience":           {forge: set("aud", "somebody-else")},
		"two audiences, no party":    {forge: set("aud", []string{clientID, "somebody-else"})},
		"another authorized party":   {forge: set("azp", "somebody-else")},
		"expired":                    {forge: set("exp", now-1)},
		"without an end":             {forge: func(c map[string]any) { delete(c, "exp") }},
		"from the future":            {forge: set("iat", now+3600)},
		"made long ago":              {forge: set("iat", now-3600)},
		"without a time":             {forge: func(c map[string]any) { delete(c, "iat") }},
		"another nonce":              {forge: set("nonce", "x")},
		"without a nonce":            {forge: func(c map[string]any) { delete(c, "nonce") }},
		"without a subject":          {forge: func(c map[string]any) { delete(c, "sub") }},
		"without a name":             {forge: func(c map[string]any) { delete(c, "preferred_username") }},
		"a name with a namespace":    {forge: set("preferred_username", "admins/alice")},
		"a name with a kind":         {forge: set("preferred_username", "user:default/admin")},
		"a name that is a mail":      {forge: set("preferred_username", "alice@example.com")},
		"a look-alike name":          {forge: set("preferred_username", "al\u0131ce")},
		"a number for a name":        {forge: set("preferred_username", 7)},
		"another key":                {sign: signedBy(t, "idp-1")},
		"an unknown key":             {sign: signedBy(t, "idp-2")},
		"alg none":                   {sign: unsigned("none")},
		"alg ES256, no signature":    {sign: unsigned("ES256")},
		"HS256 by the client secret": {sign: func(c map[string]any) string { raw, _ := secretSigner.Sign("JWT", c); return raw }},
		"no token":                   {sign: func(map[string]any) string { return "" }},
	} {
		t.Run(name, func(t *testing.T) {
			p.mu.Lock()
			p.forge, p.sign = test.forge, test.sign
			p.mu.Unlock()
			b := newSurfer(t, s)
			if got := b.signIn("/sign-in"); got.status != http.StatusForbidden || b.cookie(sessionCookie) != "" {
				t.Errorf("%d %q %s", got.status, got.location, got.body)
			}
		})
	}
	p.forge, p.sign = nil, nil
	newSurfer(t, s).mustSignIn()
}

// Row F-08: begun as the attacker, finished in the victim's browser.
func TestNoOtherBrowserFinishesASignIn(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	attacker, victim := newSurfer(t, s), newSurfer(t, s)
	back := attacker.begin("/sign-in")
	for name, prepare := range map[string]func(){
		"a browser that began nothing":  func() {},
		"a browser that began another":  func() { victim.begin("/sign-in") },
		"a browser with a made-up name": func() { victim.plant(browserCookie, "browser_"+strings.Repeat("A", 52)) },
	} {
		prepare()
		if got := victim.get(back); got.status != http.StatusBadRequest || victim.signedIn() {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if p.redeemed() != 0 {
		t.Error("a code was redeemed for a browser that did not begin")
	}
	if got := attacker.get(back); got.status != http.StatusSeeOther {
		t.Errorf("the browser that began it: %d", got.status)
	}
	if got := attacker.get(back); got.status != http.StatusBadRequest {
		t.Errorf("the browser that began it, again: %d", got.status)
	}
}

func TestAChangedAnswerSignsNobodyIn(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	for name, change := range map[string]func(q url.Values){
		"no state":             func(q url.Values) { q.Del("state") },
		"a cut state":          func(q url.Values) { q.Set("state", q.Get("state")[1:]) },
		"a changed state":      func(q url.Values) { q.Set("state", "A"+q.Get("state")[1:]) },
		"two states":           func(q url.Values) { q.Add("state", q.Get("state")) },
		"no code":              func(q url.Values) { q.Del("code") },
		"another code":         func(q url.Values) { q.Set("code", "x") },
		"two codes":            func(q url.Values) { q.Add("code", "x") },
		"F-11 another issuer":  func(q url.Values) { q.Set("iss", "https://other.example") },
		"F-11 no issuer":       func(q url.Values) { q.Del("iss") },
		"F-11 issuer and more": func(q url.Values) { q.Set("iss", p.server.URL+"/") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newSurfer(t, s)
			back, err := url.Parse(b.begin("/sign-in"))
			if err != nil {
				t.Fatal(err)
			}
			q := back.Query()
			change(q)
			back.RawQuery = q.Encode()
			if got := b.get(back.String()); got.status/100 != 4 || got.location != "" || b.cookie(sessionCookie) != "" {
				t.Errorf("%d %q %s", got.status, got.location, got.body)
			}
		})
	}
}

// Some providers give codes that look like tokens of ours.
func TestACodeMayLookLikeAToken(t *testing.T) {
	p := startIDP(t, nil)
	b := newSurfer(t, serve(t, p.config()))
	back, err := url.Parse(b.begin("/sign-in"))
	if err != nil {
		t.Fatal(err)
	}
	q := back.Query()
	code := "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQc2lnbmF0dXJlLXNpZ25hdHVyZQ"
	p.mu.Lock()
	p.codes[code] = p.codes[q.Get("code")]
	p.mu.Unlock()
	q.Set("code", code)
	back.RawQuery = q.Encode()
	if got := b.get(back.String()); got.status != http.StatusSeeOther {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// Row F-02: every parameter that redirects, every form of another site.
func TestNextLeadsNowhereElse(t *testing.T) {
	p := startIDP(t, nil)
	b := newSurfer(t, serve(t, p.config()))
	b.mustSignIn()
	for _, next := range []string{
		"https://evil.example", "http:evil.example", "//evil.example", "///evil.example", `/\evil.example`, `\/evil.example`,
		"/\t/evil.example", "\t//evil.example", "/\n/evil.example", "evil.example", "javascript:alert(1)", "/%2f/evil.example",
		"/%2F%2Fevil.example", "/%5cevil.example", "/a/../../evil.example", "/.//evil.example", "/;/evil.example", "/\x00", "/%00",
		"/%09/evil.example", "/ /evil.example", "/a#//evil.example", "/" + strings.Repeat("a", 600), "/\u2028", "?next=/", "/a?b c",
	} {
		for _, path := range []string{"/sign-in", "/sign-in/oidc"} {
			if got := b.get(path + "?next=" + url.QueryEscape(next)); got.status/100 != 4 || got.location != "" {
				t.Errorf("%s, next %q: %d %q", path, next, got.status, got.location)
			}
		}
	}
	for _, next := range []string{"/sign-in", "/oauth2/authorize/01980000-0000-7000-8000-000000000000?a=b&c=%2F", "/"} {
		if got := b.signIn(next); got.status != http.StatusSeeOther || got.location != next {
			t.Errorf("next %q: %d %q", next, got.status, got.location)
		}
	}
	if got := b.get("/sign-in?next=/a&next=/b"); got.status/100 != 4 || got.location != "" {
		t.Errorf("next twice: %d", got.status)
	}
}

// Row H-04: two accounts of the provider never become one person.
func TestAnotherAccountDoesNotBecomeAPersonWhoSignedInBefore(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	newSurfer(t, s).mustSignIn()
	b := newSurfer(t, s)
	for _, name := range []string{"alice", "Alice", "ALICE"} {
		p.signsIn("666", name)
		got := b.signIn("/sign-in")
		if got.status != http.StatusForbidden || !strings.Contains(got.body, "tokenwright user rebind user:default/alice") || b.signedIn() {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	p.signsIn("1001", "ALICE") // the same account, spelt otherwise
	former := newSurfer(t, s)
	former.mustSignIn()
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/rebind", `{"ref":"user:default/alice"}`, http.StatusOK)
	if former.signedIn() {
		t.Error("the former account is signed in as somebody whom it is not any more")
	}
	p.signsIn("666", "alice")
	b.mustSignIn()
}

// Row H-04: who may choose their name at the provider chooses no user by it.
func TestAnAccountThatIsRenamedStaysWhoItWas(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config("create_users: true"))
	p.signsIn("6666", "dave")
	newSurfer(t, s).mustSignIn()
	for _, name := range []string{"carol", "alice", "admin"} {
		p.signsIn("6666", name)
		b := newSurfer(t, s)
		if got := b.signIn("/sign-in"); got.status != http.StatusForbidden || !strings.Contains(got.body, "under another name") || b.signedIn() {
			t.Errorf("as %s: %d %s", name, got.status, got.body)
		}
	}
	p.signsIn("6666", "dave")
	if who := newSurfer(t, s).mustSignIn(); who.User != "user:default/dave" {
		t.Errorf("who am I: %+v", who)
	}
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/rebind", `{"ref":"user:default/dave"}`, http.StatusOK)
	p.signsIn("6666", "robert")
	if who := newSurfer(t, s).mustSignIn(); who.User != "user:default/robert" {
		t.Errorf("after the name changed for good: %+v", who)
	}
}

// Row H-04: whoever has anything here is not whoever comes first under the name:
// a role, a group, a seat in a workspace, a token, a link, or an end.
func TestAStrangerDoesNotBecomeSomebodyByTheirName(t *testing.T) {
	p := startIDP(t, nil)
	s := tokentest.Start(t, p.config(), tokentest.WithConfig(`bindings:
  - {role: auditor, to: ["user:default/eve"]}
  - {role: administrator, to: ["group:default/platform"]}`))
	local := s.LocalClient()
	for _, name := range []string{"dora", "eve", "frank", "grace", "heidi", "ivan"} {
		post(t, local, "http://admin/api/admin/v1/users", `{"ref":"`+name+`"}`, http.StatusCreated)
	}
	post(t, http.DefaultClient, makeLink(t, s, "user:default/dora"), "", http.StatusOK)
	post(t, local, "http://admin/api/admin/v1/roles/grant", `{"ref":"user:default/frank","role":"auditor"}`, http.StatusOK)
	post(t, local, "http://admin/api/admin/v1/workspaces/join", `{"name":"demo","user":"grace","role":"user"}`, http.StatusOK)
	post(t, local, "http://admin/api/admin/v1/users/disable", `{"ref":"heidi"}`, http.StatusOK)
	post(t, local, "http://admin/api/admin/v1/users/enable", `{"ref":"heidi"}`, http.StatusOK)
	for _, name := range []string{"admin", "alice", "bob", "dora", "eve", "frank", "grace", "heidi"} {
		p.signsIn("7777-"+name, name)
		b := newSurfer(t, s)
		refused := b.signIn("/sign-in")
		if refused.status != http.StatusForbidden || !strings.Contains(refused.body, "tokenwright user rebind user:default/"+name) || b.signedIn() {
			t.Errorf("%s: %d %s", name, refused.status, refused.body)
		}
		post(t, local, "http://admin/api/admin/v1/users/rebind", `{"ref":"`+name+`"}`, http.StatusOK)
		if who := b.mustSignIn(); who.User != "user:default/"+name {
			t.Errorf("who am I: %+v", who)
		}
		b.mustSignIn() // bound from now on
	}
	p.signsIn("7777-ivan", "ivan") // who was announced, and has nothing
	if who := newSurfer(t, s).mustSignIn(); who.User != "user:default/ivan" {
		t.Errorf("who am I: %+v", who)
	}
}

func TestAnOpenedUserIsOpenForADay(t *testing.T) {
	clock := tokentest.NewClock(time.Time{})
	p := startIDP(t, clock)
	s := serve(t, p.config(), tokentest.WithClock(clock))
	p.signsIn("1", "admin")
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/rebind", `{"ref":"admin"}`, http.StatusOK)
	clock.Advance(24 * time.Hour)
	if got := newSurfer(t, s).signIn("/sign-in"); got.status != http.StatusForbidden {
		t.Errorf("a day later: %d", got.status)
	}
	post(t, s.LocalClient(), "http://admin/api/admin/v1/users/rebind", `{"ref":"admin"}`, http.StatusOK)
	clock.Advance(24*time.Hour - time.Second)
	newSurfer(t, s).mustSignIn()
}

func TestTheSecretsOfASignInStayWhereTheyBelong(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	b := newSurfer(t, s)
	back := b.begin("/sign-in")
	finished := b.get(back)
	q, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]string{
		"client secret": clientSecret, "code": q.Query().Get("code"), "state": q.Query().Get("state"),
		"session": b.cookie(sessionCookie), "browser": b.cookie(browserCookie),
	} {
		if secret == "" {
			t.Fatalf("there is no %s", name)
		}
		if strings.Contains(s.Logs(), secret) || strings.Contains(finished.body, secret) || strings.Contains(finished.location, secret) {
			t.Errorf("the %s is shown", name)
		}
	}
	// Row F-20.
	for _, path := range []string{"/sign-in", "/sign-in/oidc/callback?state=x&code=y"} {
		h := b.get(path).header
		if h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
			!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add("")
	f.Add("AAAA")
	f.Add(strings.Repeat("A", 200))
	f.Fuzz(func(t *testing.T, state string) {
		if _, err := login.OpenState(state); err == nil {
			t.Errorf("%q opens", state)
		}
	})
}
