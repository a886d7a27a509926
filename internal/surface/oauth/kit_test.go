package oauth_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// People of the demonstration directory.
const (
	admin = "user:default/admin"
	alice = "user:default/alice"
	bob   = "user:default/bob"
)

const (
	loopback = "http://127.0.0.1:8055/callback"
	verifier = "a-verifier-that-has-at-least-43-characters-1"
)

// both runs a test on SQLite and on PostgreSQL.
func both(t *testing.T, test func(t *testing.T, with ...tokentest.Option)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t) })
	t.Run("postgres", func(t *testing.T) {
		test(t, tokentest.WithDatabase(pgtest.Start(t).Database(t, nil)))
	})
}

// world is a running server whose clock a test moves.
type world struct {
	*tokentest.Server
	t     testing.TB
	clock *tokentest.Clock
}

func start(t testing.TB, with ...tokentest.Option) world {
	t.Helper()
	clock := tokentest.NewClock(time.Now())
	opts := append([]tokentest.Option{tokentest.WithClock(clock), tokentest.WithConfig("oauth: {registration: true}")}, with...)
	return world{tokentest.Start(t, opts...), t, clock}
}

func (w world) issuer() string { return w.URL + oauth.Base }

// reply is an answer; members is its body when that is a JSON object.
type reply struct {
	status  int
	header  http.Header
	body    string
	members map[string]any
}

func (r reply) text(name string) string {
	text, _ := r.members[name].(string)
	return text
}

// location gives a parameter of the address that the browser is sent to.
func (r reply) location(t testing.TB, name string) string {
	t.Helper()
	u, err := url.Parse(r.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get(name)
}

// agent is something that sends requests: a person's browser with its cookies,
// or a client without any. It follows no redirect by itself.
type agent struct {
	world
	client *http.Client
	bearer string
}

func (w world) agent() agent {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return agent{world: w, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// browser is one in which somebody has signed in by a one-time link.
func (w world) browser(user string) agent {
	w.t.Helper()
	b := w.agent()
	made := w.local(http.MethodPost, "/api/admin/v1/links", `{"user":"`+user+`"}`)
	link := regexp.MustCompile(`/sign-in/[A-Za-z0-9_-]+`).FindString(made)
	got := b.send(http.MethodPost, link, "", "Sec-Fetch-Site: same-origin", "Origin: "+w.URL)
	if got.status != http.StatusOK {
		w.t.Fatalf("sign in as %s: %d %s", user, got.status, got.body)
	}
	return b
}

// local asks through the admin socket.
func (w world) local(method, path, body string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://admin"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.LocalClient().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= http.StatusMultipleChoices {
		w.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, data, err)
	}
	return string(data)
}

// send sends a request; headers are "Name: value".
func (a agent) send(method, target, body string, headers ...string) reply {
	a.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = a.URL + target
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if a.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+a.bearer)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, body: string(data)}
	_ = json.Unmarshal(data, &out.members)
	return out
}

func (a agent) get(target string) reply {
	a.t.Helper()
	return a.send(http.MethodGet, target, "")
}

// post sends a form, as a client does.
func (a agent) post(path string, form url.Values, headers ...string) reply {
	a.t.Helper()
	return a.send(http.MethodPost, path, form.Encode(), append(headers, "Content-Type: application/x-www-form-urlencoded")...)
}

// submit sends a form of a page of ours, as a browser does.
func (a agent) submit(path string, form url.Values) reply {
	a.t.Helper()
	return a.post(path, form, "Origin: "+a.URL, "Sec-Fetch-Site: same-origin")
}

// app is a registered client.
type app struct{ id, secret, redirect string }

// register registers a client; extra are members of JSON, each with a comma
// before it.
func (w world) register(redirect, extra string) app {
	w.t.Helper()
	who := w.agent()
	who.bearer = w.UserToken(admin)
	if !strings.Contains(extra, "client_name") {
		extra += `,"client_name":"An app"`
	}
	got := who.send(http.MethodPost, oauth.RegisterPath, `{"redirect_uris":["`+redirect+`"]`+extra+`}`, "Content-Type: application/json")
	if got.status != http.StatusCreated {
		w.t.Fatalf("register: %d %s", got.status, got.body)
	}
	return app{got.text("client_id"), got.text("client_secret"), redirect}
}

