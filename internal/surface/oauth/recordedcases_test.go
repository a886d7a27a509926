package oauth_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

// recordedReplays gives what is sent for each recorded request.
func recordedReplays() map[string]replay {
	all := map[string]replay{}
	for _, some := range []map[string]replay{aboutDocuments(), aboutRegistering(), aboutAuthorizing(), aboutCodes(), aboutRefreshing(), aboutRevoking()} {
		maps.Copy(all, some)
	}
	return all
}

func aboutDocuments() map[string]replay {
	return map[string]replay{
		"discovery": like(discovery, func(s stage, got reply) bool {
			return got.text("issuer") == s.issuer() && got.text("token_endpoint") == s.issuer()+"/v1/token" &&
				got.text("userinfo_endpoint") == s.issuer()+"/v1/userinfo" && got.text("jwks_uri") == s.issuer()+"/.well-known/jwks.json" &&
				compact(got.body) != "" && strings.Contains(got.body, `"id_token_signing_alg_values_supported":["ES256"]`) &&
				strings.Contains(got.body, `"code_challenge_methods_supported":["S256"]`)
		}),
		"jwks": like(func(s stage) reply { return s.b.get(oauth.Base + "/.well-known/jwks.json") }, func(_ stage, got reply) bool {
			keys, _ := got.members["keys"].([]any)
			key, _ := keys[0].(map[string]any)
			delete(key, "use") // which says that they sign (RFC 7517 section 4.2), PER-25
			return len(keys) == 1 && slices.Equal(slices.Sorted(maps.Keys(key)), []string{"alg", "crv", "kid", "kty", "x", "y"}) &&
				key["kty"] == "EC" && key["crv"] == "P-256" && key["alg"] == "ES256"
		}),
		"cli cimd doc": same(func(s stage) reply { return s.b.get(oauth.CommandLinePath) }),
		"decoded user token from sign-in": func(t *testing.T, s stage, _ recorded) {
			t.Helper()
			header, payload := claims(t, s.UserToken(alice))
			if header["typ"] != "vnd.backstage.user" || header["alg"] != "ES256" || payload["iss"] != s.issuer() ||
				payload["sub"] != alice || payload["aud"] != "backstage" || payload["custom"] != nil {
				t.Errorf("%v %v", header, payload)
			}
		},
		"access token on probe": func(t *testing.T, s stage, _ recorded) {
			t.Helper()
			_, got := s.offlineOf(s.c, s.b)
			if !s.works(got.text("access_token")) {
				t.Error("the access token opens nothing")
			}
		},
		"userinfo with access token": like(func(s stage) reply {
			_, got := s.offlineOf(s.c, s.b)
			a := s.agent()
			a.bearer = got.text("access_token")
			return a.get(oauth.UserInfoPath)
		}, func(_ stage, got reply) bool {
			const members = `"sub":"` + alice + `","ent":["` + alice + `","group:default/platform"]`
			return got.body == `{`+members+`,"claims":{`+members+`}}`
		}),
	}
}

func aboutRegistering() map[string]replay {
	register := func(body string) func(s stage) reply {
		return func(s stage) reply { return s.registration(admin, body) }
	}
	registered := func(_ stage, got reply) bool {
		return got.status == http.StatusCreated && len(got.text("client_id")) == 36 && len(got.text("client_secret")) == 43 &&
			strings.Contains(got.body, `"redirect_uris":["`)
	}
	const badRedirect = "A redirect URI must be an absolute https address, an http address of this machine, or of a scheme with a dot; without fragment, credentials and wildcards"
	return map[string]replay{
		"register ok": like(register(`{"client_name":"t1","redirect_uris":["http://localhost:9999/cb"],"grant_types":["authorization_code"],`+
			`"response_types":["code"],"scope":"openid offline_access","token_endpoint_auth_method":"client_secret_post"}`), registered),
		"register second client":   like(register(`{"client_name":"t2","redirect_uris":["http://localhost:9999/cb"]}`), registered),
		"register disallowed host": like(register(`{"redirect_uris":["https://backstage.example.com/api/access-tokens/personal/mint/callback"]}`), registered),
		"register no redirect_uris": ours(http.StatusBadRequest, "invalid_redirect_uri", "redirect_uris must be an array of 1 to 20 addresses",
			register(`{"client_name":"x"}`)),
		"register bad url": ours(http.StatusBadRequest, "invalid_redirect_uri", badRedirect, register(`{"redirect_uris":["nope"]}`)),
	}
}

