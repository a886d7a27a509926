package user_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/surface/user"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// backends starts a server that knows the keys of two back ends and a key
// without a name, and trusts the first. It gives a token of each.
func backends(t *testing.T) (s surface, trusted, other, nameless string) {
	t.Helper()
	dir := t.TempDir()
	config, bearers := "peer:\n  keys:\n", []string{}
	for _, one := range []struct{ file, secret, name string }{
		{"a", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "pulsevault"},
		{"b", "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=", "reports"},
		{"c", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUY=", ""},
	} {
		path := filepath.Join(dir, one.file)
		if err := os.WriteFile(path, []byte(one.secret), 0o600); err != nil {
			t.Fatal(err)
		}
		config += "    - {secret_file: " + path + ", sign: " + map[bool]string{true: "true", false: "false"}[one.file == "a"]
		if one.name != "" {
			config += ", name: " + one.name
		}
		config += "}\n"
		bearers = append(bearers, peerToken(t, one.secret))
	}
	s = start(t, tokentest.WithConfig(config+"kinds: {user: {trusted_peers: [pulsevault]}}"))
	return s, bearers[0], bearers[1], bearers[2]
}

func TestU17ATrustedBackendActsForAnAdministrator(t *testing.T) {
	s, trusted, _, _ := backends(t)
	got := s.call(trusted, "POST", user.Base, wish("phone"), "Tokenwright-On-Behalf-Of: user:default/admin")
	record, _ := got.members["token"].(map[string]any)
	if got.status != http.StatusCreated || record["createdBy"] != admin {
		t.Fatalf("issue = %d %s", got.status, got.body)
	}
	id, _ := record["id"].(string)
	history := s.as(admin, "GET", "/"+id+"/audit", "")
	if !strings.Contains(history.body, `"actor":"user:default/admin","via":"pulsevault"`) {
		t.Errorf("history %s", history.body)
	}
}

func TestU18U19U20WhoMayNotActForOthers(t *testing.T) {
	s, trusted, other, nameless := backends(t)
	if got := s.call(s.UserToken(admin), "POST", "/api/admin/v1/users", `{"ref":"user:default/gone"}`); got.status >= 300 {
		t.Fatalf("add = %d %s", got.status, got.body)
	}
	if got := s.call(s.UserToken(admin), "POST", "/api/admin/v1/users/disable", `{"ref":"user:default/gone"}`); got.status >= 300 {
		t.Fatalf("disable = %d %s", got.status, got.body)
	}
	const (
		header   = "Tokenwright-On-Behalf-Of: "
		unlisted = "Forbidden: this backend may not manage user tokens"
		write    = "Forbidden: write access required"
	)
	for _, one := range []struct {
		name, bearer string
		headers      []string
		status       int
		text         string
	}{
		{"not on the list", other, []string{header + admin}, 403, unlisted},
		{"a key without a name", nameless, []string{header + admin}, 403, unlisted},
		{"nobody named", trusted, nil, 403, "Forbidden: a backend must name the admin it acts for"},
		{"nobody of that name", trusted, []string{header + "user:default/nobody"}, 403, write},
		{"no user", trusted, []string{header + "group:default/platform"}, 403, write},
		{"a disabled one", trusted, []string{header + "user:default/gone"}, 403, write},
		{"one without the permission", trusted, []string{header + bob}, 403, write},
		{"twice", trusted, []string{header + admin, header + admin}, 400, "Invalid on-behalf-of header"},
		{"empty", trusted, []string{header}, 400, "Invalid on-behalf-of header"},
		{"with a space", trusted, []string{header + "user:default/ad min"}, 400, "Invalid on-behalf-of header"},
		{"too long", trusted, []string{header + "user:default/" + strings.Repeat("a", 255)}, 400, "Invalid on-behalf-of header"},
		{"a person (U-19)", s.UserToken(admin), []string{header + admin}, 403, "Forbidden: only a backend may act on behalf of an admin"},
		{"a bad token (U-20)", trusted + "A", []string{header + admin}, 401, "Unauthorized"},
	} {
		t.Run(one.name, func(t *testing.T) {
			here := surface{s.Server, t, s.clock}
			here.want(here.call(one.bearer, "POST", user.Base, wish("phone"), one.headers...), one.status, one.text)
		})
	}
	if got := s.as(admin, "GET", "", ""); !strings.Contains(got.body, `"total":0`) {
		t.Errorf("a token was issued: %s", got.body)
	}
	log := s.call(s.UserToken(admin), "GET", "/api/admin/v1/audit?actor=user:default/bob", "")
	if !strings.Contains(log.body, `"backend":"pulsevault"`) {
		t.Errorf("the refusal does not name both: %s", log.body)
	}
}

// peerToken makes a token as another deployment with the secret does.
func peerToken(t *testing.T, secret string) string {
	t.Helper()
	manager, err := peer.New(peer.Options{Keys: []peer.Key{{Secret: token.NewSecret(secret)}}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := manager.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return made.Reveal()
}
