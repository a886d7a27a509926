package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// errAbsent says that tests cannot run here, and why.
var errAbsent = errors.New("PostgreSQL is not available to tests")

// absent skips the test, or fails it where the environment promised a
// PostgreSQL.
func absent(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("TOKENWRIGHT_REQUIRE") == "1" {
		t.Fatalf("%v (TOKENWRIGHT_REQUIRE=1 makes this a failure)", err)
	}
	t.Skip(err.Error())
}

// programs finds the folder that holds both initdb and postgres: the newest
// version below /usr/lib/postgresql, where Debian keeps them out of PATH, or
// the folder that PATH names.
func programs() (string, error) {
	found, newest := "", -1
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", fmt.Errorf("pgtest: %w", err)
	}
	for _, folder := range folders {
		version, err := strconv.Atoi(strings.SplitN(filepath.Base(filepath.Dir(folder)), ".", 2)[0])
		if err == nil && version > newest && complete(folder) {
			found, newest = folder, version
		}
	}
	if found != "" {
		return found, nil
	}
	if server, err := exec.LookPath("postgres"); err == nil && complete(filepath.Dir(server)) {
		return filepath.Dir(server), nil
	}
	return "", fmt.Errorf("%w: no initdb and postgres in /usr/lib/postgresql/*/bin or PATH", errAbsent)
}

func complete(folder string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, program)); err != nil {
			return false
		}
	}
	return true
}