// public registers a client without a secret.
func (w world) public() app {
	w.t.Helper()
	return w.register(loopback, `,"token_endpoint_auth_method":"none"`)
}

// authorizeQuery is a good request of a client; changes are name, value pairs.
func (c app) authorizeQuery(scope string, changes ...string) url.Values {
	query := url.Values{
		"response_type": {"code"}, "client_id": {c.id}, "redirect_uri": {c.redirect}, "scope": {scope}, "state": {"st-1"},
		"nonce": {"n-1"}, "code_challenge": {oauth.Challenge(verifier)}, "code_challenge_method": {"S256"},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		query.Set(changes[i], changes[i+1])
	}
	return query
}

// ask begins an authorization and gives its id.
func (a agent) ask(c app, scope string, changes ...string) string {
	a.t.Helper()
	got := a.get(oauth.AuthorizePath + "?" + c.authorizeQuery(scope, changes...).Encode())
	_, id, found := strings.Cut(got.header.Get("Location"), oauth.ConsentPath+"/")
	if got.status != http.StatusFound || !found {
		a.t.Fatalf("authorize: %d %s %s", got.status, got.header.Get("Location"), got.body)
	}
	return id
}

// say answers on the page and gives what the browser is told then.
func (a agent) say(id, decision string) reply {
	a.t.Helper()
	page := a.get(oauth.ConsentPath + "/" + id)
	if page.status != http.StatusOK {
		a.t.Fatalf("consent page: %d %s", page.status, page.body)
	}
	return a.submit(oauth.ConsentPath+"/"+id, url.Values{"csrf": {field(page.body)}, "decision": {decision}})
}

// field gives the value that an answer to the question of a page has to bring.
func field(page string) string {
	found := regexp.MustCompile(`(?s)id="decision".*?name="csrf" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return found[1]
}

// code authorizes a client in full and gives the code.
func (a agent) code(c app, scope string) string {
	a.t.Helper()
	got := a.say(a.ask(c, scope), "approve")
	code := got.location(a.t, "code")
	if got.status != http.StatusSeeOther || code == "" {
		a.t.Fatalf("approve: %d %s %s", got.status, got.header.Get("Location"), got.body)
	}
	return code
}

// form is a good use of a code by a public client.
func (c app) form(code string, changes ...string) url.Values {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {c.redirect},
		"code_verifier": {verifier}, "client_id": {c.id},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

// redeem takes a code for tokens and must succeed.
func (w world) redeem(c app, code string) reply {
	w.t.Helper()
	return w.must(w.agent().post(oauth.TokenPath, c.form(code)))
}

// refresh presents a refresh token.
func (w world) refresh(c app, refresh string, more ...string) reply {
	w.t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
	if c.id != "" {
		form.Set("client_id", c.id)
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return w.agent().post(oauth.TokenPath, form)
}

func (w world) must(got reply) reply {
	w.t.Helper()
	if got.status != http.StatusOK {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
	return got
}

// wants fails unless an answer is this error.
func (w world) wants(got reply, status int, code, description string) {
	w.t.Helper()
	want := `{"error":"` + code + `","error_description":"` + description + `"}`
	if got.status != status || got.body != want {
		w.t.Errorf("%d %s, want %d %s", got.status, got.body, status, want)
	}
}

// works says whether an access JWT opens the API as its person.
func (w world) works(jwt string) bool {
	w.t.Helper()
	a := w.agent()
	a.bearer = jwt
	switch got := a.get("/api/session"); got.status {
	case http.StatusOK:
		return true
	case http.StatusUnauthorized:
		return false
	default:
		w.t.Fatalf("who am I: %d %s", got.status, got.body)
		return false
	}
}

// claims reads what a JWT says.
func claims(t testing.TB, jwt string) (header, payload map[string]any) {
	t.Helper()
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %q", jwt)
	}
	for i, into := range []*map[string]any{&header, &payload} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return header, payload
}
