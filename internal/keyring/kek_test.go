package keyring_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/token"
)

func newKEK(t *testing.T) keyring.KEK {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kek")
	must(t, keyring.CreateKEK(path))
	kek, err := keyring.ReadKEK(path)
	must(t, err)
	return kek
}

func TestCreatedKEKIsPrivateAndReadsBack(t *testing.T) {
	previous := syscall.Umask(0)
	defer syscall.Umask(previous)
	folder := t.TempDir()
	first, second := filepath.Join(folder, "a"), filepath.Join(folder, "b")
	must(t, keyring.CreateKEK(first))
	must(t, keyring.CreateKEK(second))
	info, err := os.Stat(first)
	must(t, err)
	if info.Mode() != 0o600 {
		t.Errorf("mode = %v, want 0600 (B-10)", info.Mode())
	}
	if kek, err := keyring.ReadKEK(first); err != nil || kek.IsZero() {
		t.Errorf("ReadKEK: %v", err)
	}
	a, err := os.ReadFile(first)
	must(t, err)
	b, err := os.ReadFile(second)
	must(t, err)
	if bytes.Equal(a, b) || len(a) != 45 {
		t.Errorf("two keys are equal, or not 44 characters and a newline: %d bytes", len(a))
	}
}

func TestCreateKEKReplacesNothing(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "broken"), filepath.Join(folder, "link")
	must(t, os.WriteFile(file, nil, 0o600))
	must(t, os.Symlink(filepath.Join(folder, "nowhere"), link))
	for _, path := range []string{file, link, folder} {
		if err := keyring.CreateKEK(path); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: error = %v, want fs.ErrExist (K-16)", path, err)
		}
	}
	if data, err := os.ReadFile(file); err != nil || len(data) != 0 {
		t.Errorf("the broken file was changed: %q, %v", data, err)
	}
	if err := keyring.CreateKEK(filepath.Join(folder, "no", "such")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error = %v, want fs.ErrNotExist", err)
	}
}

func TestBrokenKEKFilesAreRefused(t *testing.T) {
	folder := t.TempDir()
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xab}, 32)) + "\n"
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		must(t, os.Chmod(path, mode))
		return path
	}
	link := func(name, target string) string {
		path := filepath.Join(folder, name)
		must(t, os.Symlink(target, path))
		return path
	}
	fifo := filepath.Join(folder, "fifo")
	must(t, syscall.Mkfifo(fifo, 0o600))
	for _, c := range []struct{ name, path, says string }{
		{"missing", filepath.Join(folder, "missing"), "no such file"},
		{"empty", write("empty", "", 0o600), "32 bytes"},
		{"cut", write("cut", good[:20], 0o600), "32 bytes"},
		{"one byte short", write("short", good[:43], 0o600), "32 bytes"},
		{"longer", write("longer", good[:44]+"AAAA", 0o600), "32 bytes"},
		{"two lines", write("lines", good+good, 0o600), "32 bytes"},
		{"broken line", write("broken", good[:20]+"\n"+good[20:], 0o600), "32 bytes"},
		{"raw bytes", write("raw", strings.Repeat("\xab", 32), 0o600), "32 bytes"},
		{"spare bits", write("bits", good[:42]+"t=\n", 0o600), "32 bytes"},
		{"readable by all", write("0644", good, 0o644), "chmod 600"},
		{"readable by the group", write("0640", good, 0o640), "chmod 600"},
		{"writable by others", write("0602", good, 0o602), "chmod 600"},
		{"folder", folder, "not a regular file"},
		{"FIFO", fifo, "not a regular file"},
		{"dangling link", link("dangling", filepath.Join(folder, "nowhere")), "no such file"},
		{"link to a wide file", link("wide", filepath.Join(folder, "0644")), "chmod 600"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := keyring.ReadKEK(c.path)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error = %v, want one that says %q", err, c.says)
			} else if strings.Contains(err.Error(), good[:8]) {
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
	for _, path := range []string{write("good", good, 0o600), write("0400", good, 0o400), write("bare", good[:44], 0o600), link("link", filepath.Join(folder, "good"))} {
		if _, err := keyring.ReadKEK(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestKEKDoesNotPrint(t *testing.T) {
	key := []byte("needle-needle-needle-needle-need")
	kek, err := keyring.ParseKEK(token.NewSecret(base64.StdEncoding.EncodeToString(key)))
	must(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, v := range []any{kek, &kek, struct{ k keyring.KEK }{kek}, []keyring.KEK{kek}} {
			text := fmt.Sprintf(verb, v)
			for _, form := range []string{"needle", fmt.Sprintf("%x", "needle"), "110 101 101 100"} {
				if strings.Contains(text, form) {
					t.Errorf("%s printed the key: %s", verb, text)
				}
			}
		}
	}
}
