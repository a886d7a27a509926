package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/config"
)

// A file that was named and cannot be used refuses the start; no default
// takes its place (K-16).
func TestAFileThatCannotBeUsedIsRefused(t *testing.T) {
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"missing", func(*testing.T, string) {}, "cannot be read: there is no such file, or it is a link to nothing"},
		{"empty", write("", 0o600), "is empty (0 bytes); write settings into it or do not name it"},
		{"a folder", func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, "is a folder; name the file in it"},
		{
			"a dangling link", func(t *testing.T, path string) { must(t, os.Symlink("nowhere", path)) },
			"cannot be read: there is no such file, or it is a link to nothing",
		},
		{"too large", write(strings.Repeat("#", 1<<20+1), 0o600), "is larger than 1 MiB; this cannot be a configuration"},
		{"half written", write("data: x\x00\x00\n", 0o600), "is not YAML: control characters are not allowed"},
		{"not UTF-8", write("data: \xff\n", 0o600), "is not YAML: invalid leading UTF-8 octet"},
		{"open to writers", write("data: x\n", 0o666), "can be written by every user of this machine; chmod 640 it"},
		{"nested too deeply", write("data: "+strings.Repeat("[", 100)+"\n", 0o600), "is not YAML: exceeded max depth of 32"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			test.make(t, "tokenwright.yaml")
			sources := map[string]config.Sources{
				"--config":     {File: "tokenwright.yaml"},
				config.EnvFile: {Env: lookup(map[string]string{config.EnvFile: "tokenwright.yaml"})},
			}
			if test.name != "missing" {
				sources["the default place"] = config.Sources{}
			}
			for by, src := range sources {
				cfg, _, err := config.Load(src)
				if err == nil || cfg != nil {
					t.Errorf("by %s: loaded", by)
					continue
				}
				_, message, _ := strings.Cut(err.Error(), "tokenwright.yaml: ")
				if _, behind, found := strings.Cut(err.Error(), "tokenwright.yaml:1: "); found {
					message = behind
				}
				if diff := cmp.Diff(test.want, message); diff != "" {
					t.Errorf("by %s (-want +got):\n%s", by, diff)
				}
			}
		})
	}
}

func TestAnEmptyNameOfAFileIsRefused(t *testing.T) {
	_, _, faults := setting{env: map[string]string{config.EnvFile: ""}}.load(t)
	if want := "TOKENWRIGHT_CONFIG: is set but empty; give it the path of a file or do not set it"; faults != want {
		t.Errorf("faults: %s", faults)
	}
}

// An alias bomb names itself ten times in each of nine levels.
func TestAliasBombIsRefused(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("roles:\n  a: &a [x]\n")
	for level := 'b'; level <= 'j'; level++ {
		former := "*" + string(level-1)
		bomb.WriteString("  " + string(level) + ": &" + string(level) + " [" + strings.Repeat(former+", ", 9) + former + "]\n")
	}
	_, _, faults := setting{yaml: bomb.String()}.load(t)
	if strings.Count(faults, "anchor or alias") != 10 {
		t.Errorf("faults:\n%s", faults)
	}
}

func TestSecretsFromFilesAndVariables(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	write(secret+"\n", 0o600)(t, good)
	env := lookup(map[string]string{"KEY": secret})
	for _, ref := range []config.SecretRef{{File: good}, {Env: "KEY"}} {
		got, err := ref.Read(env)
		if err != nil || got.Reveal() != secret {
			t.Errorf("%+v: %v, %d characters", ref, err, len(got.Reveal()))
		}
	}
	if got, err := (config.SecretRef{}).Read(env); err != nil || !got.IsZero() {
		t.Errorf("no reference: %v", err)
	}
}

func TestCheckSecretsReportsEveryFaultAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	write("", 0o600)(t, "empty")
	write("0123456789abcdef0123456789abcdef", 0o644)(t, "open")
	write(strings.Repeat("x", 1<<16+1), 0o600)(t, "huge")
	must(t, os.Mkdir("folder", 0o700))
	must(t, os.Symlink("nowhere", "dangling"))
	cfg := setting{
		yaml: `secrets: {key_env: SHORT,
  pepper_env: UNSET}
sign_in: {oidc: {issuer: "https://a.example", client_id: c, client_secret_file: missing}}
peer:
  keys:
    - {secret_file: empty}
    - {secret_file: open}
    - {secret_file: folder}
    - {secret_file: dangling}
    - {secret_file: huge}
    - {secret_env: BLANK}
`,
		env: map[string]string{"SHORT": "hunter2hunter2", "BLANK": " \n"},
	}.good(t)
	err := cfg.CheckSecrets()
	if err == nil {
		t.Fatal("no fault found")
	}
	want := `t.yaml:1: secrets.key_env: the key has fewer than 32 bytes, which can be guessed; make one with: openssl rand -base64 32
t.yaml:2: secrets.pepper_env: variable UNSET is not set
t.yaml:3: sign_in.oidc.client_secret_file: file missing cannot be read: there is no such file, or it is a link to nothing
t.yaml:6: peer.keys[0].secret_file: file empty is empty; put the secret into it
t.yaml:7: peer.keys[1].secret_file: file open can be used by others than its owner; chmod 600 it
t.yaml:8: peer.keys[2].secret_file: file folder is a folder
t.yaml:9: peer.keys[3].secret_file: file dangling cannot be read: there is no such file, or it is a link to nothing
t.yaml:10: peer.keys[4].secret_file: file huge is larger than 64 KiB; this cannot be a secret
t.yaml:11: peer.keys[5].secret_env: variable BLANK is empty; put the secret into it`
	got := strings.ReplaceAll(err.Error(), filepath.Dir(cfg.File)+string(filepath.Separator), "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func write(content string, mode os.FileMode) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		must(t, os.WriteFile(path, []byte(content), 0o600))
		must(t, os.Chmod(path, mode)) // WriteFile obeys the umask
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
