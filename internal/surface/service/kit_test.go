package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/surface/service"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/store/sqlite"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Who asks. The credential of a user is the name itself; "admin-by-token" is
// the administrator through a credential that came out of a token.
const (
	admin    = "admin"
	reader   = "reader"
	nobody   = "nobody"
	platform = "platform-lead" // everything, for group:default/platform alone
	byToken  = "admin-by-token"
)

const base = service.Base + "/service"

// server is the surface over the real authority, verifier and SQLite store,
// on a real listener; its clock stands still until it is moved.
type server struct {
	t         testing.TB
	url       string
	store     *store.Store
	authority *authority.Authority
	verifier  *verify.Verifier
	log       *bytes.Buffer

	mu  sync.Mutex
	now time.Time
}

// setup is what a test may change.
type setup struct {
	rules     authority.KindRules
	policy    policy.Document
	perMinute int
	directory func(*store.Store) authority.Directory
	start     time.Time
}

func usual() setup {
	return setup{
		rules: authority.KindRules{
			Kind: token.KindService, Read: policy.ServiceRead, Write: policy.ServiceWrite, Revoke: policy.ServiceRevoke,
			DefaultLifetime: 365 * 24 * time.Hour, MaxLifetime: 365 * 24 * time.Hour, Notice: token.Notice{Window: 30 * 24 * time.Hour},
			Limits: token.Limits{MaxPerOwner: 10_000, Reuse: token.ReuseNever},
			Catalogue: []authority.Scope{
				{ID: "catalog:read", Description: "Read access to the Software Catalog API", Plugin: "catalog"},
				{ID: "catalog:write", Description: "Write access to the Software Catalog API", Plugin: "catalog"},
				{ID: "techdocs:read", Description: "Read access to TechDocs", Plugin: "techdocs"},
				{ID: "scaffolder:read", Description: "Read access to Scaffolder templates and tasks", Plugin: "scaffolder"},
				{ID: "scaffolder:execute", Description: "Execute Scaffolder templates", Plugin: "scaffolder"},
				{ID: "my-plugin:read", Description: "Read my plugin", Plugin: "my-plugin"},
			},
		},
		policy: policy.Document{
			Roles: map[string][]string{
				"token-reader": {string(policy.ServiceRead)},
				"token-admin":  {string(policy.ServiceRead), string(policy.ServiceWrite), string(policy.ServiceRevoke)},
			},
			Bindings: []policy.Binding{
				{Role: policy.RoleAdministrator, To: []string{"user:default/admin"}},
				{Role: "token-reader", To: []string{"user:default/reader"}},
				{Role: "token-admin", To: []string{"user:default/platform-lead"}, Groups: []string{"platform"}},
			},
		},
		perMinute: -1,
		directory: func(s *store.Store) authority.Directory { return directory.NewBuiltIn(s) },
		start:     time.Date(2026, 11, 21, 23, 11, 24, 998_000_000, time.UTC),
	}
}

