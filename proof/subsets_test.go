package proof_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/tokentest"
)

// The six permissions about tokens that a role can hold, and six scopes that a
// token can carry. Subset n of either has the members whose bits n has.
func sixPermissions() []string {
	return []string{
		"access-tokens:service:read", "access-tokens:service:write", "access-tokens:service:revoke",
		"access-tokens:user-admin:read", "access-tokens:user-admin:write", "access-tokens:user-admin:revoke",
	}
}

func sixScopes() []string {
	return []string{held, beyond, "techdocs:read", "scaffolder:read", "scaffolder:execute", "six:th"}
}

func subset(of []string, n int) []string {
	var list []string
	for i, one := range of {
		if n>>i&1 == 1 {
			list = append(list, one)
		}
	}
	return list
}

const subsets = 1 << 6

// want is one request that makes, widens, extends, ends or lists tokens.
type want struct {
	name   string
	needs  string // the permission by which people may
	bearer bool   // the route also takes services
	alone  bool   // only asked with tokens: what people may is not a permission
	// lists: asks for one's own tokens, which everybody who acts as a person
	// may see.
	lists        bool
	method, path string // ID is a token's
	body         string
	about        string // "service", "user" or "workspace": whose ID
	rpc          bool   // the answer is in an envelope
}

// wants are the verbs of every surface about tokens.
func wants() []want {
	const admin, mount = api.Base + "/tokens", "/api/access-tokens/"
	serviceRead, serviceWrite, serviceRevoke := sixPermissions()[0], sixPermissions()[1], sixPermissions()[2]
	userRead, userWrite, userRevoke := sixPermissions()[3], sixPermissions()[4], sixPermissions()[5]
	all := `["` + strings.Join(sixScopes(), `","`) + `"]`
	return []want{
		{name: "make a service token", needs: serviceWrite, method: "POST", path: mount + "service", body: `{"name":"NAME","description":"d","groupEntityRef":"` + platform + `","scopes":` + all + `}`},
		{name: "make a service token, admin", needs: serviceWrite, bearer: true, method: "POST", path: admin, body: `{"kind":"service","name":"NAME","description":"d","owner":"platform","scopes":` + all + `}`},
		{name: "extend a service token", needs: serviceWrite, method: "POST", path: mount + "service/ID/rotate", body: `{}`, about: "service"},
		{name: "extend a service token, admin", needs: serviceWrite, bearer: true, method: "POST", path: admin + "/ID/rotate", body: `{}`, about: "service"},
		{name: "list service tokens", needs: serviceRead, method: "GET", path: mount + "service"},
		{name: "list service tokens, admin", needs: serviceRead, bearer: true, method: "GET", path: admin + "?kind=service"},
		{name: "see a service token", needs: serviceRead, bearer: true, method: "GET", path: admin + "/ID", about: "service"},
		{name: "end a service token", needs: serviceRevoke, method: "DELETE", path: mount + "service/ID", about: "service"},
		{name: "end a service token, admin", needs: serviceRevoke, bearer: true, method: "POST", path: admin + "/ID/revoke", body: `{}`, about: "service"},
		{name: "make a user token", needs: userWrite, method: "POST", path: mount + "user", body: `{"name":"NAME","user":"user:default/alice","permissions":["upload"]}`},
		{name: "make a user token, admin", needs: userWrite, bearer: true, method: "POST", path: admin, body: `{"kind":"user","name":"NAME","user":"user:default/alice","scopes":["upload"]}`},
		{name: "extend a user token", needs: userWrite, method: "POST", path: mount + "user/ID/rotate", body: `{}`, about: "user"},
		{name: "list user tokens", needs: userRead, method: "GET", path: mount + "user"},
		{name: "list user tokens, admin", needs: userRead, bearer: true, method: "GET", path: admin + "?kind=user"},
		{name: "end a user token", needs: userRevoke, method: "POST", path: mount + "user/ID/revoke", body: `{}`, about: "user"},
		{name: "make an access token", needs: "access-tokens:admin", bearer: true, method: "POST", path: api.Base + api.PathAccessTokens, body: `{"user":"user:default/admin"}`},
		{name: "make a link", needs: "access-tokens:admin", bearer: true, method: "POST", path: api.Base + api.PathLinks, body: `{"user":"user:default/admin"}`},
		{name: "give oneself a role", needs: "access-tokens:admin", bearer: true, method: "POST", path: api.Base + api.PathRoleGrant, body: `{"ref":"user:default/six-63","role":"administrator"}`},
		{name: "register a client", needs: "access-tokens:admin", method: "POST", path: oauth.RegisterPath, body: `{"redirect_uris":["` + appRedirect + `"]}`},
		{name: "make a personal token", needs: "access-tokens:user:write", method: "POST", path: mount + "personal/mint", body: `{"name":"NAME"}`},
		{name: "list personal tokens", needs: "access-tokens:user:read", method: "GET", path: mount + "personal"},
		{name: "make a workspace token", alone: true, method: "POST", path: mount + "workspace", body: `{"name":"NAME","workspace":"demo"}`},
		{name: "widen a workspace token", alone: true, method: "POST", path: mount + "workspace/ID/rotate", body: `{"scopes":["read:*","write:*","delete:*"],"expiresInDays":365}`, about: "workspace"},
		{name: "list workspace tokens", alone: true, lists: true, method: "GET", path: mount + "workspace"},
		{name: "make a workspace token, RPC", alone: true, rpc: true, method: "POST", path: "/_accounts", body: `{"method":"createApiToken","params":{"name":"NAME","workspaceUuid":"DEMO"}}`},
		{name: "extend a workspace token, RPC", alone: true, rpc: true, method: "POST", path: "/_accounts", body: `{"method":"rotateApiToken","params":{"tokenId":"ID","expiryDays":365}}`, about: "workspace"},
		{name: "list workspace tokens, RPC", alone: true, lists: true, rpc: true, method: "POST", path: "/_accounts", body: `{"method":"listApiTokens","params":{}}`},
		{name: "list tokens of a workspace, RPC", alone: true, rpc: true, method: "POST", path: "/_accounts", body: `{"method":"listWorkspaceApiTokens","params":{"workspaceUuid":"DEMO"}}`},
	}
}

