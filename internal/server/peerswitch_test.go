package server_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// switched sends a switch through the admin socket.
func switched(t *testing.T, s *tokentest.Server, verb, name string) {
	t.Helper()
	local(t, s, http.MethodPost, "/api/admin/v1/peers/"+verb, `{"name":"`+name+`"}`)
}

func listed(t *testing.T, s *tokentest.Server) map[string]api.Peer {
	t.Helper()
	var list api.Peers
	if err := json.Unmarshal([]byte(local(t, s, http.MethodGet, "/api/admin/v1/peers", "").body), &list); err != nil {
		t.Fatal(err)
	}
	found := map[string]api.Peer{}
	for _, one := range list.Peers {
		found[one.Name] = one
	}
	return found
}

// PEER-28.
func TestAPeerIsSwitchedOffAndOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, opts ...tokentest.Option) {
		p := startPeers(t, opts...)
		ci, own := p.as(t, "ci"), p.as(t, "own")
		taken := func(raw string) bool {
			forwarded := get(t, p.Server, "/forward-auth?scope=catalog:read", raw) == http.StatusOK
			introspected := strings.Contains(p.introspect(t, raw, "").body, `"active":true`)
			if forwarded != introspected {
				t.Errorf("the proxy says %v, introspection %v", forwarded, introspected)
			}
			return forwarded
		}
		for range 2 { // the second time from the cache
			if !taken(ci) {
				t.Fatal("ci is refused before it was switched off")
			}
		}
		switched(t, p.Server, "disable", "ci")
		switched(t, p.Server, "disable", "text")
		for name, want := range map[string]bool{ci: false, fixedText: false, own: true} {
			if taken(name) != want {
				t.Errorf("taken %v, want %v", !want, want)
			}
		}
		if got := ask(t, http.DefaultClient, http.MethodGet, p.URL+"/forward-auth?scope=catalog:read", ci, ""); got.body != `{"error":"Unauthorized"}` {
			t.Errorf("it is answered %s, want what every bad token is answered", got.body)
		}
		if one := listed(t, p.Server)["ci"]; one.DisabledAt.IsZero() || one.DisabledBy == "" || one.Subject != "external:ci" {
			t.Errorf("it is listed as %+v", one)
		}
		switched(t, p.Server, "enable", "ci")
		if !taken(ci) {
			t.Error("ci is refused after it was switched on again")
		}
		if one := listed(t, p.Server)["ci"]; !one.DisabledAt.IsZero() {
			t.Errorf("it is listed as %+v", one)
		}
		p.wantSwitches(t, audit.PeerDisabled, "text", "ci")
		p.wantSwitches(t, audit.PeerEnabled, "ci")
	})
}

// wantSwitches compares the entries of an action, newest first.
func (p peers) wantSwitches(t *testing.T, action audit.Action, names ...string) {
	t.Helper()
	var got []string
	for _, e := range p.Entries(audit.Query{Actions: []audit.Action{action}}) {
		if got = append(got, e.Name); e.Outcome != audit.Allowed || e.Actor == "" || e.Subject != "external:"+e.Name {
			t.Errorf("%s: the entry is %+v", action, e)
		}
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("%s: the log names %v, want %v", action, got, names)
	}
}

func TestWhoMaySwitchPeersAndWhich(t *testing.T) {
	p := startPeers(t)
	alice := p.UserToken("user:default/alice")
	for _, path := range []string{"/api/admin/v1/peers/disable", "/api/admin/v1/peers/enable"} {
		if got := ask(t, http.DefaultClient, http.MethodPost, p.URL+path, alice, `{"name":"ci"}`); got.status != http.StatusForbidden {
			t.Errorf("%s as alice: %d %s", path, got.status, got.body)
		}
		got := ask(t, p.LocalClient(), http.MethodPost, "http://admin"+path, "", `{"name":"nobody"}`)
		if got.status != http.StatusNotFound || !strings.Contains(got.body, "tokenwright peer list") {
			t.Errorf("%s of nobody: %d %s", path, got.status, got.body)
		}
	}
	if len(p.Entries(audit.Query{Actions: []audit.Action{audit.PeerDisabled, audit.PeerEnabled}})) > 0 {
		t.Error("something was switched")
	}
	if one := listed(t, p.Server)["own"]; !one.Unrestricted || strings.Join(one.Types, " ") != "secret" {
		t.Errorf("own is listed as %+v", one)
	}
}

func TestAPeerThatIsSwitchedOffStaysSoAfterARestart(t *testing.T) {
	eachDatabase(t, func(t *testing.T, opts ...tokentest.Option) {
		p := startPeers(t, opts...)
		switched(t, p.Server, "disable", "ci")
		yaml := tokentest.WithConfig(p.yaml)
		if err := p.Stop(); err != nil {
			t.Fatal(err)
		}
		again := peers{Server: tokentest.Start(t, append(opts, tokentest.WithData(p.Data), yaml, tokentest.WithoutWaiting())...), secrets: p.secrets}
		if got := get(t, again.Server, "/forward-auth?scope=catalog:read", p.as(t, "ci")); got == http.StatusOK {
			t.Error("it is let in by the first answer after the start")
		}
		again.WaitReady()
		if got := get(t, again.Server, "/forward-auth?scope=catalog:read", p.as(t, "ci")); got != http.StatusUnauthorized {
			t.Errorf("once ready: %d", got)
		}
	})
}

