package forwardauth_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		// Written as it stands: the target is meant to be odd.
		u = &url.URL{Scheme: "http", Host: "127.0.0.1", Opaque: raw}
	}
	return u
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestACredentialComesFromOneOfThreePlaces(t *testing.T) {
	s := tokentest.Start(t)
	off := tokentest.Start(t, tokentest.WithConfig("forward_auth: {basic: false}"))
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	offRaw := off.Issue(platform, "ci", "catalog:read").Secret.Reveal()

	for _, tc := range []struct {
		name      string
		server    *tokentest.Server
		header    map[string]string
		twice     map[string]string
		status    int
		challenge string
	}{
		{"a bearer", s, map[string]string{"Authorization": "Bearer " + raw}, nil, 200, ""},
		{"a bearer in any case", s, map[string]string{"Authorization": "bEARER " + raw}, nil, 200, ""},
		{"two spaces", s, map[string]string{"Authorization": "Bearer  " + raw}, nil, 200, ""},
		{"the password of Basic", s, map[string]string{"Authorization": basic("anybody", raw)}, nil, 200, ""},
		{"no name in Basic", s, map[string]string{"Authorization": basic("", raw)}, nil, 200, ""},
		{"an API key", s, map[string]string{"X-API-Key": raw}, nil, 200, ""},

		{"a tab (J26)", s, map[string]string{"Authorization": "Bearer\t" + raw}, nil, 401, challenge},
		{"twice Bearer (J26)", s, map[string]string{"Authorization": "Bearer Bearer " + raw}, nil, 401, challenge},
		{"in quotes (J26)", s, map[string]string{"Authorization": `Bearer "` + raw + `"`}, nil, 401, badToken},
		{"another scheme", s, map[string]string{"Authorization": "Digest " + raw}, nil, 401, challenge},
		{"no scheme", s, map[string]string{"Authorization": raw}, nil, 401, challenge},
		{"the name of Basic", s, map[string]string{"Authorization": basic(raw, "x")}, nil, 401, badToken},
		{"Basic with a long s (T-16)", s, map[string]string{"Authorization": "Ba\u017f" + basic("x", raw)[3:]}, nil, 401, challenge},
		{"Basic without a colon", s, map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(raw))}, nil, 401, badToken},
		{"Basic without base64", s, map[string]string{"Authorization": "Basic :" + raw}, nil, 401, badToken},
		{"an empty password", s, map[string]string{"Authorization": basic("x", "")}, nil, 401, badToken},
		{"a bad API key", s, map[string]string{"X-API-Key": raw + "x"}, nil, 401, badToken},
		{"a cookie", s, map[string]string{"Cookie": "token=" + raw}, nil, 401, challenge},
		{"an underscore (D-03)", s, map[string]string{"X_API_Key": raw}, nil, 401, challenge},

		{"a bearer and a key (C3)", s, map[string]string{"Authorization": "Bearer " + raw, "X-API-Key": raw}, nil, 400, ""},
		{"Basic and a key (C3)", s, map[string]string{"Authorization": basic("x", raw), "X-API-Key": raw}, nil, 400, ""},
		{"two keys (C3)", s, map[string]string{"X-API-Key": raw}, map[string]string{"X-API-Key": "x"}, 400, ""},
		{"two authorizations (C3)", s, map[string]string{"Authorization": "Bearer " + raw}, map[string]string{"Authorization": "Bearer x"}, 400, ""},

		{"Basic where it is off", off, map[string]string{"Authorization": basic("x", offRaw)}, nil, 401, challenge},
		{"a bearer where Basic is off", off, map[string]string{"Authorization": "Bearer " + offRaw}, nil, 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ask(t, tc.server, question{query: "scope=catalog:read", header: tc.header, twice: tc.twice})
			wantStatus(t, got, tc.status)
			if c := got.header.Get("WWW-Authenticate"); c != tc.challenge {
				t.Errorf("challenge is %s, want %s", c, tc.challenge)
			}
		})
	}
}

// Row B-06.
func TestATokenInTheOriginalURLIsRefused(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithConfig(proxied))
	raw := s.Issue(platform, "ci", "catalog:read").Secret.Reveal()
	for target, status := range map[string]int{
		"/api/catalog/x?token=" + raw:                                    400,
		"/api/catalog/x?a=b&key=" + raw:                                  400,
		"/api/catalog/x?a=b&" + raw:                                      400, // in a log it is one, whatever stands before it
		"/api/catalog/x?q=" + url.QueryEscape(raw[:4]) + "%5f" + raw[5:]: 400,
		"/api/catalog/x?access_token=anything":                           400,
		"/api/catalog/x?access%5Ftoken=anything":                         400,
		"/public/x?token=" + raw:                                         400,
		"/api/catalog/x?token=of-the-application":                        200,
		"/api/catalog/x?q=a%zz":                                          200,
	} {
		got := ask(t, s, question{header: nginx("GET", target, raw)})
		if got.status != status {
			t.Errorf("%s: got %d, want %d", target, got.status, status)
		}
	}
	got := ask(t, s, question{query: "scope=catalog:read&token=" + raw})
	if got.status != http.StatusBadRequest {
		t.Errorf("in the forward-auth URL: got %d", got.status)
	}
}
