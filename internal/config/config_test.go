package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/config"
)

// setting is a configuration under test.
type setting struct {
	yaml  string
	env   map[string]string
	flags map[string]string
}

// load writes the YAML to a file of its own and loads it. Messages name that
// file "t.yaml", so that tests can quote them whole.
func (s setting) load(t testing.TB) (cfg *config.Config, warnings, faults string) {
	t.Helper()
	path := ""
	if s.yaml != "" {
		path = filepath.Join(t.TempDir(), "t.yaml")
		if err := os.WriteFile(path, []byte(s.yaml), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, all, err := config.Load(config.Sources{File: path, Env: lookup(s.env), Flags: s.flags})
	var lines []string
	for _, w := range all {
		lines = append(lines, w.String())
	}
	short := strings.NewReplacer(filepath.Dir(path)+string(filepath.Separator), "")
	if err != nil {
		faults = short.Replace(err.Error())
	}
	if (cfg == nil) != (err != nil) {
		t.Fatalf("config %v with error %v", cfg, err)
	}
	return cfg, short.Replace(strings.Join(lines, "\n")), faults
}

// good loads a configuration that must have no fault.
func (s setting) good(t testing.TB) *config.Config {
	t.Helper()
	cfg, _, faults := s.load(t)
	if faults != "" {
		t.Fatalf("faults:\n%s", faults)
	}
	return cfg
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

func printed(t testing.TB, cfg *config.Config) string {
	t.Helper()
	var out strings.Builder
	if err := cfg.Print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
