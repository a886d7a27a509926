package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenwright/tokenwright/internal/config"
)

// Whatever the file holds: no panic, either a configuration or faults, and a
// configuration that was accepted prints as one that is accepted.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"", "{}\n", "data: x\n", "- a\n", "a: &a [*a]\n", "? {a: b}\n: c\n", "!!binary aGk=: x\n", "%YAML 1.3\n---\nx\n",
		"listen: ':0'\ndev: true\n", "database: postgres://u:p@h/d?password=x\n", "kinds: {service: {max_lifetime: 1w}}\n",
		"roles: {r: [access-tokens:admin]}\nbindings: [{role: r, to: [user:a/b]}]\n", "trusted_proxies: ['::1', 10.0.0.0/8]\n",
		"rules: [{path: /a, body: [{where: {a: b}, scopes: [x]}]}]\n", "sign_in: {oidc: {subject: 'user:{a}{b}'}}\n", "\xff\xfe", "a: b: c\n",
		"roles: {'a.b[0]': [x]}\n", "<<: {data: x}\n", "data: x\ndata: y\n", "data: ?0\n",
	} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "t.yaml")
	load := func(t *testing.T, data []byte) (*config.Config, error) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, _, err := config.Load(config.Sources{File: path})
		return cfg, err
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := load(t, data)
		if err != nil {
			var faults config.Faults
			if cfg != nil || !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("config %v, error %#v", cfg, err)
			}
			return
		}
		_ = cfg.CheckSecrets()
		out := printed(t, cfg)
		again, err := load(t, []byte(out))
		if err != nil {
			t.Fatalf("the printed configuration is refused:\n%v\n%s", err, out)
		}
		if second := printed(t, again); second != out {
			t.Fatalf("printed twice, two texts:\n%s\n%s", out, second)
		}
	})
}

// FuzzImportBackstage: whatever a configuration of Backstage holds, what is
// printed for it is a section that can be loaded, and lets nobody do everything.
func FuzzImportBackstage(f *testing.F) {
	f.Add(`{type: static, options: {token: {$env: T}, subject: s}, accessRestrictions: [{plugin: a, permission: "b c"}]}`)
	f.Add(`{type: legacy, options: {secret: "${A}", subject: "external:x"}, accessRestrictions: [{plugin: a}]}`)
	f.Add(`{type: jwks, options: {url: "https://a/b", issuer: [i], audience: a, algorithm: RS256, subjectPrefix: p}, accessRestrictions: [{plugin: a}]}`)
	f.Fuzz(func(t *testing.T, entry string) {
		got, err := config.ImportBackstage([]byte("backend: {auth: {externalAccess: [\n"+entry+"\n]}}"), config.BackstageOptions{File: "x"})
		if err != nil || got.Section == "" {
			return
		}
		path := filepath.Join(t.TempDir(), "tokenwright.yaml")
		if err := os.WriteFile(path, []byte(got.Section), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, _, err := config.Load(config.Sources{File: path})
		if err != nil {
			t.Fatalf("%q gives %s: %v", entry, got.Section, err)
		}
		for _, one := range cfg.Peer.Keys {
			if one.Unrestricted || len(one.AccessRestrictions) == 0 {
				t.Errorf("%q gives %+v", entry, one)
			}
		}
	})
}
