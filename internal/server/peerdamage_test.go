package server_test

import (
	"database/sql"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

// Row K-05: with one damaged switch nobody knows who is switched off, so no peer is
// let in. Everything else goes on, nodes start, and the product itself mends it.
func TestADamagedSwitchRefusesPeersAndStopsNothingElse(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		p := startPeers(t)
		damagedSwitch(t, p, "sqlite", "file:"+filepath.Join(p.Data, "tokenwright.db")+"?_pragma=busy_timeout(5000)")
	})
	t.Run("postgres", func(t *testing.T) {
		url := database(t, pgtest.New(t, pgtest.Options{}))
		with := tokentest.WithDatabase(url)
		damagedSwitch(t, startPeers(t, with), "pgx", url, with)
	})
}

func damagedSwitch(t *testing.T, p peers, driver, source string, opts ...tokentest.Option) {
	t.Helper()
	raw, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	damage := func() {
		if _, err := raw.ExecContext(t.Context(), `UPDATE disabled_peers SET disabled_by = 'x' WHERE name = 'ci'`); err != nil {
			t.Fatal(err)
		}
	}
	switched(t, p.Server, "disable", "ci")
	damage()
	switched(t, p.Server, "disable", "text") // of another, in an emergency
	p.wantDamaged(t)

	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	again := slices.Concat(opts, []tokentest.Option{tokentest.WithData(p.Data), tokentest.WithConfig(p.yaml)})
	p = peers{Server: tokentest.Start(t, again...), secrets: p.secrets, yaml: p.yaml}
	p.wantDamaged(t)

	switched(t, p.Server, "disable", "ci")
	p.wantVerified(t, "written anew", map[string]error{"ci": token.ErrDisabled, "text": token.ErrDisabled, "own": nil})
	damage()
	switched(t, p.Server, "enable", "ci")
	p.wantVerified(t, "removed", map[string]error{"ci": nil, "text": token.ErrDisabled, "own": nil})
	if ready := ask(t, http.DefaultClient, http.MethodGet, p.URL+"/readyz", "", ""); ready.status != http.StatusOK || strings.Contains(ready.body, `"peers"]`) {
		t.Errorf("afterwards: %d %s", ready.status, ready.body)
	}
}

// wantDamaged is how a node does whose list of switched-off peers is damaged.
func (p peers) wantDamaged(t *testing.T) {
	t.Helper()
	p.wantVerified(t, "damaged", map[string]error{"ci": token.ErrUnavailable, "text": token.ErrUnavailable, "own": token.ErrUnavailable})
	ready := ask(t, http.DefaultClient, http.MethodGet, p.URL+"/readyz", "", "")
	if ready.status != http.StatusOK || !strings.Contains(ready.body, `"impaired":["peers"]`) {
		t.Errorf("readiness: %d %s", ready.status, ready.body)
	}
	status := local(t, p.Server, http.MethodGet, "/api/admin/v1/status", "").body
	if !strings.Contains(status, "is damaged, so every peer is refused") || !strings.Contains(status, "tokenwright peer disable NAME") {
		t.Errorf("the status is %s", status)
	}
	if one := listed(t, p.Server)["ci"]; !one.Damaged {
		t.Errorf("ci is listed as %+v", one)
	}
	alice := p.UserToken("user:default/alice")
	if _, err := p.Verifier().Verify(t.Context(), alice, verify.Expect{}); err != nil {
		t.Errorf("a person: %v", err)
	}
}

// wantVerified compares what the verifier says of some peers.
func (p peers) wantVerified(t *testing.T, when string, want map[string]error) {
	t.Helper()
	for name, err := range want {
		if _, got := p.Verifier().Verify(t.Context(), p.as(t, name), verify.Expect{}); !errors.Is(got, err) {
			t.Errorf("%s: %s: %v, want %v", when, name, got, err)
		}
	}
}
