package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/config"
)

// TestW15WeakSecretsStopTheStart: the fault names the setting and never the
// secret.
func TestW15WeakSecretsStopTheStart(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, path := range map[string]string{
		"the word secret":   file("word", "secret"),
		"31 bytes":          file("short", "0f8a6c1e9b3d5a7c2e4f6a8b0c1d3e5"),
		"one repeated byte": file("same", strings.Repeat("a", 40)),
		"a repeated word":   file("words", strings.Repeat("changeme", 5)),
		"an example":        file("example", "a-string-secret-at-least-256-bits-long"),
		"an empty file":     file("empty", "\n"),
		"no file":           filepath.Join(dir, "none"),
		"a folder":          dir,
	} {
		err := workspaceConfig(t, path).CheckSecrets()
		if err == nil || !strings.Contains(err.Error(), "kinds.workspace.secrets[0].secret_file") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if content, readErr := os.ReadFile(path); readErr == nil && len(content) > 1 && strings.Contains(err.Error(), strings.TrimSpace(string(content))) && name != "the word secret" {
			t.Errorf("%s: the fault holds the secret: %v", name, err)
		}
	}
	if err := workspaceConfig(t, file("good", "tokenwright-golden-vectors-secret\n")).CheckSecrets(); err != nil {
		t.Errorf("a good secret: %v", err)
	}
}

func workspaceConfig(t *testing.T, secretFile string) *config.Config {
	t.Helper()
	return setting{yaml: "kinds: {workspace: {secrets: [{secret_file: '" + secretFile + "'}]}}\n"}.good(t)
}
