package openapi_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// walkBrowser goes the ways of a person: in by a link, to a personal token by
// consent, and out.
func walkBrowser(v *visitor) {
	link := v.do(http.MethodPost, "/api/admin/v1/links", `{"user":"user:default/alice"}`).text("url")
	person := v.as("")
	person.signIn(link)
	v.do(http.MethodGet, "/api/admin/v1/sessions", "") // somebody is signed in
	person.do(http.MethodGet, "/sign-in", "")
	person.do(http.MethodGet, "/api/sessions", "")
	walkPersonal(person)

	another := visitAgain(v)
	another.signIn(v.do(http.MethodPost, "/api/admin/v1/links", `{"user":"user:default/alice"}`).text("url"))
	person.do(http.MethodDelete, "/api/sessions/"+another.do(http.MethodGet, "/api/session", "").text("session.id"), "")
	link = v.do(http.MethodPost, "/api/admin/v1/links", `{"user":"user:default/alice"}`).text("url")
	another.signIn("/login/link/" + lastSegment(link))
	another.do(http.MethodDelete, "/api/session", "")
	form := *person
	form.csrf = "" // a form has it as a field
	form.do(http.MethodPost, "/sign-out", "csrf="+url.QueryEscape(person.csrf))
	v.do(http.MethodPost, "/api/admin/v1/sessions/end", `{"user":"user:default/alice"}`)
	v.as(v.server.UserToken("user:default/alice")).do(http.MethodDelete, "/api/sessions", "")
}

func visitAgain(v *visitor) *visitor {
	other := visit(v.t, v.server)
	other.watch, other.client.Transport = v.watch, v.watch
	return other
}

// minted is what a settings page reads from its address.
type minted struct {
	Token    string
	Metadata struct{ ID string }
}

func readFragment(t *testing.T, location string) (out minted) {
	t.Helper()
	_, coded, _ := strings.Cut(location, "=")
	text, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func walkPersonal(person *visitor) {
	const base = "/api/access-tokens/personal"
	mint := func(name string) (consent string) {
		begun := person.do(http.MethodPost, base+"/mint", `{"name":"`+name+`","scopes":["catalog:read"]}`)
		return lastSegment(person.do(http.MethodGet, begun.text("authorizeUrl"), "").header.Get("Location"))
	}
	question := func(id string) *visitor {
		bound := *person
		bound.csrf = person.do(http.MethodGet, "/api/auth/v1/sessions/"+id, "").text("csrf")
		return &bound
	}
	id := mint("laptop")
	back := question(id).do(http.MethodPost, "/api/auth/v1/sessions/"+id+"/approve", "").text("redirectUrl")
	minted := readFragment(person.t, person.do(http.MethodGet, back, "").header.Get("Location"))
	anyone := visitAgain(person)
	granted := anyone.do(http.MethodPost, "/api/auth/v1/token", "grant_type=refresh_token&refresh_token="+url.QueryEscape(minted.Token))
	holder := anyone.as(granted.text("access_token"))
	holder.do(http.MethodGet, "/api/auth/v1/userinfo", "")
	holder.do(http.MethodPost, "/api/auth/v1/userinfo", "")
	one := base + "/" + minted.Metadata.ID
	person.do(http.MethodGet, one, "")
	person.do(http.MethodGet, base+"?limit=10", "")
	person.do(http.MethodDelete, one, "")
	person.do(http.MethodGet, one+"/audit", "")
	anyone.do(http.MethodPost, "/api/auth/v1/revoke", "token="+url.QueryEscape(minted.Token))

	walkSettings(person, minted.Metadata.ID)
	id = mint("tablet")
	question(id).do(http.MethodPost, "/api/auth/v1/sessions/"+id+"/reject", "")
	id = mint("phone")
	page := person.do(http.MethodGet, "/oauth2/authorize/"+id, "")
	form := *person
	form.csrf = "" // a form has it as a field
	form.do(http.MethodPost, "/oauth2/authorize/"+id, "decision=reject&csrf="+url.QueryEscape(csrfOf(person.t, page.body)))
	administrator := anyone.as(person.server.UserToken(admin))
	made := administrator.do(http.MethodPost, "/api/auth/v1/register",
		`{"client_name":"Reports","redirect_uris":["https://reports.example.com/callback"],"token_endpoint_auth_method":"none"}`)
	administrator.do(http.MethodGet, "/api/admin/v1/clients", "")
	administrator.do(http.MethodPost, "/api/admin/v1/clients/remove", `{"id":"`+made.text("client_id")+`"}`)
}

func walkSettings(person *visitor, token string) {
	const page = "/settings/personal-tokens"
	form := *person
	form.csrf = "" // a form has it as a field
	form.do(http.MethodGet, page+"?state=active&q=lap&sort=name&order=asc", "")
	form.do(http.MethodGet, page+"/fragment.js", "")
	csrf := "csrf=" + url.QueryEscape(csrfOf(person.t, form.do(http.MethodGet, page+"/new", "").body))
	form.do(http.MethodPost, page+"/new/summary", "name=watch&expiry=30&access=all&"+csrf)
	form.do(http.MethodPost, page+"/new", "name=watch&expiry=30&access=choose&scopes=catalog:read&"+csrf)
	form.do(http.MethodGet, page+"/"+token, "")
	form.do(http.MethodGet, page+"/"+token+"/revoke", "")
	form.do(http.MethodPost, page+"/"+token+"/revoke", "reason=lost&"+csrf)
}
