package user_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/internal/surface/user"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// People of the demonstration directory.
const (
	admin = "user:default/admin"
	alice = "user:default/alice"
	bob   = "user:default/bob"
)

// roles gives bob reading alone and carol, who is added by the tests that need
// her, writing alone.
const roles = `
roles:
  reader: ["access-tokens:user-admin:read"]
  writer: ["access-tokens:user-admin:write"]
bindings:
  - {role: reader, to: ["user:default/bob"]}
  - {role: writer, to: ["user:default/alice"]}
`

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, with ...tokentest.Option)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t) })
	t.Run("postgres", func(t *testing.T) {
		test(t, tokentest.WithDatabase(pgtest.Start(t).Database(t, nil)))
	})
}

// surface is a running server with the bearers of its people.
type surface struct {
	*tokentest.Server
	t     testing.TB
	clock *tokentest.Clock
}

func start(t testing.TB, with ...tokentest.Option) surface {
	t.Helper()
	clock := tokentest.NewClock(time.Now().Add(time.Second).Truncate(time.Second).Add(998 * time.Millisecond))
	with = append([]tokentest.Option{tokentest.WithClock(clock), tokentest.WithConfig(roles)}, with...)
	return surface{tokentest.Start(t, with...), t, clock}
}

// answer is what came back; members is the body when it is a JSON object.
type answer struct {
	status  int
	header  http.Header
	body    string
	members map[string]any
}

// call sends a request with a bearer ("" for none). body is "" for none.
func (s surface) call(bearer, method, path, body string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body == "" {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Add(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	out := answer{status: resp.StatusCode, header: resp.Header, body: string(data)}
	_ = json.Unmarshal(data, &out.members)
	return out
}

// as sends a request to the surface as a person.
func (s surface) as(person, method, path, body string, headers ...string) answer {
	s.t.Helper()
	return s.call(s.UserToken(person), method, user.Base+path, body, headers...)
}

// want fails the test when an answer is not this status with this error text.
func (s surface) want(got answer, status int, text string) {
	s.t.Helper()
	said, _ := got.members["error"].(string)
	if got.status != status || said != text || text != "" && len(got.members) != 1 {
		s.t.Errorf("answer %d %.300s, want %d %q", got.status, got.body, status, text)
	}
}

// wish is the body of an issue for alice; more are members to add or replace.
func wish(name string, more ...string) string {
	members := map[string]json.RawMessage{
		"user": json.RawMessage(`"user:default/alice"`), "permissions": json.RawMessage(`["upload"]`),
	}
	quoted, _ := json.Marshal(name)
	members["name"] = quoted
	for _, one := range more {
		key, value, _ := strings.Cut(one, "=")
		if value == "" {
			delete(members, key)
			continue
		}
		members[key] = json.RawMessage(value)
	}
	body, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return string(body)
}

// issue makes a token as the administrator.
func (s surface) issue(name string, more ...string) (id, raw string) {
	s.t.Helper()
	got := s.as(admin, "POST", "", wish(name, more...))
	if got.status != http.StatusCreated {
		s.t.Fatalf("issue %q = %d %s", name, got.status, got.body)
	}
	record, _ := got.members["token"].(map[string]any)
	id, _ = record["id"].(string)
	raw, _ = got.members["rawToken"].(string)
	return id, raw
}

// good reports whether introspection finds a token active for a demand, "" for
// none.
func (s surface) good(raw, scope string) bool {
	s.t.Helper()
	form := "token=" + raw
	if scope != "" {
		form += "&require_scope=true&scope=" + scope
	}
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.URL+"/oauth2/introspect", strings.NewReader(form))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+s.UserToken(admin))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var said struct{ Active bool }
	if err := json.NewDecoder(resp.Body).Decode(&said); err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("introspection: %d %v", resp.StatusCode, err)
	}
	return said.Active
}
