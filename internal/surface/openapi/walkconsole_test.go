package openapi_test

import (
	"net/http"
	"net/url"
	"regexp"
)

// walkConsole goes through the pages as an administrator.
func walkConsole(v *visitor) {
	link := v.do(http.MethodPost, "/api/admin/v1/links", `{"user":"user:default/admin"}`).text("url")
	person := visitAgain(v)
	person.signIn(link)
	csrf := "csrf=" + url.QueryEscape(person.csrf)
	person.csrf = "" // a form has it as a field
	home := person.do(http.MethodGet, "/", "")
	person.do(http.MethodGet, regexp.MustCompile(`/static/[^"]+\.css`).FindString(home.body), "")
	person.do(http.MethodPost, "/preferences", "theme=dark&next=%2F")
	walkTokenPages(person, csrf, "/admin/access-tokens", "name=walked&description=x&group=group%3Adefault%2Fplatform&expiry=30&access=read")
	walkTokenPages(person, csrf, "/admin/api-tokens", "name=walked&user=user%3Adefault%2Falice&expiry=30&scopes=upload")
	walkSessionPages(v, person, csrf)
	walkWorkspacePages(person, csrf)
	walkPeoplePages(v, person, csrf)
	walkInventory(person, csrf)
	walkOperation(person, csrf)
}

// walkTokenPages makes a token of a kind by its form, and does to it what the
// pages can do.
func walkTokenPages(person *visitor, csrf, list, fields string) {
	person.do(http.MethodGet, list+"?state=active&sort=name&order=asc", "")
	person.do(http.MethodGet, list+"/new", "")
	form := csrf + "&" + fields
	person.do(http.MethodPost, list+"/new/summary", form)
	made := person.do(http.MethodPost, list+"/new", form)
	token := regexp.MustCompile(list + `/[0-9a-f-]{36}`).FindString(made.body)
	person.do(http.MethodGet, token, "")
	person.do(http.MethodGet, token+"/disable", "")
	person.do(http.MethodPost, token+"/disable", csrf)
	person.do(http.MethodPost, token+"/enable", csrf)
	hint := regexp.MustCompile(`name="hint" value="([^"]+)"`).FindStringSubmatch(person.do(http.MethodGet, token+"/rotate", "").body)[1]
	person.do(http.MethodPost, token+"/rotate", csrf+"&overlap=0&hint="+hint)
	person.do(http.MethodGet, token+"/revoke", "")
	person.do(http.MethodPost, token+"/revoke", csrf+"&reason=x")
}

// walkSessionPages signs in twice more and ends both.
func walkSessionPages(v, person *visitor, csrf string) {
	const list = "/settings/sessions"
	for range 2 {
		visitAgain(v).signIn(v.do(http.MethodPost, "/api/admin/v1/links", `{"user":"user:default/admin"}`).text("url"))
	}
	shown := person.do(http.MethodGet, list, "").body
	person.do(http.MethodPost, regexp.MustCompile(list+`/[0-9a-f-]{36}/end`).FindString(shown), csrf)
	person.do(http.MethodPost, list+"/end-others", csrf)
}
