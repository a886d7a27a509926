package workspace_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/tokentest"
)

// TestW03AnAPITokenCallsNothing: neither scoped nor unscoped, by none of the
// eight methods.
func TestW03AnAPITokenCallsNothing(t *testing.T) {
	k := start(t)
	victim := k.create(bob, k.demo, "read:*")
	for name, bearer := range map[string]string{
		"scoped":   k.create(bob, k.demo, "read:*").Token,
		"unscoped": k.create(bob, k.demo).Token,
		"full":     k.create(bob, k.demo, "read:*", "write:*", "delete:*").Token,
		"owner's":  k.create(alice, k.demo).Token,
	} {
		before := len(k.list(bob))
		for _, method := range []string{
			"createApiToken", "listApiTokens", "revokeApiToken", "rotateApiToken", "listApiTokenAudit",
			"listWorkspaceApiTokens", "revokeWorkspaceApiToken", "checkApiTokenRevoked",
		} {
			r := k.call(bearer, method, m{"tokenId": victim.ID, "apiTokenId": victim.ID, "workspaceUuid": k.demo.UUID, "name": "a"})
			k.wants(name+" "+method, r, "Forbidden")
		}
		k.equal("tokens", len(k.list(bob)), before)
		for _, path := range []string{"", "/" + victim.ID} {
			got := k.send(http.DefaultClient, http.MethodGet, k.URL+"/api/access-tokens/workspace"+path, bearer, nil)
			k.equal(name+" REST", got.status, 401)
		}
	}
	k.equal("the victim", k.find(bob, victim.ID).Status, "active")
	dead := k.create(bob, k.demo)
	k.wants("revoke", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": dead.ID}), "")
	k.wants("a revoked one", k.call(dead.Token, "listApiTokens", m{}), "Unauthorized")
}

// TestW04NothingMakesATokenWithoutEnd: the ways of the reference do not exist.
func TestW04NothingMakesATokenWithoutEnd(t *testing.T) {
	k := start(t)
	made := k.create(bob, k.demo)
	for _, path := range []string{"/cookie", "/_accounts/cookie"} {
		for _, method := range []string{http.MethodPut, http.MethodDelete} {
			if got := k.send(http.DefaultClient, method, k.URL+path, made.Token, nil); got.status != 404 || got.header.Get("Set-Cookie") != "" {
				t.Errorf("%s %s: %d", method, path, got.status)
			}
		}
	}
	for _, method := range []string{"selectWorkspace", "leaveWorkspace", "getLoginInfoByToken", "loginAsGuest", ""} {
		r := k.call(k.UserToken(bob), method, m{"workspaceUrl": "demo"})
		k.equal("method "+method, r.status, 404)
		k.equal("its error", r.Error.Code+" "+r.Error.Params["method"], "platform:status:UnknownMethod "+method)
	}
}

// TestW07CheckIsNoOracle: a stranger's token is of no use, like one that never
// was.
func TestW07CheckIsNoOracle(t *testing.T) {
	k := start(t, tokentest.WithConfig(peers(t)))
	made := k.create(bob, k.demo)
	check := func(bearer, id string) string {
		r := k.call(bearer, "checkApiTokenRevoked", m{"apiTokenId": id})
		return r.code() + string(r.Result)
	}
	k.equal("nobody", check("", made.ID), "Unauthorized")
	k.equal("an API token", check(made.Token, made.ID), "Forbidden")
	k.equal("its account", check(k.UserToken(bob), made.ID), "false")
	k.equal("an owner of its workspace", check(k.UserToken(alice), made.ID), "false")
	k.addUser("user:default/eve")
	eve := k.UserToken("user:default/eve")
	k.equal("a stranger", check(eve, made.ID), "true")
	k.equal("a stranger about nothing", check(eve, "00000000-0000-4000-8000-000000000000"), "true")
	k.equal("a stranger about junk", check(eve, "x"), "true")
	backend := peerToken(t)
	k.equal("a back end", check(backend, made.ID), "false")
	k.wants("a back end elsewhere", k.call(backend, "listApiTokens", m{}), "Forbidden")
	k.wants("a service token", k.call(k.Issue("group:default/platform", "svc", "catalog:read").Secret.Reveal(), "checkApiTokenRevoked", m{"apiTokenId": made.ID}), "Forbidden")
	k.administer(http.MethodPost, api.PathUserDisable, api.UserRequest{Ref: bob}, nil)
	k.equal("of a disabled account", check(backend, made.ID), "true")
}

// TestTheEnvelope is what clients of the reference rely on.
func TestTheEnvelope(t *testing.T) {
	k := start(t)
	bobs := k.UserToken(bob)
	r := k.post(k.URL+"/_accounts", bobs, m{"method": "listApiTokens", "params": m{}, "id": "x1"})
	k.equal("id and result", r.body, `{"id":"x1","result":[]}`)
	k.equal("not kept", r.header.Get("Cache-Control"), "no-store")
	k.equal("without params", k.post(k.URL+"/_accounts", bobs, m{"method": "listApiTokens"}).body, `{"result":[]}`)
	k.equal("a failure has no id", k.post(k.URL+"/_accounts", "", m{"method": "listApiTokens", "id": 7}).body,
		`{"error":{"severity":"ERROR","code":"platform:status:Unauthorized","params":{}}}`)
	unknown := k.post(k.URL+"/_accounts", bobs, m{"method": "nope", "id": 7})
	k.equal("an unknown method", unknown.body,
		`{"id":7,"error":{"severity":"ERROR","code":"platform:status:UnknownMethod","params":{"method":"nope"}}}`)
	k.equal("its status", unknown.status, 404)
	made := k.create(bob, k.demo)
	k.equal("nothing to give", k.post(k.URL+"/_accounts", bobs, m{"method": "revokeApiToken", "params": m{"tokenId": made.ID}, "id": 1}).body, `{"id":1}`)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"no JSON": {"x", 400}, "an array": {"[]", 400}, "no method": {"{}", 400}, "method a number": {`{"method":1}`, 400},
		"twice":     {`{"method":"listApiTokens","method":"x"}`, 400},
		"too large": {`{"method":"` + strings.Repeat("x", 65<<10) + `"}`, 413},
	} {
		got := k.send(http.DefaultClient, http.MethodPost, k.URL+"/_accounts", bobs, c.body)
		if got.status != c.status || !strings.Contains(got.body, "platform:status:UnknownError") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	got := k.send(http.DefaultClient, http.MethodGet, k.URL+"/_accounts", bobs, nil)
	k.equal("GET", got.status, 405)
	k.equal("Allow", got.header.Get("Allow"), "POST")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/_accounts", strings.NewReader(`{"method":"listApiTokens"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain")
	req.Header.Set("Authorization", "Bearer "+bobs)
	k.equal("a form", k.do(http.DefaultClient, req).status, 415)
	other, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.URL+"/_accounts", strings.NewReader(`{"method":"listApiTokens"}`))
	if err != nil {
		t.Fatal(err)
	}
	other.Header.Set("Content-Type", "application/json")
	other.Header.Set("X-API-Key", bobs)
	other.AddCookie(&http.Cookie{Name: "account-metadata-Token", Value: bobs})
	k.equal("a key and a cookie", strings.Contains(k.do(http.DefaultClient, other).body, "Unauthorized"), true)
}

