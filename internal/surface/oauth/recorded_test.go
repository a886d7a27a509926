package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/oauth"
)

// recorded is one answer of the reference.
type recorded struct {
	Seq     int
	Label   string
	Status  int
	Body    json.RawMessage
	Differs []string // rows of the contract by which ours is another one
}

// readRecorded reads what the reference answered, or skips.
func readRecorded(t *testing.T, name string) []recorded {
	t.Helper()
	data, err := os.ReadFile("../../../../shared/vectors/" + name)
	if err != nil {
		t.Skip("the recorded answers of the reference are not here")
	}
	var file struct{ Exchanges []recorded }
	if err := json.Unmarshal(data, &file); err != nil || len(file.Exchanges) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	return file.Exchanges
}

// stage is what the recorded requests are sent to: a server with two clients,
// and a browser in which alice has signed in.
type stage struct {
	world
	c, other app
	b        agent
}

// replay sends one recorded request and judges the answer.
type replay func(t *testing.T, s stage, one recorded)

// same wants the recorded status and, ids aside, the recorded body.
func same(ask func(s stage) reply) replay {
	return func(t *testing.T, s stage, one recorded) {
		t.Helper()
		if len(one.Differs) > 0 {
			t.Errorf("the contract has us differ by %v", one.Differs)
		}
		got, want := ask(s), strings.ReplaceAll(string(one.Body), "http://localhost:7117", s.URL)
		if got.status != one.Status || compact(got.body) != compact(want) {
			t.Errorf("%d %s, want %d %s", got.status, got.body, one.Status, want)
		}
	}
}

// ours wants another answer, which a row of the contract must tell.
func ours(status int, code, description string, ask func(s stage) reply) replay {
	return func(t *testing.T, s stage, one recorded) {
		t.Helper()
		if len(one.Differs) == 0 {
			t.Error("no row of the contract has us differ")
		}
		s.wants(ask(s), status, code, description)
	}
}

// like wants something of the answer.
func like(ask func(s stage) reply, good func(s stage, got reply) bool) replay {
	return func(t *testing.T, s stage, _ recorded) {
		t.Helper()
		if got := ask(s); !good(s, got) {
			t.Errorf("%d %s %s", got.status, got.header.Get("Location"), got.body)
		}
	}
}

// elsewhere are recorded requests to something that is no part of this surface.
func elsewhere() map[string]string {
	return map[string]string{
		"plugin jwks": "the keys of a plugin of the reference; the keys of our callers have tests in the rooms peer and verify",
	}
}

// Everything that was recorded is answered in the same way, or differs as the
// contract says.
func TestTheRecordedExchangesOfTheReference(t *testing.T) {
	list := readRecorded(t, "backstage-oidc-http.json")
	w := configured(t, "client_metadata: {enabled: true}")
	s := stage{world: w, c: w.register("http://localhost:9999/cb", `,"client_name":"t1"`), other: w.register("http://localhost:9999/cb", ""), b: w.browser(alice)}
	replays := recordedReplays()
	for _, one := range list {
		if elsewhere()[one.Label] != "" {
			continue
		}
		do := replays[one.Label]
		if do == nil {
			t.Errorf("%d %s is not replayed", one.Seq, one.Label)
			continue
		}
		delete(replays, one.Label)
		t.Run(one.Label, func(t *testing.T) {
			here := s
			here.t, here.b.t = t, t
			do(t, here, one)
		})
	}
	if len(replays) > 0 {
		t.Errorf("not recorded: %v", replays)
	}
}

// Rows of section 5: the command line of the reference, by its document.
func TestTheRecordedExchangesOfTheCommandLine(t *testing.T) {
	list := readRecorded(t, "backstage-cimd-http.json")
	w := configured(t, "client_metadata: {enabled: true}")
	c := app{w.URL + oauth.CommandLinePath, "", loopback}
	s := stage{world: w, c: c, b: w.browser(alice)}
	authorize := func(redirect string) func(s stage) reply {
		return func(s stage) reply {
			return s.b.get(oauth.AuthorizePath + "?" + s.c.authorizeQuery("openid offline_access", "redirect_uri", redirect).Encode())
		}
	}
	var raw string
	replays := map[string]replay{
		"discovery": like(discovery, func(_ stage, got reply) bool { return got.members["client_id_metadata_document_supported"] == true }),
		"cimd other loopback port (allowed: port ignored)": like(authorize("http://127.0.0.1:49152/callback"), isAsked),
		"cimd other path": like(authorize("http://127.0.0.1:8055/other"), isPageWithoutRedirect),
		"cimd ok":         like(authorize(loopback), isAsked),
		"session": like(func(s stage) reply {
			return s.b.get(oauth.Base + "/v1/sessions/" + s.b.ask(s.c, "openid offline_access"))
		},
			func(s stage, got reply) bool {
				return got.status == http.StatusOK && got.text("clientId") == s.c.id && got.text("clientName") == "Backstage CLI" &&
					got.text("scope") == "openid offline_access" && got.text("redirectUri") == loopback
			}),
		"token": like(func(s stage) reply { return s.redeem(s.c, s.b.code(s.c, "openid offline_access")) },
			func(_ stage, got reply) bool {
				raw = got.text("refresh_token")
				return got.text("token_type") == "Bearer" && got.text("scope") == "openid offline_access" && len(raw) == 80 && got.text("id_token") != ""
			}),
		"revoke with client_id only": same(func(s stage) reply { return s.revoke(s.c, raw) }),
	}
	for _, one := range list {
		do := replays[one.Label]
		if do == nil {
			t.Errorf("%d %s is not replayed", one.Seq, one.Label)
			continue
		}
		t.Run(one.Label, func(t *testing.T) {
			here := s
			here.t, here.b.t = t, t
			do(t, here, one)
		})
	}
	w.refused(w.refresh(c, raw))
}

func discovery(s stage) reply { return s.b.get(oauth.Base + "/.well-known/openid-configuration") }

// isAsked: the person is led to the question.
func isAsked(s stage, got reply) bool {
	return got.status == http.StatusFound && strings.HasPrefix(got.header.Get("Location"), s.URL+oauth.ConsentPath+"/")
}

func isPageWithoutRedirect(_ stage, got reply) bool {
	return got.status == http.StatusBadRequest && got.header.Get("Location") == "" && strings.HasPrefix(got.header.Get("Content-Type"), "text/html")
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

// formOf gives a form of name, value pairs.
func formOf(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}