func aboutAuthorizing() map[string]replay {
	authorize := func(changes ...string) func(s stage) reply {
		return func(s stage) reply {
			return s.b.get(oauth.AuthorizePath + "?" + s.c.authorizeQuery("openid offline_access", changes...).Encode())
		}
	}
	answer := func(verb string) func(s stage) reply {
		return func(s stage) reply {
			path := oauth.Base + "/v1/sessions/" + s.b.ask(s.c, "openid")
			return s.b.send(http.MethodPost, path+"/"+verb, "{}", "Content-Type: application/json", "Origin: "+s.URL, "X-Csrf-Token: "+s.b.get(path).text("csrf"))
		}
	}
	as := func(bearer func(s stage) string, verb string) func(s stage) reply {
		return func(s stage) reply {
			a, method := s.agent(), http.MethodPost
			if verb == "" {
				method = http.MethodGet
			}
			a.bearer = bearer(s)
			return a.send(method, oauth.Base+"/v1/sessions/"+s.b.ask(s.c, "openid")+verb, "")
		}
	}
	nobody := func(stage) string { return "" }
	service := func(s stage) string { return s.Issue("group:default/platform", "ci", "catalog:read").Secret.Reveal() }
	refused := func(s stage, got reply) bool {
		return got.status == http.StatusSeeOther && got.location(s.t, "error") == "invalid_request" && got.location(s.t, "iss") == s.issuer()
	}
	return map[string]replay{
		"authorize ok":                        like(authorize(), isAsked),
		"authorize for reject":                like(authorize("state", "st2"), isAsked),
		"authorize unknown client":            like(authorize("client_id", "nope"), isPageWithoutRedirect),
		"authorize other redirect":            like(authorize("redirect_uri", "http://localhost:9998/cb"), isPageWithoutRedirect),
		"authorize bad method":                like(authorize("code_challenge_method", "S512"), refused),
		"authorize without PKCE (DCR client)": like(authorize("code_challenge", "", "code_challenge_method", ""), refused),
		"session get, no credentials":         ours(http.StatusForbidden, "access_denied", "Authentication required", as(nobody, "")),
		"approve no credentials":              same(as(nobody, "/approve")),
		"approve service principal":           same(as(service, "/approve")),
		"approve ok (alice)": like(answer("approve"), func(s stage, got reply) bool {
			to, rest, _ := strings.Cut(got.text("redirectUrl"), "?code=")
			return got.status == http.StatusOK && to == s.c.redirect && len(rest) > 43 && strings.HasPrefix(rest[43:], "&state=st-1&iss=")
		}),
		"reject ok": like(answer("reject"), func(s stage, got reply) bool {
			return strings.HasPrefix(got.text("redirectUrl"),
				s.c.redirect+"?error=access_denied&error_description=User+denied+the+request&state=st-1&iss=")
		}),
		"session get after approve": ours(http.StatusBadRequest, "invalid_request", "Authorization session not found or expired", func(s stage) reply {
			id := s.b.ask(s.c, "openid")
			s.b.say(id, "approve")
			return s.b.get(oauth.Base + "/v1/sessions/" + id)
		}),
	}
}

func aboutCodes() map[string]replay {
	post := func(form func(s stage) []string) func(s stage) reply {
		return func(s stage) reply { return s.agent().post(oauth.TokenPath, formOf(form(s)...)) }
	}
	const needsClient = "client_id is required"
	return map[string]replay{
		"token: missing grant_type": ours(http.StatusBadRequest, "invalid_request", "grant_type is required",
			post(func(s stage) []string { return []string{"code", s.b.code(s.c, "openid")} })),
		"token: unknown code": ours(http.StatusBadRequest, "invalid_request", needsClient, post(func(s stage) []string {
			return []string{"grant_type", "authorization_code", "code", "nope", "redirect_uri", s.c.redirect, "code_verifier", verifier}
		})),
		"token: no verifier": ours(http.StatusBadRequest, "invalid_request", needsClient, post(func(s stage) []string {
			return []string{"grant_type", "authorization_code", "code", s.b.code(s.c, "openid"), "redirect_uri", s.c.redirect}
		})),
		"token: code exchange WITHOUT any client authentication": ours(http.StatusBadRequest, "invalid_request", needsClient, post(func(s stage) []string {
			return []string{"grant_type", "authorization_code", "code", s.b.code(s.c, "openid"), "redirect_uri", s.c.redirect, "code_verifier", verifier}
		})),
		"decoded access token from /v1/token": func(t *testing.T, s stage, _ recorded) {
			t.Helper()
			raw, got := s.offlineOf(s.c, s.b)
			header, payload := claims(t, got.text("access_token"))
			id, random, _ := strings.Cut(raw, ".")
			if header["typ"] != "vnd.backstage.user" || payload["sub"] != alice || len(id) != 36 || len(random) != 43 ||
				got.text("id_token") == got.text("access_token") {
				t.Errorf("%v %v %s", header, payload, raw)
			}
		},
	}
}

