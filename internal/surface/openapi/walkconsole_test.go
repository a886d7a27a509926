package openapi_test

import (
	"net/http"
	"net/url"
	"regexp"
)

// walkConsole goes through the pages as an administrator.
func walkConsole(v *visitor) {
	const list = "/admin/access-tokens"
	link := v.do(http.MethodPost, "/api/admin/v1/links", `{"user":"user:default/admin"}`).text("url")
	person := visitAgain(v)
	person.signIn(link)
	csrf := "csrf=" + url.QueryEscape(person.csrf)
	person.csrf = "" // a form has it as a field
	home := person.do(http.MethodGet, "/", "")
	person.do(http.MethodGet, regexp.MustCompile(`/static/[^"]+\.css`).FindString(home.body), "")
	person.do(http.MethodPost, "/preferences", "theme=dark&next=%2F")
	person.do(http.MethodGet, list+"?state=active&sort=name&order=asc", "")
	person.do(http.MethodGet, list+"/new", "")
	form := csrf + "&name=walked&description=x&group=group%3Adefault%2Fplatform&expiry=30&access=read"
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
