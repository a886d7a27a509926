package proof_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tokenwright/tokenwright/api"
)

// use is a request with a secret where it may be, or where it must not be.
type use struct {
	method, target string
	header         http.Header
	form, json     string
}

// label says what is asked, with the secret left out.
func (u use) label() string {
	text := fmt.Sprintf("%s %s %s%s", u.method, u.target, u.form, u.json)
	for {
		before, after, found := strings.Cut(text, "bsat_")
		if !found {
			return text
		}
		text = before + "SECRET" + strings.TrimLeft(after, base62)
	}
}

func bearer(raw string) http.Header { return http.Header{"Authorization": {"Bearer " + raw}} }

// uses gives requests that carry the secret in every part of a request. One is
// missing: a secret as the scope that a proxy demands. The refusal has to name
// the demand (row C4 of the answer contract), so it would come back.
func uses(raw string) []use {
	const service, tokens = "/api/access-tokens/service", api.Base + api.PathTokens
	return []use{
		{method: "GET", target: "/forward-auth?scope=" + held, header: bearer(raw)},
		{method: "GET", target: "/forward-auth?scope=" + beyond, header: bearer(raw)},
		{method: "GET", target: "/forward-auth?scope=" + held, header: http.Header{"X-Api-Key": {raw}}},
		{method: "GET", target: "/forward-auth?scope=" + held, header: http.Header{"Authorization": {"Bearer " + raw, "Bearer " + raw}}},
		{method: "GET", target: "/forward-auth", header: http.Header{"X-Forwarded-Uri": {"/x?access_token=" + raw}, "X-Forwarded-Method": {"GET"}}},
		{method: "GET", target: service, header: bearer(raw)},
		{method: "GET", target: tokens, header: bearer(raw)},
		{method: "GET", target: tokens, header: bearer(raw + "x")},
		{method: "GET", target: tokens, header: http.Header{"Authorization": {raw}}},
		{method: "GET", target: tokens, header: http.Header{"Cookie": {"session=" + raw}}},
		{method: "GET", target: service + "?access_token=" + raw},
		{method: "GET", target: service + "?q=" + raw},
		{method: "GET", target: service + "?sort=" + raw},
		{method: "GET", target: service + "?" + raw + "=1"},
		{method: "GET", target: service + "/" + raw},
		{method: "DELETE", target: service + "/" + raw, json: `{"reason":7}`},
		{method: "GET", target: tokens + "/" + raw},
		{method: "GET", target: "/" + raw},
		{method: "GET", target: "/sign-in/" + raw},
		{method: raw, target: service},
		{method: "GET", target: service, header: http.Header{"Referer": {raw}, "User-Agent": {raw}, "X-Request-Id": {raw}, "X-Forwarded-For": {raw}, raw: {raw}}},
		{method: "POST", target: service, json: `{"name":"` + raw + `","description":"x","groupEntityRef":"` + platform + `","scopes":["` + held + `"]}`},
		{method: "POST", target: service, json: `{"name":"x","description":"x","groupEntityRef":"` + raw + `","scopes":["` + raw + `"],"expiresAt":"` + raw + `"}`},
		{method: "POST", target: service, json: `{"` + raw + `":1}`},
		{method: "POST", target: service, json: `{"name":"` + raw},
		{method: "POST", target: tokens, json: `{"kind":"` + raw + `"}`},
		{method: "POST", target: tokens, json: `{"kind":"service","name":"` + raw + `","owner":"` + raw + `","scopes":["` + raw + `"]}`},
		{method: "POST", target: api.Base + api.PathVerify, json: `{"token":"` + raw + `"}`},
		{method: "POST", target: api.Base + api.PathRoleGrant, json: `{"ref":"user:default/alice","role":"` + raw + `"}`},
		{method: "POST", target: api.Base + api.PathLinks, json: `{"user":"` + raw + `"}`},
		{method: "POST", target: "/oauth2/introspect", form: "token=" + raw},
		{method: "POST", target: "/oauth2/introspect", form: "token=" + raw + "&token=" + raw},
		{method: "POST", target: "/oauth2/introspect?token=" + raw, form: "x=" + raw},
		{method: "POST", target: "/oauth2/introspect/batch", json: `{"tokens":["` + raw + `","` + raw[:30] + `",7]}`},
		{method: "POST", target: "/oauth2/revoke?token=" + raw, form: "token_type_hint=" + raw},
		{method: "POST", target: "/oauth2/revoke", form: "token=" + raw[:len(raw)-1]},
	}
}
