package config_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// imported carries a configuration over. JSON is YAML.
func imported(t *testing.T, text string, opts config.BackstageOptions) config.BackstageImport {
	t.Helper()
	if opts.File == "" {
		opts.File = "app-config.yaml"
	}
	got, err := config.ImportBackstage([]byte(text), opts)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// started starts what was printed: its secrets written, its section loaded.
func started(t *testing.T, got config.BackstageImport, env map[string]string) (*peer.TokenManager, error) {
	t.Helper()
	for path, secret := range got.Files {
		if err := os.WriteFile(path, []byte(secret.Reveal()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "tokenwright.yaml")
	if err := os.WriteFile(path, []byte(got.Section), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.Sources{File: path, Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		return nil, err
	}
	opts, err := cfg.PeerOptions(func(string) (peer.KeySource, error) { return peer.NewPluginTokens(peer.PluginOptions{ID: "x"}) })
	if err != nil {
		return nil, err
	}
	return cfg.NewPeers(opts)
}

// PEER-10: all ways of writing, and what becomes of each.
func TestAConfigurationOfBackstageIsCarriedOver(t *testing.T) {
	folder := t.TempDir()
	secret := filepath.Join(folder, "search.secret")
	if err := os.WriteFile(secret, []byte(peer.GenerateSecret().Reveal()), 0o600); err != nil {
		t.Fatal(err)
	}
	got := imported(t, `
app: {title: Example}
backend:
  auth:
    keys:
      - secret: ${BACKEND_SECRET}
    externalAccess:
      - type: legacy
        options: {subject: search, secret: {$file: search.secret}}
        accessRestrictions: [{plugin: catalog, permission: "catalog.entity.read, catalog.entity.create"}]
      - type: static
        options: {token: "an-inline-text-of-more-than-32-characters", subject: "external:Monitoring"}
        accessRestrictions: [{plugin: events}, {plugin: catalog, permissionAttribute: {action: [read]}}]
      - type: jwks
        options: {url: "https://issuer.example/jwks", issuer: "https://issuer.example", audience: "a b", algorithm: [RS256], subjectPrefix: gha}
        accessRestrictions: [{plugin: catalog}]
`, config.BackstageOptions{File: filepath.Join(folder, "app-config.yaml"), Secrets: folder})
	if len(got.Refused) > 0 {
		t.Fatalf("not carried over: %v", got.Refused)
	}
	m, err := started(t, got, map[string]string{"BACKEND_SECRET": peer.GenerateSecret().Reveal()})
	if err != nil {
		t.Fatalf("what is printed does not start: %v\n%s", err, got.Section)
	}
	var names []string
	for _, one := range m.Callers() {
		if names = append(names, one.Name); one.Unrestricted || one.Short {
			t.Errorf("%+v came out of it", one)
		}
	}
	if want := []string{"external:backstage-plugin", "external:gha", "monitoring", "search"}; !slices.Equal(names, want) {
		t.Errorf("the callers are %v, want %v", names, want)
	}
	who, err := m.Authenticate(t.Context(), "an-inline-text-of-more-than-32-characters")
	if err != nil || who.Subject != "external:Monitoring" || !who.Covers("catalog:read") || who.Covers("catalog:delete") || who.Covers("search:read") {
		t.Errorf("monitoring is %+v, %v", who, err)
	}
	if strings.Contains(got.Section, "an-inline-text") {
		t.Error("the section holds a secret")
	}
	// The first of keys signs, and what Backstage only verifies by does not.
	if raw, err := m.GetToken(t.Context()); err != nil || m.Subjects() == nil {
		t.Errorf("%v, %v", raw, err)
	} else if who, err := m.Authenticate(t.Context(), raw.Reveal()); err != nil || who.Subject != peer.NamelessSubject || who.Covers("catalog:read") {
		t.Errorf("what signs is %+v, %v", who, err)
	}
	if _, err := m.GetNamedToken(t.Context(), "search"); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("search signs: %v", err)
	}
}

func TestWhatCannotBeCarriedOverIsToldAndLeftOut(t *testing.T) {
	const limits = `, accessRestrictions: [{plugin: catalog}]`
	for name, tc := range map[string]struct{ entry, want string }{
		"no restrictions":          {`{type: static, options: {token: {$env: T}, subject: s}}`, "accessRestrictions: Backstage lets it do everything"},
		"empty restrictions":       {`{type: static, options: {token: {$env: T}, subject: s}, accessRestrictions: []}`, "the list is empty"},
		"an empty limit (PEER-18)": {`{type: static, options: {token: {$env: T}, subject: s}, accessRestrictions: [{plugin: a, permission: " , "}]}`, "accessRestrictions for plugin 'a': empty limit"},
		"under options (PEER-24)":  {`{type: jwks, options: {url: "https://x", accessRestrictions: [{plugin: a}]}}`, "belongs on the entry"},
		"an inline secret":         {`{type: legacy, options: {secret: "b3VyIG93biBzZWNyZXQgd2l0aCAzMiBieXRlcyBpbiBpdCE=", subject: s}` + limits + `}`, "--secrets DIR"},
		"half a variable":          {`{type: legacy, options: {secret: "x${A}", subject: s}` + limits + `}`, "is filled in by Backstage"},
		"a subject of a variable":  {`{type: static, options: {token: {$env: T}, subject: "${S}"}` + limits + `}`, "is filled in by Backstage"},
		"a restriction of one":     {`{type: static, options: {token: {$env: T}, subject: s}, accessRestrictions: [{plugin: "${P}"}]}`, "Backstage fills in"},
		"a subject of others":      {`{type: static, options: {token: {$env: T}, subject: "user:default/alice"}` + limits + `}`, "must not begin with user:"},
		"an unknown option":        {`{type: static, options: {token: {$env: T}, subject: s, limit: 1}` + limits + `}`, "options.limit: is not known"},
		"an unknown member":        {`{type: static, options: {token: {$env: T}, subject: s}, until: x` + limits + `}`, "until: is not known"},
		"$include":                 {`{type: static, options: {token: {$include: x.yaml}, subject: s}` + limits + `}`, "a reference that is not known"},
		"jwks without constraints": {`{type: jwks, options: {url: "https://x"}` + limits + `}`, "options.issuer: is required"},
		"jwks by HMAC":             {`{type: jwks, options: {url: "https://x", issuer: i, audience: a, algorithm: HS256}` + limits + `}`, "never a MAC"},
		"jwks by http":             {`{type: jwks, options: {url: "http://x", issuer: i, audience: a, algorithm: RS256}` + limits + `}`, "must be https"},
		"an alias":                 {`*anchor`, "alias"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "anchor: &anchor {a: b}\nbackend: {auth: {externalAccess: [" + tc.entry + "]}}"
			got := imported(t, text, config.BackstageOptions{})
			var told []string
			for _, one := range got.Refused {
				told = append(told, one.String())
			}
			if !strings.Contains(strings.Join(told, "\n"), tc.want) || got.Section != "" {
				t.Errorf("told %q and printed %q, want it left out with %q", told, got.Section, tc.want)
			}
		})
	}
}

func TestWhatElseStandsThereIsTold(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"another setting":  {`backend: {auth: {dangerouslyDisableDefaultAuthPolicy: true}}`, "backend.auth.dangerouslyDisableDefaultAuthPolicy: has no counterpart here"},
		"a key store":      {`backend: {auth: {pluginKeyStore: {type: static}}}`, "backend.auth.pluginKeyStore: has no counterpart"},
		"nothing":          {`app: {title: x}`, "backend.auth: is not in this file"},
		"one secret twice": {`backend: {auth: {keys: [{secret: "${A}"}, {secret: "${A}"}]}}`, "are the same key"},
		"a short secret": {
			`backend: {auth: {keys: [{secret: "5Y3BznVKbDkUxQd0mE9sL1oPq7RtWvXa"}]}}`,
			"decodes to 24 bytes, at least 32 are needed; --allow-short-keys carries it over",
		},
	} {
		got := imported(t, tc.text, config.BackstageOptions{Secrets: t.TempDir()})
		if len(got.Refused) != 1 || !strings.Contains(got.Refused[0].String(), tc.want) {
			t.Errorf("%s: told %v, want %q", name, got.Refused, tc.want)
		}
	}
	for _, text := range []string{"", "- a", "a: [", "\x00"} {
		if _, err := config.ImportBackstage([]byte(text), config.BackstageOptions{File: "x"}); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%q: error = %v, want ErrInvalid", text, err)
		}
	}
}