func start(t testing.TB, changes ...func(*setup)) *server {
	t.Helper()
	set := usual()
	for _, change := range changes {
		change(&set)
	}
	s := &server{t: t, now: set.start, log: &bytes.Buffer{}}
	var err error
	if s.store, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tokens.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	table, _, err := policy.New(set.policy)
	if err != nil {
		t.Fatal(err)
	}
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	if err != nil {
		t.Fatal(err)
	}
	s.verifier, err = verify.New(verify.Options{
		Formats: formats, Source: s.store, Clock: s.clock, CacheTTL: time.Minute, CacheEntries: 1000,
		Used: func(id string, at time.Time) {
			if err := s.store.TouchTokens(context.Background(), map[string]time.Time{id: at}); err != nil {
				t.Errorf("touch: %v", err)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.verifier.Heard(s.now)
	s.authority, err = authority.New(authority.Options{
		Store: s.store, Directory: set.directory(s.store), Policy: func() policy.Table { return table },
		Formats: formats, Kinds: []authority.KindRules{set.rules}, Clock: s.clock, Listener: s.verifier.Apply,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.addGroups(table)
	s.serve(table, set.perMinute)
	return s
}

func (s *server) addGroups(table policy.Table) {
	s.t.Helper()
	dir, err := directory.New(directory.Options{Store: s.store, Gate: s.authority, Policy: func() policy.Table { return table }, Clock: s.clock})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, ref := range []string{"group:default/platform", "group:default/platform-team", "group:other/team-a"} {
		if _, err := dir.AddGroup(s.t.Context(), token.Principal{Type: token.PrincipalLocal, Ref: "local:test"}, ref); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *server) serve(table policy.Table, perMinute int) {
	s.t.Helper()
	log := slog.New(slog.NewJSONHandler(s.log, nil))
	mux, err := web.NewMux(web.Options{Clock: s.clock, Log: log, Guard: web.Guard{
		Authenticate: s.authenticate,
		Allow: func(_ context.Context, by token.Principal, permission string) error {
			return table.May(by, policy.Permission(permission))
		},
		Refused: func(ctx context.Context, r web.Refusal) error {
			return s.store.AppendEntry(ctx, audit.NewEntry(audit.AccessRefused, r.Principal, s.clock()).Refuse(r.Err))
		},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, surface := range []web.Surface{service.New(s.authority, service.Options{PerMinute: perMinute}), s.probe()} {
		if err := mux.Mount(surface); err != nil {
			s.t.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	running := web.NewServer(mux, log)
	done := make(chan struct{})
	go func() { defer close(done); _ = running.Serve(listener) }()
	s.t.Cleanup(func() { _ = running.Close(); <-done })
	s.url = "http://" + listener.Addr().String()
}

// authenticate knows users by name and everything else by the verifier.
func (s *server) authenticate(ctx context.Context, c web.Credential) (token.Principal, error) {
	raw := c.Bearer.Reveal()
	switch raw {
	case admin, reader, nobody, platform, "alice", "bob":
		return token.Principal{Type: token.PrincipalUser, Ref: "user:default/" + raw}, nil
	case byToken:
		return token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin", FromToken: true}, nil
	case "static-external-token":
		return token.Principal{Type: token.PrincipalService, Ref: "external:static"}, nil
	}
	v, err := s.verifier.Verify(ctx, raw, verify.Expect{})
	if err != nil {
		return token.Principal{}, err
	}
	return token.Principal{Type: token.PrincipalService, Ref: string(v.Subject()), TokenID: v.TokenID(), FromToken: true}, nil
}

// probe is a neighbour that tells who presented a credential and with which
// scopes, in the dialect of the surface; the captured exchanges have one.
func (s *server) probe() web.Surface {
	return web.Surface{Base: "/api/probe", Dialect: service.Dialect{}, Routes: []web.Route{{
		Method: http.MethodGet, Pattern: "/whoami", Access: web.Principals(""),
		Handle: func(w http.ResponseWriter, r *web.Request) error {
			raw, err := verify.Bearer(r.Header)
			if err != nil {
				return err
			}
			v, err := s.verifier.Verify(r.Context(), raw, verify.Expect{})
			if err != nil {
				return err
			}
			return web.WriteJSON(w, http.StatusOK, map[string]any{
				"principal": map[string]string{"type": string(r.Principal.Type), "subject": string(v.Subject())},
				"scopes":    v.Scopes(),
			})
		},
	}}}
}

func (s *server) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *server) advance(d time.Duration) {
	s.mu.Lock()
	s.now = s.now.Add(d)
	now := s.now
	s.mu.Unlock()
	s.verifier.Heard(now)
}

// answer is what came back; members is the body when it is a JSON object.
type answer struct {
	status  int
	header  http.Header
	body    string
	members map[string]any
}

// call sends a request as somebody ("" for nobody). body is nil, a string of
// raw bytes, or a value that is sent as JSON. headers are "Name: value".
func (s *server) call(as, method, path string, body any, headers ...string) answer {
	s.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+as)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Add(name, value)
		if value == "" {
			req.Header.Del(name)
		}
	}
	return s.do(req)
}

func (s *server) do(req *http.Request) answer {
	s.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req) // follows no redirect
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

// expect fails the test when the answer is not this status with this text as
// its flat error ("" for none).
func (s *server) expect(got answer, status int, text string) {
	s.t.Helper()
	flat, _ := got.members["error"].(string)
	if got.status != status || flat != text || text != "" && len(got.members) != 1 {
		s.t.Errorf("answer %d %.300s, want %d %q", got.status, got.body, status, text)
	}
}

// wish is a good body of a create; change may alter it.
func wish(name string, changes ...func(map[string]any)) map[string]any {
	body := map[string]any{
		"name": name, "description": "CI", "groupEntityRef": "group:default/platform",
		"scopes": []any{"catalog:read", "scaffolder:execute"},
	}
	for _, change := range changes {
		change(body)
	}
	return body
}

func with(member string, value any) func(map[string]any) {
	return func(body map[string]any) { body[member] = value }
}

func without(member string) func(map[string]any) {
	return func(body map[string]any) { delete(body, member) }
}

// issue makes a token over HTTP and gives its record and secret.
func (s *server) issue(name string, changes ...func(map[string]any)) (record map[string]any, raw string) {
	s.t.Helper()
	got := s.call(admin, "POST", base, wish(name, changes...))
	if got.status != http.StatusCreated {
		s.t.Fatalf("create %s = %d %s", name, got.status, got.body)
	}
	record, _ = got.members["token"].(map[string]any)
	raw, _ = got.members["rawToken"].(string)
	return record, raw
}

// names gives the names on a list's page.
func (a answer) names() []string {
	names := []string{}
	tokens, _ := a.members["tokens"].([]any)
	for _, one := range tokens {
		record, _ := one.(map[string]any)
		name, _ := record["name"].(string)
		names = append(names, name)
	}
	return names
}

// sharedFile reads a file of the shared folder beside the module, or skips.
func sharedFile(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, "..", "shared", name))
	if os.IsNotExist(err) {
		t.Skipf("shared/%s not found: test not run", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}