// may says whether somebody may do it: people by permission, what came out of
// their tokens by the same unless a right or a credential comes forth or it was
// narrowed to other scopes, services likewise where they are let in, and no token
// of another kind ever.
func (w want) may(h *holder) bool {
	switch {
	case !h.good, !h.person && !w.bearer:
		return false
	case w.lists:
		return h.only == nil
	case w.alone:
		return false
	}
	return h.may(w.needs)
}

// TestE03NoTokenBringsForthMoreThanItIs asks every verb about tokens of every
// surface with every subset of six permissions and six scopes, as a person, a
// service, with an access JWT narrowed to the scopes, and with user and workspace
// tokens that carry them (rows E-03, E-09, MUST-86). Nothing that was refused
// changed anything.
func TestE03NoTokenBringsForthMoreThanItIs(t *testing.T) {
	t.Parallel()
	s := sixfold(t)
	before := s.shared()
	var running sync.WaitGroup
	var next atomic.Int64
	for range 2 * runtime.GOMAXPROCS(0) {
		running.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(s.holders); i = next.Add(1) - 1 {
				s.askAll(s.holders[i])
			}
		})
	}
	running.Wait()
	if after := s.shared(); before != after {
		t.Errorf("what was refused changed something:\n%s\n%s", before, after)
	}
	t.Logf("%d holders, %d verbs", len(s.holders), len(wants()))
}

// six is a server with holders of all subsets, and tokens that everybody tries
// to change.
type six struct {
	visitor
	holders []*holder
	about   map[string]string // kind to id
	demo    string            // UUID of the workspace
}

func sixfold(t testing.TB) *six {
	t.Helper()
	var r rights
	for n := range subsets {
		r.grant(&holder{name: fmt.Sprintf("user:default/six-%d", n), person: true, good: true, holds: subset(sixPermissions(), n)})
	}
	for n := 1; n < subsets; n++ { // a service token has at least one scope
		h := service(fmt.Sprintf("six-%d", n), subset(sixPermissions(), n)...)
		h.carries = subset(sixScopes(), n)
		r.grant(h)
	}
	s := &six{about: map[string]string{}}
	s.visitor = visit(t, tokentest.WithConfig(r.config()+`oauth: {registration: true}
limits: {requests_per_minute: 1000000}
kinds:
  personal: {requests_per_minute: 1000}
  service: {scopes: [{id: "six:th", description: d, plugin: catalog}]}
  user: {permissions: [upload, issue_view, third, fourth, fifth, sixth], max_per_owner: 1000}
  workspace: {max_per_owner: 1000}
`)).inside()
	s.holders = r.holders
	for _, h := range s.holders {
		s.credential(h)
	}
	s.derive()
	s.about["service"] = s.s.Issue(platform, "about", held).Token.ID
	s.about["user"] = s.fresh("user", "about")
	s.about["workspace"], _ = s.ofWorkspace([]string{"read:*"})
	var all api.Workspaces
	must(t, json.Unmarshal(s.json(http.MethodGet, api.Base+api.PathWorkspaces, s.s.UserToken("user:default/admin"), "").body, &all))
	s.demo = all.Workspaces[0].UUID
	return s
}