func aboutRefreshing() map[string]replay {
	refresh := func(raw string) func(s stage) reply {
		return func(s stage) reply { return s.refresh(app{}, raw) }
	}
	return map[string]replay{
		"refresh: missing":         same(func(s stage) reply { return s.agent().post(oauth.TokenPath, formOf("grant_type", "refresh_token")) }),
		"refresh: three parts":     ours(http.StatusBadRequest, "invalid_grant", badRefresh, refresh("a.b.c")),
		"refresh: unknown session": same(refresh("00000000-0000-0000-0000-000000000000.abc")),
		"refresh: wrong client secret": same(func(s stage) reply {
			raw, _ := s.offlineOf(s.c, s.b)
			return s.refresh(s.c, raw, "client_secret", "bad")
		}),
		"refresh: ok, no client auth, form": ours(http.StatusBadRequest, "invalid_grant", badRefresh, func(s stage) reply {
			raw, _ := s.offlineOf(s.c, s.b)
			return s.refresh(app{}, raw)
		}),
		"refresh: after a reuse attempt the new token still works (JSON, basic auth)": ours(http.StatusBadRequest, "invalid_grant", badRefresh,
			func(s stage) reply {
				former, _ := s.offlineOf(s.c, s.b)
				next := s.must(s.refresh(s.c, former, "client_secret", s.c.secret)).text("refresh_token")
				s.refused(s.refresh(s.c, former, "client_secret", s.c.secret))
				return s.refresh(s.c, next, "client_secret", s.c.secret)
			}),
		"rotation keeps session id": func(t *testing.T, s stage, _ recorded) {
			t.Helper()
			raw, _ := s.offlineOf(s.c, s.b)
			if next := s.must(s.refresh(s.c, raw, "client_secret", s.c.secret)).text("refresh_token"); next == raw || next[:36] != raw[:36] {
				t.Errorf("%s after %s", next, raw)
			}
		},
		// The reference takes it without the client; what is the same is that
		// nobody else's grant ends it.
		"grant to ANOTHER user with same client: alice token still works": func(t *testing.T, s stage, _ recorded) {
			t.Helper()
			raw, _ := s.offlineOf(s.c, s.b)
			s.offlineOf(s.c, s.browser(bob))
			s.must(s.refresh(s.c, raw, "client_secret", s.c.secret))
		},
		"21 grants for one user with 21 clients, cap 20: which still refresh": func(t *testing.T, s stage, _ recorded) {
			t.Helper()
			s.clock.Advance(time.Minute) // registrations are counted
			raws := map[app]string{}
			for range 21 {
				c := s.register("http://localhost:9999/cb", "")
				raws[c], _ = s.offlineOf(c, s.b)
			}
			for c, raw := range raws {
				s.must(s.refresh(c, raw, "client_secret", c.secret))
			}
		},
		"refresh after user returned (session was deleted)": same(func(s stage) reply {
			raw, _ := s.offlineOf(s.c, s.browser(bob))
			s.local(http.MethodPost, "/api/admin/v1/users/disable", `{"ref":"`+bob+`"}`)
			s.refused(s.refresh(s.c, raw, "client_secret", s.c.secret))
			s.local(http.MethodPost, "/api/admin/v1/users/enable", `{"ref":"`+bob+`"}`)
			return s.refresh(s.c, raw, "client_secret", s.c.secret)
		}),
	}
}

func aboutRevoking() map[string]replay {
	live := func(s stage) string {
		raw, _ := s.offlineOf(s.c, s.b)
		return raw
	}
	return map[string]replay{
		"revoke: no client":     same(func(s stage) reply { return s.revoke(app{}, live(s)) }),
		"revoke: wrong secret":  same(func(s stage) reply { return s.revoke(s.c, live(s), "client_secret", "x") }),
		"revoke: unknown token": same(func(s stage) reply { return s.revoke(s.c, "whatever", "client_secret", s.c.secret) }),
		"revoke: missing token": ours(http.StatusBadRequest, "invalid_request", "token is required", func(s stage) reply {
			return s.agent().post(oauth.RevokePath, formOf("client_id", s.c.id, "client_secret", s.c.secret))
		}),
		"revoke: OTHER client, right session id, WRONG secret part": func(t *testing.T, s stage, _ recorded) {
			t.Helper()
			raw := live(s)
			s.done(s.revoke(s.other, raw[:37]+"zzz", "client_secret", s.other.secret))
			s.must(s.refresh(s.c, raw, "client_secret", s.c.secret))
		},
	}
}
