package config_test

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// contractExample gives the example of the command-line contract, or skips.
func contractExample(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(folder, "go.mod")); e == nil {
			break
		}
		if parent := filepath.Dir(folder); parent == folder {
			t.Fatal("no go.mod above the test")
		} else {
			folder = parent
		}
	}
	contract, err := os.ReadFile(filepath.Join(folder, "..", "shared", "contracts", "command-line.md"))
	if err != nil {
		t.Skip("the contracts are not beside this repository")
	}
	block := regexp.MustCompile("(?s)## Configuration file\\s+```yaml\n(.*?)```").FindSubmatch(contract)
	if block == nil {
		t.Fatal("the contract has no example of a configuration file")
	}
	return string(block[1])
}

func TestContractExampleLoads(t *testing.T) {
	cfg := setting{yaml: contractExample(t)}.good(t)
	day := 24 * time.Hour
	alice := token.Principal{Type: token.PrincipalUser, Ref: "user:default/alice"}
	if err := cfg.Policy.May(alice, policy.ServiceWrite); err != nil {
		t.Errorf("alice may not issue: %v", err)
	}
	for _, one := range []struct{ key, got, want any }{
		{"public_url", cfg.PublicURL, "https://tokens.example.com"},
		{"database", cfg.Database.URL.Reveal(), "postgres://tokenwright@db/tokenwright"},
		{"trusted_proxies", cfg.TrustedProxies[0], netip.MustParsePrefix("10.0.0.0/8")},
		{"sign_in.oidc.subject", cfg.SignIn.OIDC.Subject, "user:default/{preferred_username}"},
		{"sign_in.oidc.client_secret", cfg.SignIn.OIDC.ClientSecret(), config.SecretRef{File: "/run/secrets/oidc"}},
		{"sign_in.issuers", cfg.SignIn.Issuers[0].Type, "vnd.backstage.user"},
		{"kinds.service.default_lifetime", cfg.Kinds.Service.DefaultLifetime, 30 * day},
		{"kinds.service.scopes", len(cfg.Kinds.Service.Catalogue()), 6},
		{"kinds.personal.access_lifetime", cfg.Kinds.Personal.AccessLifetime, 10 * time.Minute},
		{"peer.keys", cfg.Peer.Keys[1].SecretFile, "/run/secrets/peer-2"},
		{"verify.lease", cfg.Verify.Lease, 5 * time.Second},
		{"directory.catalog_url", cfg.Directory.CatalogURL, "https://backstage.example.com/api/catalog"},
	} {
		if one.got != one.want {
			t.Errorf("%s = %v, want %v", one.key, one.got, one.want)
		}
	}
}

func TestWithoutAnySource(t *testing.T) {
	t.Chdir(t.TempDir())
	cfg := setting{}.good(t)
	want := `listen: 127.0.0.1:7080
public_url: http://127.0.0.1:7080
data: ./tokenwright-data
database: sqlite:tokenwright-data/tokenwright.db
dev: false
sign_in:
  sessions:
    lifetime: 12h
    idle: 1h
default_role: user
kinds:
  service:
    prefix: bsat
    default_lifetime: 365d
    max_lifetime: 365d
    name_reuse: never
    expiring_window: 30d
    max_per_owner: 10000
  personal:
    enabled: true
    default_lifetime: 30d
    max_lifetime: 365d
    max_per_owner: 20
    access_lifetime: 10m
    rotate: false
    requests_per_minute: 60
  workspace:
    default_lifetime: 30d
    max_lifetime: 365d
    max_per_owner: 100
    rpc_path: /_accounts
    require_scopes: false
    trust_host_tokens: false
    max_body: 1048576
  user:
    prefix: pv_live
    default_lifetime: 90d
    max_lifetime: 365d
    max_per_owner: 50
    permissions: [issue_view, upload]
oauth:
  registration: false
  localhost_port_free: false
  audience: backstage
  ownership_claim: false
  identity_proof: false
  client_metadata:
    enabled: false
    allowed_client_id_patterns: ['https://claude.ai/*', 'https://vscode.dev/*', 'https://chatgpt.com/oauth/codex/*/client.json']
peer:
  leeway: 0s
verify:
  lease: 5s
  cache_entries: 1000000
  cache_ttl: 1m
  trust_clock: false
usage:
  keep: 90d
  addresses: full
forward_auth:
  basic: true
limits:
  requests_per_minute: 600
  connections: 8192
  connections_per_address: 1024
  clients_per_registrar: 1000
log:
  level: info
  format: json
`
	if diff := cmp.Diff(want, printed(t, cfg)); diff != "" {
		t.Errorf("effective configuration (-want +got):\n%s", diff)
	}
	if cfg.File != "" {
		t.Errorf("File = %q", cfg.File)
	}
}

