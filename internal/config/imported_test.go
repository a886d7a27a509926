package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/token"
)

// loaded reads a configuration of this text.
func loaded(t *testing.T, yaml string) (*config.Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(config.Sources{File: file, Env: func(name string) (string, bool) { return "the key of another system", name == "ACME_KEY" }})
	return cfg, err
}

func TestImportedFormsAreRead(t *testing.T) {
	cfg, err := loaded(t, `imported:
  - {kind: service, prefix: bsat, length: 43, alphabet: base64url}
  - {kind: user, prefix: acme, length: 40, alphabet: hex, hmac_key_env: ACME_KEY}
`)
	if err != nil {
		t.Fatal(err)
	}
	forms, err := cfg.ImportedForms()
	if err != nil || len(forms) != 2 {
		t.Fatalf("%+v, %v", forms, err)
	}
	if !forms[0].Key.IsZero() || !forms[1].Key.Equal(token.NewSecret("the key of another system")) || forms[1].Kind != token.KindUser {
		t.Errorf("%+v", forms)
	}
}

func TestFaultsOfImportedFormsAreToldWithTheirPlace(t *testing.T) {
	_, err := loaded(t, `imported:
  - {kind: personal, prefix: ab, length: 43, alphabet: base64url}
  - {kind: user, prefix: bsat, length: 43, alphabet: base64url}
  - {kind: service, prefix: bsat, length: 49, alphabet: base62}
  - {kind: service, prefix: old, length: 10, alphabet: hex}
  - {kind: service, prefix: old, length: 64, alphabet: runes}
`)
	var faults config.Faults
	if !errors.As(err, &faults) || len(faults) != 5 {
		t.Fatalf("%v", err)
	}
	for i, want := range []string{"cannot be imported", "the same prefix", "the same length", "128 bits", "the alphabet"} {
		if told := faults[i].Error(); !strings.Contains(told, want) || !strings.Contains(told, "imported[") {
			t.Errorf("fault %d: %s", i, told)
		}
	}
}
