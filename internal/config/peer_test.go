package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/peer"
)

const peerSecret = "b3VyIG93biBzZWNyZXQgd2l0aCAzMiBieXRlcyBpbiBpdCE="

// What is wrong with peers is found before anything listens, with its line.
func TestFaultsOfPeersHaveTheirLine(t *testing.T) {
	for _, test := range []struct{ name, yaml, want string }{
		{"nothing usable (PEER-16)", "peer: {}\n", "t.yaml:1: peer.keys: at least one key is needed"},
		{"a short secret (PEER-03)", "peer:\n  keys:\n    - {name: x, secret_env: SHORT}\n", `t.yaml:3: peer.keys[0]: peer "x": key 1 decodes to 24 bytes, at least 32 are needed`},
		{"one secret for two (PEER-05)", "peer:\n  keys:\n    - {name: a, secret_env: GOOD}\n    - {name: b, secret_env: GOOD}\n", `t.yaml:4: peer.keys[1]: peer "a" key 1 and peer "b" key 2 are the same key`},
		{"an empty limit (PEER-18)", "peer:\n  keys:\n    - {name: a, secret_env: GOOD, access_restrictions: [{plugin: a, permission: [' , ']}]}\n", "t.yaml:3: peer.keys[0].access_restrictions: accessRestrictions for plugin 'a': empty limit"},
		{"an attribute without action (PEER-18)", "peer:\n  keys:\n    - {name: a, secret_env: GOOD, access_restrictions: [{plugin: a, permission_attribute: {}}]}\n", "t.yaml:3: peer.keys[0].access_restrictions: accessRestrictions for plugin 'a': empty limit"},
		{"a MAC in a key set (PEER-22)", "peer:\n  external:\n    - {type: jwks, options: {url: 'https://a.example/k', issuer: [i], audience: [a], algorithm: [HS256]}}\n", "t.yaml:3: peer.external[0].options.algorithm: must be ES256, RS256 or EdDSA; never a MAC, and never none"},
		{"a fixed text of eight (PEER-21)", "peer:\n  external:\n    - {type: static, name: a, options: {token_env: EIGHT}}\n", "t.yaml:3: peer.external[0].options: the token has 8 characters, at least 32 are needed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := peers(t, test.yaml)
			err := cfg.CheckSecrets()
			if err == nil {
				t.Fatal("no fault found")
			}
			if diff := cmp.Diff(test.want, strings.ReplaceAll(err.Error(), filepath.Dir(cfg.File)+string(filepath.Separator), "")); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPeerSectionMakesAManager(t *testing.T) {
	cfg := peers(t, `peer:
  keys:
    - {name: catalog, secret_env: GOOD}
    - {name: old, secret_env: SHORT, allow_short_key: true, sign: false, scopes: ["catalog:read"], not_after: "2999-01-01T00:00:00Z"}
  external:
    - {type: static, name: ci, options: {token_env: TEXT}, access_restrictions: [{plugin: catalog, permission_attribute: {action: ["read create"]}}]}
`)
	if err := cfg.CheckSecrets(); err != nil {
		t.Fatal(err)
	}
	opts, err := cfg.PeerOptions(func(string) (peer.KeySource, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	m, err := cfg.NewPeers(opts)
	if err != nil {
		t.Fatal(err)
	}
	who, err := m.Authenticate(t.Context(), text)
	if err != nil || who.Name != "ci" || !who.Covers("catalog:read") || who.Covers("catalog:delete") {
		t.Errorf("got %+v, %v", who, err)
	}
	if _, err := m.GetNamedToken(t.Context(), "old"); err == nil {
		t.Error("a key with sign: false signs")
	}
}

const text = "a-fixed-text-of-more-than-32-characters"

func peers(t *testing.T, yaml string) *config.Config {
	t.Helper()
	return setting{yaml: yaml, env: map[string]string{
		"GOOD": peerSecret, "SHORT": "5Y3BznVKbDkUxQd0mE9sL1oPq7RtWvXa", "EIGHT": "12345678", "TEXT": text,
	}}.good(t)
}