// What Backstage refuses is refused in the same words, and what it takes is
// carried over or told.
func TestRecordedEntriesOfBackstageAreCarriedOverOrTold(t *testing.T) {
	var file struct {
		Create []struct {
			Label string
			Entry json.RawMessage
			Error *struct{ Message string }
		}
	}
	recorded(t, "external-access-config.json", &file)
	for _, tc := range file.Create {
		// In the recording the entry has no restrictions unless it is about them.
		entry := string(tc.Entry)
		if !strings.Contains(entry, "accessRestrictions") {
			entry = strings.TrimSuffix(entry, "}") + `, "accessRestrictions": [{"plugin": "catalog"}]}`
		}
		got := imported(t, `{"backend": {"auth": {"externalAccess": [`+entry+`]}}}`,
			config.BackstageOptions{File: "mock-config", Secrets: t.TempDir(), AllowShort: true})
		switch {
		case tc.Error == nil && (len(got.Refused) > 0 || got.Section == ""):
			t.Errorf("%s: told %v", tc.Label, got.Refused)
		case tc.Error != nil && (len(got.Refused) == 0 || !strings.Contains(got.Refused[0].Message, tc.Error.Message)):
			t.Errorf("%s: told %v, want %q", tc.Label, got.Refused, tc.Error.Message)
		}
	}
}

