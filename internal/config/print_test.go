package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/config"
)

func TestPrintIsReadBackAsTheSameConfiguration(t *testing.T) {
	for name, yaml := range map[string]string{
		"contract": "", // filled below: the contracts may be absent
		"rules": `rules:
  - {path: /healthz, public: true}
  - {path: /api/catalog/**, methods: [GET, HEAD], scopes: [catalog:read]}
  - {path: /api/v1/tx/*, methods: [POST], scopes: ["write:*"]}
  - {path: /_transactor/**, upgrade: websocket, any_scope: ["read:*", "write:*"], kinds: [service, user]}
`,
		"words that YAML would read otherwise": `data: "true"
roles: {"null": [access-tokens:admin]}
kinds: {service: {scopes: [{id: "010", description: "yes: # no", plugin: "2026-01-01"}]}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			if name == "contract" {
				yaml = contractExample(t)
			}
			first := printed(t, setting{yaml: yaml}.good(t))
			second := printed(t, setting{yaml: first}.good(t))
			if diff := cmp.Diff(first, second); diff != "" {
				t.Errorf("printed, loaded, printed (-first +second):\n%s", diff)
			}
		})
	}
}

func TestPasswordsAreNeverPrinted(t *testing.T) {
	for i, url := range []string{
		"postgres://tw:hunter2secret@db/tw",
		"postgresql://tw:hunter2secret@db/tw?sslmode=require",
		"postgres://db/tw?user=tw&password=hunter2secret",
		"postgres://db/tw?user=tw&sslpassword=hunter2secret",
		"postgres://db/tw?PassWord=hunter2secret",
	} {
		// The name of a test is part of the path of its folder.
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			cfg := setting{yaml: "database: " + url + "\n"}.good(t)
			encoded, err := json.Marshal(cfg.Database)
			must(t, err)
			var log strings.Builder
			slog.New(slog.NewTextHandler(&log, nil)).InfoContext(t.Context(), "serving", "config", cfg, "database", cfg.Database)
			out := printed(t, cfg) + fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg.Database) + string(encoded) + log.String()
			if strings.Contains(out, "hunter2") {
				t.Errorf("password printed:\n%s", out)
			}
			if !strings.Contains(printed(t, cfg), "redacted") {
				t.Errorf("nothing shows that there is a password:\n%s", printed(t, cfg))
			}
			if cfg.Database.URL.Reveal() != url {
				t.Error("the URL to connect with was changed")
			}
		})
	}
}

// Whatever a secret was written in the place of, no message repeats it.
func TestNoMessageRepeatsASecret(t *testing.T) {
	const secret = "hunter2secret"
	for name, s := range map[string]setting{
		"a key that does not exist":        {yaml: "client_secret: " + secret + "\n"},
		"a token in the place of a key":    {yaml: "bsat_" + strings.Repeat(secret, 4) + ": x\n"},
		"a URL in the place of a key":      {yaml: "{postgres://u:" + secret + "@h: x}\n"},
		"an alias":                         {yaml: "database: *" + secret + "\n"},
		"a tag":                            {yaml: "database: !" + secret + " x\n"},
		"a broken quote":                   {yaml: "database: \"" + secret + "\n"},
		"a control character":              {yaml: "database: " + secret + "\x01\n"},
		"a database URL of another scheme": {yaml: "database: mysql://u:" + secret + "@h/d\n"},
		"a database URL with #":            {yaml: "database: 'postgres://u:" + secret + "#@h/d'\n"},
		"a database URL with a bad escape": {yaml: "database: 'postgres://u:" + secret + "%zz@h/d'\n"},
		"a database URL with a bad port":   {env: map[string]string{"TOKENWRIGHT_DATABASE": "postgres://u:" + secret + "@h:p/d"}},
		"a public URL with a password":     {flags: map[string]string{"public-url": "https://u:" + secret + "@h"}},
		"an address that is a secret":      {flags: map[string]string{"listen": secret}},
		"a number that is a secret":        {env: map[string]string{"TOKENWRIGHT_VERIFY_CACHE_ENTRIES": secret}},
		"a level that is a secret":         {env: map[string]string{"TOKENWRIGHT_LOG_LEVEL": secret}},
		"a duration that is a secret":      {env: map[string]string{"TOKENWRIGHT_VERIFY_LEASE": secret}},
		"a catalog URL with a password":    {yaml: "directory: {catalog_url: 'https://u:" + secret + "@h'}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings, faults := s.load(t)
			if faults == "" {
				t.Fatal("no fault found")
			}
			if strings.Contains(warnings+faults, secret) {
				t.Errorf("a message repeats the secret:\n%s\n%s", warnings, faults)
			}
		})
	}
}

func TestAPasswordThatEverybodyMayReadIsAWarning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.yaml")
	write("database: postgres://tw:hunter2secret@db/tw\n", 0o644)(t, path)
	_, warnings, err := config.Load(config.Sources{File: path})
	must(t, err)
	if len(warnings) != 1 || warnings[0].Key != "database" || strings.Contains(warnings[0].String(), "hunter2") {
		t.Errorf("warnings: %v", warnings)
	}
	must(t, os.Chmod(path, 0o640))
	if _, warnings, _ = config.Load(config.Sources{File: path}); len(warnings) != 0 {
		t.Errorf("warnings for a closed file: %v", warnings)
	}
}
