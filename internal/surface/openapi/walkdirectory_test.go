package openapi_test

import (
	"net/http"
	"regexp"
)

// walkWorkspacePages makes a workspace, its members, and tokens in it.
func walkWorkspacePages(person *visitor, csrf string) {
	const list, one = "/admin/workspaces", "/admin/workspaces/walked"
	const ref = "&user=user%3Adefault%2Fadmin"
	person.do(http.MethodGet, list+"/new", "")
	person.do(http.MethodPost, list+"/new", csrf+"&name=walked")
	person.do(http.MethodGet, list+"?q=walk", "")
	person.do(http.MethodGet, one+"/join", "")
	person.do(http.MethodPost, one+"/join", csrf+ref+"&role=owner")
	person.do(http.MethodGet, one+"/members?q=admin", "")

	const mine = "/settings/workspaces"
	const tokens = mine + "/walked/api-tokens"
	person.do(http.MethodGet, mine, "")
	walkTokensInside(person, csrf, tokens)

	person.do(http.MethodGet, one+"/disable", "")
	person.do(http.MethodPost, one+"/disable", csrf)
	person.do(http.MethodPost, one+"/enable", csrf)
	person.do(http.MethodGet, one+"/leave?user=user%3Adefault%2Fadmin", "")
	person.do(http.MethodPost, one+"/leave", csrf+ref)
}

// walkTokensInside makes a token by its form, does to it what the pages can do,
// and replaces it at the end.
func walkTokensInside(person *visitor, csrf, list string) {
	const fields = "&name=walked&expiry=30&access=read-write"
	person.do(http.MethodGet, list+"?view=all&state=active&sort=name&order=asc", "")
	person.do(http.MethodGet, list+"/new", "")
	person.do(http.MethodPost, list+"/new/summary", csrf+fields)
	id := regexp.MustCompile(list + `/[0-9a-f-]{36}`)
	token := id.FindString(person.do(http.MethodPost, list+"/new", csrf+fields).body)
	person.do(http.MethodGet, token, "")
	person.do(http.MethodGet, token+"/disable", "")
	person.do(http.MethodPost, token+"/disable", csrf)
	person.do(http.MethodPost, token+"/enable", csrf)
	person.do(http.MethodGet, token+"/rotate", "")
	token = id.FindString(person.do(http.MethodPost, token+"/rotate", csrf+"&hint=&overlap=0&access=read-only").body)
	person.do(http.MethodGet, token+"/revoke", "")
	person.do(http.MethodPost, token+"/revoke", csrf+"&reason=x")
}

// walkPeoplePages adds a person and a group, and does to them what the pages can
// do.
func walkPeoplePages(v, person *visitor, csrf string) {
	const people, groups = "/admin/people", "/admin/groups"
	const one, group = people + "/default/walker", groups + "/default/walkers"
	person.do(http.MethodGet, people+"?state=enabled", "")
	person.do(http.MethodGet, people+"/new", "")
	person.do(http.MethodPost, people+"/new", csrf+"&ref=user%3Adefault%2Fwalker&name=Walker")
	person.do(http.MethodGet, groups+"/new", "")
	person.do(http.MethodPost, groups+"/new", csrf+"&ref=group%3Adefault%2Fwalkers")
	person.do(http.MethodGet, groups+"?q=walk", "")
	person.do(http.MethodGet, one+"/join", "")
	person.do(http.MethodPost, one+"/join", csrf+"&ref=group%3Adefault%2Fwalkers")
	person.do(http.MethodGet, group+"/join", "")
	person.do(http.MethodPost, group+"/join", csrf+"&ref=user%3Adefault%2Falice")
	person.do(http.MethodGet, group, "")
	for _, path := range []string{one, group} {
		person.do(http.MethodGet, path+"/roles/grant", "")
		person.do(http.MethodPost, path+"/roles/grant", csrf+"&role=auditor")
		person.do(http.MethodGet, path+"/roles/withdraw?role=auditor", "")
		person.do(http.MethodPost, path+"/roles/withdraw", csrf+"&role=auditor")
	}
	person.do(http.MethodGet, group+"/leave?user=user%3Adefault%2Fwalker&from=person", "")
	person.do(http.MethodPost, group+"/leave", csrf+"&user=user%3Adefault%2Fwalker&from=person")

	for range 2 {
		visitAgain(v).signIn(v.do(http.MethodPost, "/api/admin/v1/links", `{"user":"user:default/walker"}`).text("url"))
	}
	shown := person.do(http.MethodGet, one, "").body
	person.do(http.MethodPost, regexp.MustCompile(one+`/sessions/[0-9a-f-]{36}/end`).FindString(shown), csrf)
	for _, change := range []string{"/sessions/end", "/rebind", "/disable"} {
		person.do(http.MethodGet, one+change, "")
		person.do(http.MethodPost, one+change, csrf)
	}
	person.do(http.MethodPost, one+"/enable", csrf)
}