// derive adds what carries subsets of scopes: access JWTs of the person of the
// same subset, user tokens and workspace tokens.
func (s *six) derive() {
	s.t.Helper()
	client := s.app(s.s.UserToken("user:default/admin"))
	permissions := []string{"upload", "issue_view", "third", "fourth", "fifth", "sixth"}
	for n := 1; n < subsets; n++ {
		person := s.holders[n]
		scope := "openid " + strings.Join(subset(sixScopes(), n), " ")
		got := s.tokens(client.useCode(s.journey(person.raw).code(client, scope)))
		scopes, err := json.Marshal(subset(permissions, n))
		must(s.t, err)
		s.holders = append(s.holders,
			&holder{name: "a JWT of " + person.name, raw: got.Access, good: true, person: true, derived: true, holds: person.holds, only: []string{}},
			&holder{name: fmt.Sprintf("user token %d", n), raw: s.issue(fmt.Sprintf(
				`{"kind":"user","name":"six-%d","user":%q,"scopes":%s}`, n, person.name, scopes)).RawToken})
	}
	for n := 1; n < 8; n++ {
		_, raw := s.ofWorkspace(subset([]string{"read:*", "write:*", "delete:*"}, n))
		s.holders = append(s.holders, &holder{name: fmt.Sprintf("workspace token %d", n), raw: raw})
	}
}

// ofWorkspace makes a token of alice's in the workspace that she owns.
func (s *six) ofWorkspace(scopes []string) (id, raw string) {
	s.t.Helper()
	got := s.json(http.MethodPost, "/api/access-tokens/workspace", s.s.UserToken("user:default/alice"),
		`{"name":"w","workspace":"demo","scopes":["`+strings.Join(scopes, `","`)+`"]}`)
	var made struct {
		Token    struct{ ID string }
		RawToken string
	}
	if !got.acknowledged() || json.Unmarshal(got.body, &made) != nil {
		s.t.Fatalf("a workspace token: %d %s", got.status, got.body)
	}
	return made.Token.ID, made.RawToken
}

// fresh makes a token that may be changed.
func (s *six) fresh(kind, name string) string {
	s.t.Helper()
	if kind == "user" {
		return s.issue(`{"kind":"user","name":"` + name + `","user":"user:default/alice","scopes":["upload"]}`).Token.ID
	}
	return s.s.Issue(platform, name, held).Token.ID
}

// shared gives what is stored of the tokens that nobody may change.
func (s *six) shared() string {
	s.t.Helper()
	var text strings.Builder
	for _, kind := range []string{"service", "user", "workspace"} {
		text.Write(s.json(http.MethodGet, api.Base+"/tokens/"+s.about[kind], s.s.UserToken("user:default/admin"), "").body)
	}
	return text.String()
}

// askAll asks every verb as one holder.
func (s *six) askAll(h *holder) {
	name := strings.NewReplacer(":", "-", "/", "-", " ", "-").Replace(strings.ToLower(h.name))
	for i, w := range wants() {
		if w.alone && h.person && !h.derived {
			continue
		}
		may, id := w.may(h), s.about[w.about]
		if may && w.about != "" && w.method != http.MethodGet {
			id = s.fresh(w.about, fmt.Sprintf("%s-%d", name, i))
		}
		fill := strings.NewReplacer("ID", id, "DEMO", s.demo, "NAME", fmt.Sprintf("by-%s-%d", name, i))
		got := s.json(w.method, strings.ReplaceAll(w.path, "ID", id), h.raw, fill.Replace(w.body))
		done := got.acknowledged()
		refused := slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, got.status)
		if w.rpc {
			done = got.status == http.StatusOK && strings.HasPrefix(string(got.body), `{"result"`)
			refused = !done && (strings.Contains(string(got.body), "Forbidden") || strings.Contains(string(got.body), "Unauthorized"))
		}
		if done != may || refused == may {
			s.t.Errorf("%s by %s (%s): %d, want it done: %t: %.200s", w.name, h.name, strings.Join(h.holds, " "), got.status, may, got.body)
		}
	}
}
