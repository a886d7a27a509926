package proof_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

// journey is what one person does in one browser: they are known by a bearer,
// and the browser keeps cookies.
type journey struct {
	visitor

	person string // their bearer
	jar    map[string]string
}

func (v visitor) journey(person string) journey {
	return journey{v, person, map[string]string{}}
}

// send sends a request of the person, with JSON where there is a body.
func (j journey) send(method, target, body string) reply {
	j.t.Helper()
	header := bearer(j.person)
	if method == http.MethodGet {
		header = http.Header{} // a browser that follows a link sends no bearer
	}
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	var pairs []string
	for name, value := range j.jar {
		pairs = append(pairs, name+"="+value)
	}
	if len(pairs) > 0 {
		header.Set("Cookie", strings.Join(pairs, "; "))
	}
	u, err := url.Parse(target)
	must(j.t, err)
	got := j.visitor.send(method, u.RequestURI(), header, body)
	for _, line := range got.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		j.jar[name] = value
	}
	return got
}

// approve answers an authorization for the client that is sent to where.
func (j journey) approve(where string) (redirect string) {
	j.t.Helper()
	id := j.ask(where)
	got := j.send(http.MethodPost, "/api/auth/v1/sessions/"+id+"/approve", "{}")
	var told struct{ RedirectURL string }
	if !got.acknowledged() || json.Unmarshal(got.body, &told) != nil || told.RedirectURL == "" {
		j.t.Fatalf("approve %s: %d %s", id, got.status, got.body)
	}
	return told.RedirectURL
}

// ask begins an authorization and gives the id of what a person is asked.
func (j journey) ask(where string) string {
	j.t.Helper()
	begun := j.send(http.MethodGet, where, "")
	to := begun.header.Get("Location")
	if begun.status != http.StatusFound || !strings.Contains(to, oauth.ConsentPath+"/") {
		j.t.Fatalf("authorize: %d to %q: %s", begun.status, to, begun.body)
	}
	return to[strings.LastIndexByte(to, '/')+1:]
}

// mint makes a personal token and gives its id as well.
func (j journey) mint(name string) (raw, id string) {
	j.t.Helper()
	begun := j.send(http.MethodPost, "/api/access-tokens/personal/mint", `{"name":"`+name+`"}`)
	var wish struct{ AuthorizeURL string }
	if !begun.acknowledged() || json.Unmarshal(begun.body, &wish) != nil {
		j.t.Fatalf("mint: %d %s", begun.status, begun.body)
	}
	back := j.send(http.MethodGet, j.approve(wish.AuthorizeURL), "")
	_, fragment, _ := strings.Cut(back.header.Get("Location"), "#")
	_, coded, _ := strings.Cut(fragment, "=")
	text, err := base64.RawURLEncoding.DecodeString(coded)
	must(j.t, err)
	var made struct {
		Token    string
		Metadata struct{ ID string }
	}
	if json.Unmarshal(text, &made) != nil || made.Token == "" {
		j.t.Fatalf("mint: %s", text)
	}
	return made.Token, made.Metadata.ID
}

// proofKey is what a public client proves its codes with (PKCE).
const proofKey = "a-verifier-that-has-at-least-43-characters-1"

// app is a registered public client.
type app struct{ id string }

const appRedirect = "http://127.0.0.1:8055/callback"

func (v visitor) app(admin string) app {
	v.t.Helper()
	got := v.json(http.MethodPost, oauth.RegisterPath, admin,
		`{"client_name":"An app","redirect_uris":["`+appRedirect+`"],"token_endpoint_auth_method":"none"}`)
	var made struct {
		ID string `json:"client_id"`
	}
	if got.status != http.StatusCreated || json.Unmarshal(got.body, &made) != nil {
		v.t.Fatalf("register: %d %s", got.status, got.body)
	}
	return app{made.ID}
}

// where gives the address at which the client asks for access.
func (a app) where(scope string) string {
	return oauth.AuthorizePath + "?" + url.Values{
		"response_type": {"code"}, "client_id": {a.id}, "redirect_uri": {appRedirect}, "scope": {scope}, "state": {"s"},
		"code_challenge": {oauth.Challenge(proofKey)}, "code_challenge_method": {"S256"},
	}.Encode()
}

// code authorizes a client in full and gives the code.
func (j journey) code(a app, scope string) string {
	j.t.Helper()
	u, err := url.Parse(j.approve(a.where(scope)))
	must(j.t, err)
	return u.Query().Get("code")
}

// useCode and useRefresh are the forms by which a client gets tokens.
func (a app) useCode(code string) string {
	return url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {appRedirect},
		"code_verifier": {proofKey}, "client_id": {a.id},
	}.Encode()
}

func (a app) useRefresh(refresh string) string {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
	if a.id != "" {
		form.Set("client_id", a.id)
	}
	return form.Encode()
}

// granted is the answer of the token endpoint.
type granted struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
}

// tokens sends a form to the token endpoint, which must give tokens.
func (v visitor) tokens(form string) granted {
	v.t.Helper()
	got := v.form(oauth.TokenPath, "", form)
	var out granted
	if got.status != http.StatusOK || json.Unmarshal(got.body, &out) != nil {
		v.t.Fatalf("token endpoint: %d %s", got.status, got.body)
	}
	return out
}