// TestHostTokens: a login token of the host is taken where the operator says
// so, and what it claims about roles is not believed.
func TestHostTokens(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, goldenSecret)
	config := "kinds: {workspace: {secrets: [{secret_file: '" + secret + "'}], trust_host_tokens: true}}"
	k := start(t, tokentest.WithConfig(config))
	var users api.Users
	k.administer(http.MethodGet, api.PathUsers, nil, &users)
	uuid := users.Users[slices.IndexFunc(users.Users, func(u api.User) bool { return u.Ref == bob })].UUID
	login := signed(`{"extra":{"admin":"true"},"account":"` + uuid + `","workspace":"` + k.demo.UUID + `"}`)
	made := k.made(k.call(login, "createApiToken", m{"name": "by the host", "workspaceUuid": k.demo.UUID}))
	k.equal("owner", k.find(bob, made.ID).Name, "by the host")
	k.wants("no rights by claims", k.call(login, "listWorkspaceApiTokens", m{"workspaceUuid": k.demo.UUID}), "Forbidden")
	for _, purpose := range []string{"readonly", "guest", "confirmEmail", "restoreEmail", "tfaAccount"} {
		k.wants("for another purpose", k.call(signed(`{"extra":{"`+purpose+`":"true"},"account":"`+uuid+`"}`), "listApiTokens", m{}), "Unauthorized")
	}
	k.wants("a grant", k.call(signed(`{"account":"`+uuid+`","grant":{"role":"GUEST"}}`), "listApiTokens", m{}), "Unauthorized")
	k.wants("an unknown account", k.call(signed(`{"account":"00000000-0000-4000-8000-000000000000"}`), "listApiTokens", m{}), "Unauthorized")
	k.wants("ended", k.call(signed(`{"account":"`+uuid+`","exp":1}`), "listApiTokens", m{}), "Unauthorized")
	k.administer(http.MethodPost, api.PathUserDisable, api.UserRequest{Ref: bob}, nil)
	k.wants("disabled", k.call(login, "listApiTokens", m{}), "Unauthorized")

	distrusting := start(t, tokentest.WithConfig(strings.Replace(config, "true", "false", 1)))
	distrusting.wants("where it is off", distrusting.call(login, "listApiTokens", m{}), "Unauthorized")
}

