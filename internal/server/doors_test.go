package server_test

import (
	"net/http"
	"os/user"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestWhoOpensTheAdminSocketActsAsTheirSystemUser(t *testing.T) {
	s := tokentest.Start(t)
	local(t, s, http.MethodPost, "/api/admin/v1/users", `{"ref":"user:default/carol"}`)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	added := s.Entries(audit.Query{Actions: []audit.Action{audit.UserAdded}})[0]
	if added.Actor != "local:"+me.Username || added.ActorType != "local" {
		t.Errorf("the log says %s %q did it", added.ActorType, added.Actor)
	}
}

func TestTheNetworkIsNotTheAdminSocket(t *testing.T) {
	s := tokentest.Start(t)
	bob := s.UserToken("user:default/bob")
	for _, path := range []string{"/api/admin/v1/users", "/api/admin/v1/status"} {
		if status := get(t, s, path, ""); status != http.StatusUnauthorized {
			t.Errorf("%s without a credential: %d", path, status)
		}
		if status := get(t, s, path, bob); status != http.StatusForbidden {
			t.Errorf("%s for a user without rights: %d", path, status)
		}
	}
}

func TestMetricsAndProfilesAreOnTheirOwnListenerAlone(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithOps())
	admin := s.UserToken("user:default/admin")
	issued := s.Issue(platform, "counted", "catalog:read")
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/heap", "/debug/vars"} {
		if status := get(t, s, path, admin); status != http.StatusNotFound {
			t.Errorf("public %s: %d", path, status)
		}
	}
	for _, path := range []string{"/api/access-tokens/service", "/readyz"} {
		if got := ask(t, http.DefaultClient, http.MethodGet, s.OpsURL+path, admin, ""); got.status != http.StatusNotFound {
			t.Errorf("ops %s: %d", path, got.status)
		}
	}
	get(t, s, "/api/access-tokens/service/"+issued.Token.ID, admin)
	shown := ask(t, http.DefaultClient, http.MethodGet, s.OpsURL+"/metrics", "", "")
	for _, want := range []string{
		`tokenwright_http_requests_total{route="/api/access-tokens/service/{id}",status="200"} 1`,
		"tokenwright_feed_heard 1", "go_goroutines",
	} {
		if !strings.Contains(shown.body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	for _, secret := range []string{issued.Token.ID, issued.Token.Hint, admin[:12]} {
		if strings.Contains(shown.body, secret) {
			t.Errorf("metrics name a token: %s", secret)
		}
	}
	if got := ask(t, http.DefaultClient, http.MethodGet, s.OpsURL+"/debug/pprof/goroutine?debug=1", "", ""); got.status != http.StatusOK {
		t.Errorf("profile: %d", got.status)
	}
}

func TestAHostThatIsNotOursIsRefused(t *testing.T) {
	s := tokentest.Start(t, tokentest.WithPublicURL("https://tokens.example.com"),
		tokentest.WithConfig("hosts: [tokenwright.internal]"))
	for host, want := range map[string]int{
		"tokens.example.com":      http.StatusOK,
		"TOKENS.example.com:443":  http.StatusOK,
		"localhost":               http.StatusOK,
		"tokenwright.internal:80": http.StatusOK,
		"evil.example.com":        http.StatusMisdirectedRequest,
		"tokens.example.com.evil": http.StatusMisdirectedRequest,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != want {
			t.Errorf("Host %s: %d, want %d", host, resp.StatusCode, want)
		}
		if hsts := resp.Header.Get("Strict-Transport-Security"); hsts == "" {
			t.Error("an https server sends no Strict-Transport-Security")
		}
	}
}

func TestTheLastUseIsWrittenWhenTheServerStops(t *testing.T) {
	s := tokentest.Start(t)
	issued := s.Issue(platform, "used", "catalog:read")
	if err := check(s, issued); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := tokentest.Start(t, tokentest.WithData(s.Data))
	found, err := again.Authority().Find(t.Context(), tokentest.Admin(), issued.Token.Kind, issued.Token.ID)
	if err != nil {
		t.Fatal(err)
	}
	if ago := time.Since(found.LastUsedAt); found.LastUsedAt.IsZero() || ago > time.Minute {
		t.Errorf("last used at %s", found.LastUsedAt)
	}
}

func TestEveryRouteDeclaresWhoMayUseIt(t *testing.T) {
	s := tokentest.Start(t)
	for _, route := range s.Routes() {
		if route.Access == "" || route.Access == "undeclared" {
			t.Errorf("%s %s declares %q", route.Method, route.Pattern, route.Access)
		}
		// Only what is listed here is open to strangers.
		name := route.Method + " " + route.Pattern
		public := strings.HasPrefix(route.Access, "public")
		if want := needNoStore(name) || openToStrangers(name); public != want {
			t.Errorf("%s is %s", name, route.Access)
		}
	}
}

func openToStrangers(route string) bool {
	switch route {
	case "GET /readyz", "POST /sign-in/{code}", "POST /login/link/{code}", "POST /oauth2/revoke", "* /forward-auth",
		"POST /api/auth/v1/token", "POST /api/auth/v1/revoke", "POST /_accounts":
		return true
	}
	return false
}