func TestRecordedKeysOfBackstageAreRefusedInTheSameWords(t *testing.T) {
	var file struct {
		Behaviours map[string]struct{ Error struct{ Message string } }
	}
	recorded(t, "legacy-manager.json", &file)
	for name, text := range map[string]string{
		"key_without_secret": `backend: {auth: {keys: [{}]}}`, "key_number_secret": `backend: {auth: {keys: [{secret: 1}]}}`,
	} {
		got := imported(t, text, config.BackstageOptions{File: "mock-config"})
		if want := file.Behaviours[name].Error.Message; len(got.Refused) != 1 || got.Refused[0].Message != want || want == "" {
			t.Errorf("%s: told %v, want %q", name, got.Refused, want)
		}
	}
}

// The deployment of the recorded exchanges, as it would be carried over.
func TestTheRecordedDeploymentStartsAfterItWasCarriedOver(t *testing.T) {
	var file struct {
		Setup struct {
			ExternalAccess []map[string]any
			Keys           []map[string]any
		}
	}
	recorded(t, "backstage-external-access-http.json", &file)
	var entries []any
	for _, one := range file.Setup.ExternalAccess {
		entry := map[string]any{"type": one["type"]}
		options := map[string]any{}
		for name, value := range one {
			switch name {
			case "type", "key":
			case "accessRestrictions":
				entry[name] = value
			default:
				options[name] = value
			}
		}
		if one["type"] == "jwks" {
			options["url"] = "https://issuer.example/jwks"
		}
		entry["options"] = options
		entries = append(entries, entry)
	}
	text, err := json.Marshal(map[string]any{"backend": map[string]any{"auth": map[string]any{
		"keys": []any{map[string]any{"secret": file.Setup.Keys[0]["secret"]}}, "externalAccess": entries,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	got := imported(t, string(text), config.BackstageOptions{Secrets: t.TempDir(), AllowShort: true})
	// PEER-10: the unrestricted text, the unrestricted secret and the issuer.
	if len(got.Refused) != 3 {
		t.Errorf("told %v, want the three entries without accessRestrictions", got.Refused)
	}
	m, err := started(t, got, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, got.Section)
	}
	who, err := m.Authenticate(t.Context(), "static-token-probe-read-0001")
	if err != nil || who.Subject != "ext-probe-read" || !who.Covers("probe:read") || who.Covers("probe:delete") {
		t.Errorf("%+v, %v", who, err)
	}
}

// recorded reads a file that stands beside the module where the product is made.
func recorded(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "vectors", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("shared/vectors/%s not found: recorded answers not replayed", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