// TestRefusalsOfTheRPCAreRecorded, with who was refused.
func TestRefusalsOfTheRPCAreRecorded(t *testing.T) {
	k := start(t)
	made := k.create(bob, k.demo)
	k.wants("an API token", k.call(made.Token, "listApiTokens", m{}), "Forbidden")
	k.wants("no owner", k.call(k.UserToken(bob), "listWorkspaceApiTokens", m{"workspaceUuid": k.demo.UUID}), "Forbidden")
	entries := k.Entries(audit.Query{Outcome: audit.Refused, Kind: "workspace"})
	k.equal("entries", len(entries), 2)
	k.equal("who", entries[0].Actor+" "+entries[0].Reason+" "+entries[0].Workspace, bob+" role demo")
	k.equal("by an API token", entries[1].Details["method"], "listApiTokens")
}

// TestARestrictedBackEndAsksNothing: its restrictions name what it may do, and
// no method of the RPC has a name that they could (PEER-19). Nor can it fill the
// log by being refused (I-06).
func TestARestrictedBackEndAsksNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "peer")
	secret := peer.GenerateSecret()
	write(t, path, secret.Reveal())
	k := start(t, tokentest.WithConfig("peer: {keys: [{name: cat, secret_file: '"+path+"', access_restrictions: [{plugin: catalog}]}]}"))
	made := k.create(bob, k.demo)
	manager, err := peer.New(peer.Options{Keys: []peer.Key{{Caller: peer.Caller{Name: "cat"}, Secret: secret}}})
	if err != nil {
		t.Fatal(err)
	}
	bearer, err := manager.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k.wants("restricted", k.call(bearer.Reveal(), "checkApiTokenRevoked", m{"apiTokenId": made.ID}), "Forbidden")
	var last reply
	for range 700 {
		if last = k.call(bearer.Reveal(), "listApiTokens", m{}); last.status == http.StatusTooManyRequests {
			break
		}
	}
	k.equal("after 700 refusals in an instant", last.status, http.StatusTooManyRequests)
	for name, want := range map[string]string{
		"Retry-After": "1", "Retry-After-ms": "1000", "X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0",
		"X-RateLimit-Reset": strconv.FormatInt(k.clock.Now().Add(time.Second).UnixMilli(), 10),
	} {
		k.equal(name, last.header.Get(name), want)
	}
}
