package workspace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// The people of the demonstration directory: alice owns the workspace demo, bob
// is a user of it.
const (
	alice = "user:default/alice"
	bob   = "user:default/bob"
	admin = "user:default/admin"
)

// kit is a running server and what tests do with it.
type kit struct {
	*tokentest.Server

	t     *testing.T
	clock *tokentest.Clock
	demo  api.Workspace
}

func start(t *testing.T, opts ...tokentest.Option) *kit {
	t.Helper()
	clock := tokentest.NewClock(time.Time{})
	k := &kit{t: t, clock: clock, Server: tokentest.Start(t, append([]tokentest.Option{tokentest.WithClock(clock)}, opts...)...)}
	k.demo = k.workspace("demo")
	return k
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(t *testing.T, opts ...tokentest.Option)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t) })
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.Start(t).Database(t, func(url string) error {
			store, err := postgres.Open(context.Background(), url, postgres.Options{})
			if err != nil {
				return err
			}
			return store.Close()
		})
		test(t, tokentest.WithDatabase(url))
	})
}

// administer makes a request through the admin socket.
func (k *kit) administer(method, path string, body, answer any) {
	k.t.Helper()
	resp := k.send(k.LocalClient(), method, "http://admin"+api.Base+path, "", body)
	if resp.status >= 300 {
		k.t.Fatalf("%s %s: %d %s", method, path, resp.status, resp.body)
	}
	if answer != nil {
		k.decode(resp.body, answer)
	}
}

func (k *kit) workspace(name string) api.Workspace {
	k.t.Helper()
	var all api.Workspaces
	k.administer(http.MethodGet, api.PathWorkspaces, nil, &all)
	for _, one := range all.Workspaces {
		if one.Name == name {
			return one
		}
	}
	k.t.Fatalf("there is no workspace %s", name)
	return api.Workspace{}
}

func (k *kit) addWorkspace(name string) api.Workspace {
	k.t.Helper()
	var added api.Workspace
	k.administer(http.MethodPost, api.PathWorkspaces, api.WorkspaceRequest{Name: name}, &added)
	return added
}

func (k *kit) join(workspace, user, role string) {
	k.t.Helper()
	k.administer(http.MethodPost, api.PathWorkspaceJoin, api.WorkspaceRequest{Name: workspace, User: user, Role: role}, nil)
}

func (k *kit) leave(workspace, user string) {
	k.t.Helper()
	k.administer(http.MethodPost, api.PathWorkspaceLeave, api.WorkspaceRequest{Name: workspace, User: user}, nil)
}

func (k *kit) addUser(ref string) {
	k.t.Helper()
	k.administer(http.MethodPost, api.PathUsers, api.UserRequest{Ref: ref}, nil)
}

// answer is one HTTP answer.
type answer struct {
	status int
	header http.Header
	body   string
}

// send makes a request; body is JSON when it is not a string.
func (k *kit) send(client *http.Client, method, url, bearer string, body any) answer {
	k.t.Helper()
	text, raw := body.(string)
	if !raw && body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			k.t.Fatal(err)
		}
		text = string(encoded)
	}
	req, err := http.NewRequestWithContext(k.t.Context(), method, url, strings.NewReader(text))
	if err != nil {
		k.t.Fatal(err)
	}
	if text != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	return k.do(client, req)
}

func (k *kit) do(client *http.Client, req *http.Request) answer {
	k.t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(bytes.TrimSpace(data))}
}

func (k *kit) decode(text string, into any) {
	k.t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		k.t.Fatalf("%s: %v", text, err)
	}
}

// m are the members of an object.
type m map[string]any

// reply is the answer of the RPC.
type reply struct {
	answer

	ID     any
	Result json.RawMessage
	Error  *struct {
		Severity, Code string
		Params         map[string]string
	}
}

// code is the error code without its lead, "" for success; a field's fault
// follows it.
func (r reply) code() string {
	if r.Error == nil {
		return ""
	}
	code := strings.TrimPrefix(r.Error.Code, "platform:status:")
	if reason := r.Error.Params["reason"]; reason != "" {
		code += " " + r.Error.Params["field"] + " " + reason
	}
	return code
}