// The bound of SVC-28: at once here, within two seconds there.
func TestAPeerThatIsSwitchedOffOnOneNodeIsRefusedOnTheOther(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a := startPeers(t, tokentest.WithDatabase(url))
	b := peers{Server: tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(a.Server), tokentest.WithConfig(a.yaml)), secrets: a.secrets}
	ci := a.as(t, "ci")
	verified := func(on peers) error {
		_, err := on.Verifier().Verify(t.Context(), ci, verify.Expect{})
		return err
	}
	for i := range 10 {
		from, to := a, b
		if i%2 == 1 {
			from, to = b, a
		}
		if err := errors.Join(verified(from), verified(to)); err != nil {
			t.Fatal(err)
		}
		switched(t, from.Server, "disable", "ci")
		if err := verified(from); !errors.Is(err, token.ErrDisabled) {
			t.Fatalf("the node that switched answers %v", err)
		}
		until(t, 2*time.Second, "refused on the other node", func() bool { return errors.Is(verified(to), token.ErrDisabled) })
		switched(t, from.Server, "enable", "ci")
		until(t, 2*time.Second, "let in on the other node", func() bool { return verified(to) == nil })
	}
}

// A plugin with keys of its own, and whoever it acts for, are switched off by
// its name; and whoever acts for a peer that is switched off is refused too.
func TestAPluginIsSwitchedOff(t *testing.T) {
	b := startBehalf(t)
	alice := b.acting(t, b.limited(t, "user:default/alice"))
	own := b.acting(t, token.Secret{})
	switched(t, b.Server, "disable", "plugin:scaffolder")
	b.want(t, "for alice", alice, false)
	b.want(t, "for itself", own, false)
	switched(t, b.Server, "enable", "plugin:scaffolder")
	b.want(t, "again", own, true)
}

func TestWhoActsForAPeerThatIsSwitchedOffIsRefused(t *testing.T) {
	scaffolder, err := peer.NewPluginTokens(peer.PluginOptions{ID: "scaffolder"})
	if err != nil {
		t.Fatal(err)
	}
	first := startPeers(t)
	yaml := strings.Replace(first.yaml, "peer:\n",
		"peer:\n  plugin_id: catalog\n  plugins: [{id: scaffolder, jwks_uri: \""+publish(t, scaffolder.KeySet)+"\"}]\n", 1)
	p := peers{tokentest.Start(t, tokentest.WithConfig(yaml)), first.secrets, yaml}
	raw, err := scaffolder.GetToken(t.Context(), "catalog", peer.Behalf{Caller: &peer.Principal{
		Subject: "external:ci", Restrictions: peer.Restrictions{{Plugin: "catalog"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	active := func() bool { return strings.Contains(p.introspect(t, raw.Reveal(), "").body, `"active":true`) }
	if !active() {
		t.Fatal("it is refused before ci was switched off")
	}
	switched(t, p.Server, "disable", "ci")
	if active() {
		t.Error("it is taken after ci was switched off")
	}
}

// PEER-03: what was admitted while it is replaced is not forgotten.
func TestAShortSecretShowsInReadinessAndDoctor(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(secret, []byte("5Y3BznVKbDkUxQd0mE9sL1oPq7RtWvXa\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(peer string) *tokentest.Server {
		return tokentest.Start(t, tokentest.WithConfig("peer: {"+peer+"}"))
	}
	for _, tc := range []struct {
		name     string
		server   *tokentest.Server
		impaired bool
	}{
		{"old", with("keys: [{name: old, secret_file: " + secret + ", allow_short_key: true}]"), true},
		{"development", with("leeway: 1s"), true},
		{"none", startPeers(t).Server, false},
	} {
		s := tc.server
		ready := ask(t, http.DefaultClient, http.MethodGet, s.URL+"/readyz", "", "")
		if ready.status != http.StatusOK || strings.Contains(ready.body, `"impaired":["peers"]`) != tc.impaired || strings.Contains(ready.body, "old") {
			t.Errorf("%s: %d %s, want it ready, impaired: %v, and no name", tc.name, ready.status, ready.body, tc.impaired)
		}
		status := local(t, s, http.MethodGet, "/api/admin/v1/status", "")
		if told := strings.Contains(status.body, "weaker than it should stay"); told != tc.impaired || tc.name == "old" && !strings.Contains(status.body, "should stay: old") {
			t.Errorf("%s: %s", tc.name, status.body)
		}
	}
}

// C-04: a node that cannot hear the log asks the store who is switched off, and
// where the list is damaged, nobody knows.
func TestANodeThatCannotReadTheLogStillRefusesAPeerThatIsSwitchedOff(t *testing.T) {
	url := database(t, pgtest.Start(t))
	a := startPeers(t, tokentest.WithDatabase(url))
	b := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(a.Server),
		tokentest.WithConfig(a.yaml+"verify: {lease: 1s}\n"))
	ci := a.as(t, "ci")
	verified := func() error {
		_, err := b.Verifier().Verify(t.Context(), ci, verify.Expect{})
		return err
	}
	if err := verified(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// For good, where a spoilt head is mended by the next that moves the log on.
	if _, err := db.ExecContext(t.Context(), `ALTER TABLE log_head RENAME TO log_head_away`); err != nil {
		t.Fatal(err)
	}
	b.WaitStatus("/readyz", http.StatusServiceUnavailable)
	switched(t, a.Server, "disable", "ci")
	until(t, 2*time.Second, "refused once the lease has run out", func() bool { return errors.Is(verified(), token.ErrDisabled) })
	b.Verifier().Heard(time.Now()) // as by a reading that began before the switch
	if err := verified(); !errors.Is(err, token.ErrDisabled) {
		t.Errorf("refused, and then when the log was heard again: %v", err)
	}
	until(t, 2*time.Second, "past the lease again", func() bool { return !b.Verifier().Ready() })
	if _, err := db.ExecContext(t.Context(), `UPDATE disabled_peers SET name = 'somebody'`); err != nil {
		t.Fatal(err)
	}
	if err := verified(); !errors.Is(err, token.ErrUnavailable) {
		t.Errorf("of a damaged list: %v", err)
	}
}
