package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

// recorded is one answer of the reference.
type recorded struct {
	Label   string
	Status  int
	Body    json.RawMessage
	Differs []string
}

// Recorded answers of the reference from which we do not differ are given word
// for word.
func TestTheRecordedAnswersOfTheReferenceStillHold(t *testing.T) {
	data, err := os.ReadFile("../../../../shared/vectors/backstage-oidc-http.json")
	if err != nil {
		t.Skip("the recorded answers of the reference are not here")
	}
	var file struct{ Exchanges []recorded }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	w := world{tokentest.Start(t, tokentest.WithConfig("oauth: {registration: true, client_metadata: {enabled: true}}")), t, nil}
	c := w.register("http://localhost:9999/cb", `,"client_name":"t1"`)
	b := w.browser(alice)
	live, _ := w.offlineOf(c, b)
	form := func(pairs ...string) url.Values {
		form := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	approve := func(bearer string) reply {
		a := w.agent()
		a.bearer = bearer
		return a.send(http.MethodPost, oauth.Base+"/v1/sessions/"+b.ask(c, "openid")+"/approve", "")
	}
	same := map[string]func() reply{
		"cli cimd doc":           func() reply { return b.get(oauth.CommandLinePath) },
		"approve no credentials": func() reply { return approve("") },
		"approve service principal": func() reply {
			return approve(w.Issue("group:default/platform", "ci", "catalog:read").Secret.Reveal())
		},
		"refresh: missing": func() reply { return w.agent().post(oauth.TokenPath, form("grant_type", "refresh_token")) },
		"refresh: unknown session": func() reply {
			return w.refresh(app{}, "00000000-0000-0000-0000-000000000000.abc")
		},
		"refresh: wrong client secret": func() reply { return w.refresh(c, live, "client_secret", "wrong") },
		"revoke: no client":            func() reply { return w.revoke(app{}, live) },
		"revoke: wrong secret":         func() reply { return w.revoke(c, live, "client_secret", "wrong") },
		"revoke: unknown token":        func() reply { return w.revoke(c, "whatever", "client_secret", c.secret) },
	}
	for _, one := range file.Exchanges {
		ask := same[one.Label]
		if ask == nil {
			continue
		}
		delete(same, one.Label)
		if len(one.Differs) > 0 {
			t.Errorf("%s: we differ by %v", one.Label, one.Differs)
		}
		got, want := ask(), strings.ReplaceAll(string(one.Body), "http://localhost:7117", w.URL)
		if got.status != one.Status || compact(got.body) != compact(want) {
			t.Errorf("%s: %d %s, want %d %s", one.Label, got.status, got.body, one.Status, want)
		}
	}
	if len(same) > 0 {
		t.Errorf("not recorded: %v", same)
	}
}

// offlineOf is offline for a client with a secret.
func (w world) offlineOf(c app, b agent) (string, reply) {
	w.t.Helper()
	got := w.must(w.agent().post(oauth.TokenPath, c.form(b.code(c, "openid offline_access"), "client_secret", c.secret)))
	return got.text("refresh_token"), got
}

// compact gives JSON without spaces; an empty text stays one.
func compact(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil || value == "" {
		return ""
	}
	data, _ := json.Marshal(value) // it was JSON a line ago
	return string(data)
}