func TestBuiltinScopesComeFirst(t *testing.T) {
	cfg := setting{yaml: "kinds: {service: {scopes: [{id: 'a:read', description: d, plugin: a}]}}\n"}.good(t)
	var ids []string
	for _, s := range cfg.Kinds.Service.Catalogue() {
		ids = append(ids, s.ID)
	}
	want := []string{"catalog:read", "catalog:write", "techdocs:read", "scaffolder:read", "scaffolder:execute", "a:read"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

func TestPrefixesMakeFormats(t *testing.T) {
	cfg := setting{yaml: "kinds: {service: {prefix: acme}, user: {prefix: acme_user}}\n"}.good(t)
	formats, err := token.NewFormats(cfg.Kinds.Prefixes())
	if err != nil {
		t.Fatal(err)
	}
	if formats.Prefix(token.KindService) != "acme" || formats.Prefix(token.KindUser) != "acme_user" {
		t.Errorf("prefixes %v", cfg.Kinds.Prefixes())
	}
}

func TestFlagsWinOverEnvironmentOverFileOverDefault(t *testing.T) {
	s := setting{
		yaml:  "listen: 127.0.0.1:1\ndata: from-file\nlog: {level: warn}\n",
		env:   map[string]string{"TOKENWRIGHT_LISTEN": "127.0.0.1:2", "TOKENWRIGHT_DATA": "from-env", "TOKENWRIGHT_KINDS_SERVICE_MAX_LIFETIME": "4w"},
		flags: map[string]string{"listen": "127.0.0.1:3", "public-url": "http://localhost/", "dev": "true"},
	}
	cfg := s.good(t)
	got := []any{cfg.Listen, cfg.Data, cfg.Log.Level.String(), cfg.Kinds.Service.MaxLifetime, cfg.PublicURL, cfg.Dev, cfg.Log.Format}
	want := []any{"127.0.0.1:3", "from-env", "WARN", 28 * 24 * time.Hour, "http://localhost", true, "json"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryKeyHasItsOwnVariable(t *testing.T) {
	seen := map[string]string{}
	for _, key := range config.Keys() {
		if other, taken := seen[key.Env]; taken && key.Env != "" {
			t.Errorf("%s sets both %s and %s", key.Env, other, key.Path)
		}
		seen[key.Env] = key.Path
	}
	if seen[config.EnvFile] != "" || seen["TOKENWRIGHT_URL"] != "" || seen["TOKENWRIGHT_TOKEN"] != "" {
		t.Error("a key takes a variable that means something else")
	}
	if !slices.Contains(config.Keys(), config.Key{Path: "kinds.service.prefix", Env: "TOKENWRIGHT_KINDS_SERVICE_PREFIX", Default: "bsat"}) {
		t.Errorf("keys: %v", config.Keys())
	}
}

func TestDevHasNoVariable(t *testing.T) {
	t.Chdir(t.TempDir())
	if (setting{env: map[string]string{"TOKENWRIGHT_DEV": "true"}}).good(t).Dev {
		t.Error("the environment switched --dev on")
	}
}

func TestWhichFileIsRead(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"tokenwright.yaml", "by-env.yaml", "by-flag.yaml"} {
		if err := os.WriteFile(name, []byte("data: "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := lookup(map[string]string{config.EnvFile: "by-env.yaml"})
	for _, test := range []struct {
		name string
		src  config.Sources
		want string
	}{
		{"the default one when it exists", config.Sources{}, "tokenwright.yaml"},
		{"the environment wins over the default", config.Sources{Env: env}, "by-env.yaml"},
		{"the flag wins over the environment", config.Sources{Env: env, File: "by-flag.yaml"}, "by-flag.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg, _, err := config.Load(test.src)
			if err != nil {
				t.Fatal(err)
			}
			if cfg.Data != test.want {
				t.Errorf("read %s", cfg.Data)
			}
		})
	}
}

func TestDefaultsThatFollowFromOthers(t *testing.T) {
	for _, test := range []struct {
		name, yaml string
		got        func(*config.Config) any
		want       any
	}{
		{
			"the default lifetime is the maximum", "kinds: {service: {max_lifetime: 10d}}\n",
			func(c *config.Config) any { return c.Kinds.Service.DefaultLifetime }, 240 * time.Hour,
		},
		{
			"a lower maximum lowers the default", "kinds: {user: {max_lifetime: 10d}}\n",
			func(c *config.Config) any { return c.Kinds.User.DefaultLifetime }, 240 * time.Hour,
		},
		{
			"the database lies in the data folder", "data: /srv/tw\n",
			func(c *config.Config) any { return c.Database.Path }, "/srv/tw/tokenwright.db",
		},
		{
			"the public URL follows the address", "listen: localhost:81\n",
			func(c *config.Config) any { return c.PublicURL }, "http://localhost:81",
		},
		{
			"port 0 leaves the public URL open", "listen: 127.0.0.1:0\n",
			func(c *config.Config) any { return c.PublicURL }, "",
		},
		{
			"a public URL ends without a slash", "public_url: https://a.example/tokens/\n",
			func(c *config.Config) any { return c.PublicURL }, "https://a.example/tokens",
		},
		{
			"rules know their lines", "rules:\n\n  - {path: /a, public: true}\n  - {path: /b}\n",
			func(c *config.Config) any { return []int{c.Rules[0].Line, c.Rules[1].Line} },
			[]int{3, 4},
		},
		{
			"a zero cache lifetime turns caching off", "verify: {cache_ttl: 0}\n",
			func(c *config.Config) any { return c.Verify.CacheTTL }, time.Duration(0),
		},
		{
			"an address is a network of one", "trusted_proxies: [10.1.2.3]\n",
			func(c *config.Config) any { return c.TrustedProxies[0].String() }, "10.1.2.3/32",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.got(setting{yaml: test.yaml}.good(t))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultsMeanInvalid(t *testing.T) {
	_, _, err := config.Load(config.Sources{Flags: map[string]string{"listen": "here"}})
	var faults config.Faults
	if !errors.Is(err, token.ErrInvalid) || !errors.As(err, &faults) || faults[0].Key != "listen" || faults[0].Place.Source != "--listen" {
		t.Errorf("error %#v", err)
	}
}

func TestAFlagTakesNoPassword(t *testing.T) {
	const url = "postgres://tokenwright:hunter2@db/tokenwright"
	_, _, err := config.Load(config.Sources{Flags: map[string]string{"database": url}})
	if err == nil || !strings.Contains(err.Error(), "--database: holds a password") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("as a flag: %v", err)
	}
	env := lookup(map[string]string{"TOKENWRIGHT_DATABASE": url})
	if _, _, err := config.Load(config.Sources{Env: env}); err != nil {
		t.Errorf("as a variable: %v", err)
	}
}