// call calls a method with a bearer credential; "" sends none.
func (k *kit) call(bearer, method string, params any) reply {
	k.t.Helper()
	return k.post(k.URL+"/_accounts", bearer, m{"method": method, "params": params})
}

func (k *kit) post(url, bearer string, body any) reply {
	k.t.Helper()
	r := reply{answer: k.send(http.DefaultClient, http.MethodPost, url, bearer, body)}
	k.decode(r.body, &r)
	return r
}

// issued is the result of createApiToken and rotateApiToken.
type issued struct {
	ID, Token, Replaces string
	ExpiresOn           int64
}

// create makes a token of a person in a workspace; scopes may be nil.
func (k *kit) create(user string, workspace api.Workspace, scopes ...string) issued {
	k.t.Helper()
	params := m{"name": "made by a test", "workspaceUuid": workspace.UUID}
	if scopes != nil {
		params["scopes"] = scopes
	}
	return k.made(k.call(k.UserToken(user), "createApiToken", params))
}

func (k *kit) made(r reply) issued {
	k.t.Helper()
	var out issued
	if r.Error != nil || r.status != http.StatusOK {
		k.t.Fatalf("no token: %d %s", r.status, r.body)
	}
	k.decode(string(r.Result), &out)
	return out
}

// listed is a token as the RPC lists it.
type listed struct {
	ID, Name, WorkspaceUUID, WorkspaceName, AccountUUID, AccountName, Status string
	CreatedOn, ExpiresOn                                                     int64
	LastUsedOn, RevokedOn                                                    *int64
	RevokedBy, ReplacedBy                                                    *string
	Revoked                                                                  bool
	Scopes                                                                   []string
}

func (k *kit) list(user string) []listed {
	k.t.Helper()
	var out []listed
	k.decode(string(k.call(k.UserToken(user), "listApiTokens", m{}).Result), &out)
	return out
}

func (k *kit) find(user, id string) listed {
	k.t.Helper()
	for _, one := range k.list(user) {
		if one.ID == id {
			return one
		}
	}
	k.t.Fatalf("token %s is not listed", id)
	return listed{}
}

// events gives the names of a token's events with their reasons, newest first.
func (k *kit) events(user, id string) []string {
	k.t.Helper()
	var list []struct{ Event, Reason, ActorName, ActorUUID string }
	r := k.call(k.UserToken(user), "listApiTokenAudit", m{"tokenId": id})
	if r.Error != nil {
		k.t.Fatalf("no history: %s", r.body)
	}
	k.decode(string(r.Result), &list)
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = strings.TrimSpace(e.Event + " " + e.Reason)
	}
	return out
}

// wants fails unless a call had this code.
func (k *kit) wants(what string, r reply, code string) {
	k.t.Helper()
	if r.code() != code || r.status != http.StatusOK {
		k.t.Errorf("%s: %d %q, want %q: %s", what, r.status, r.code(), code, r.body)
	}
}

func (k *kit) equal(what string, got, want any) {
	k.t.Helper()
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		k.t.Errorf("%s: %s, want %s", what, g, w)
	}
}

// peerSecret is shared with a back end.
const peerSecret = "YS1zZWNyZXQtdGhhdC1pcy1sb25nLWVub3VnaC1mb3ItdGhlLXRlc3Q="

// peers is a configuration with one back end.
func peers(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "peer")
	write(t, path, peerSecret)
	return "peer: {keys: [{name: backend, secret_file: '" + path + "', unrestricted: true}]}"
}

// peerToken is a token of the back end.
func peerToken(t *testing.T) string {
	t.Helper()
	manager, err := peer.New(peer.Options{Keys: []peer.Key{
		{Caller: peer.Caller{Name: "backend", Unrestricted: true}, Secret: token.NewSecret(peerSecret)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := manager.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return raw.Reveal()
}
