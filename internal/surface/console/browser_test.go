package console_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// browserFolder holds the browser tests, with their libraries when they are
// installed.
const browserFolder = "../../../e2e/console"

// The pages in a real browser: all of them on SQLite, on PostgreSQL those of service
// tokens; all on both with TOKENWRIGHT_PROOF=full. What a
// browser sees of a database are the answers that the tests without one compare.
func TestInABrowser(t *testing.T) {
	node := needBrowser(t)
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		run := func(script string, links int, more ...string) {
			runScript(t, node, script, append(more, "ORIGIN="+tw.URL, "LINKS="+linksOf(t, tw, admin, links))...)
		}
		run("service.mjs", 7)
		if len(with) > 0 && !everything() {
			return
		}
		run("workspace.mjs", 3, "OWNERS="+linksOf(t, tw, alice, 4))
		run("user.mjs", 4)
		runScript(t, node, "personal.mjs", "ORIGIN="+tw.URL, "LINKS="+linksOf(t, tw, alice, 8))
		run("session.mjs", 5)
		run("people.mjs", 4)
		manyEntries(t, tw)
		run("audit.mjs", 5)
		run("keys.mjs", 3)
	})
}

// everything reports whether each page is driven on both databases.
func everything() bool { return os.Getenv("TOKENWRIGHT_PROOF") == "full" }

// linksOf gives one-time links of somebody, between commas.
func linksOf(t *testing.T, tw *tokentest.Server, who string, n int) string {
	t.Helper()
	links := make([]string, n)
	for i := range links {
		links[i] = pagetest.Link(t, tw, who)
	}
	return strings.Join(links, ",")
}

// needBrowser gives the path of Node.js, or skips the test where something is
// missing.
func needBrowser(t *testing.T) string {
	t.Helper()
	if watched {
		t.Skip("browsers are driven without the race detector: scripts/test.sh runs this by itself")
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = exec.LookPath("chromium")
	}
	if err == nil {
		_, err = os.Stat(filepath.Join(browserFolder, "node_modules"))
	}
	if err != nil {
		if os.Getenv("TOKENWRIGHT_REQUIRE") == "1" {
			t.Fatalf("a program for the browser tests is missing: %v", err)
		}
		t.Skipf("Node.js, Chromium or the libraries are not installed: see e2e/console/README.md (%v)", err)
	}
	return node
}

// runScript runs a script; each line of its output is a test with its result.
func runScript(t *testing.T, node, script string, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), node, script)
	cmd.Dir, cmd.Env = browserFolder, append(os.Environ(), env...)
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	tests := 0
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var result struct {
			Name, Fault string
			OK          bool
		}
		if json.Unmarshal(lines.Bytes(), &result) != nil {
			continue
		}
		tests++
		t.Run(result.Name, func(t *testing.T) {
			if !result.OK {
				t.Error(result.Fault)
			}
		})
	}
	if err != nil || tests == 0 {
		t.Errorf("%s ended with %v after %d tests: %s", script, err, tests, faults.String())
	}
}

// shot is a picture to take; see e2e/console/screenshots.mjs.
type shot struct {
	Name   string            `json:"name"`
	Path   string            `json:"path"`
	Fill   map[string]string `json:"fill,omitempty"`
	Click  []press           `json:"click,omitempty"`
	Dialog bool              `json:"dialog,omitempty"`
	// Stranger: nobody is signed in. Path may then be of another server.
	Stranger bool `json:"stranger,omitempty"`
}

type press struct {
	Role string `json:"role"`
	Name string `json:"name"`
	Wait string `json:"wait,omitempty"`
}

// Pictures of every page go to the folder that TOKENWRIGHT_SCREENSHOTS names:
// make screenshots.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("TOKENWRIGHT_SCREENSHOTS")
	if folder == "" {
		t.Skip("make screenshots takes the pictures")
	}
	node := needBrowser(t)
	tw, shots := fleet(t)
	pages, err := json.Marshal(shots)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "screenshots.mjs")
	cmd.Dir = browserFolder
	cmd.Env = append(os.Environ(), "ORIGIN="+tw.URL, "LINK="+pagetest.Link(t, tw, admin), "PAGES="+string(pages), "FOLDER="+folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("%w: %s", err, out))
	}
}
