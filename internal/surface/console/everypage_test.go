package console_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// What all pages share, in a real browser: that they follow what changes, ask
// before a secret is left, stand from right to left, show any text as text, and
// weigh little.
func TestEveryPageInABrowser(t *testing.T) {
	node := needBrowser(t)
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		origin := "ORIGIN=" + tw.URL
		runScript(t, node, "live.mjs", origin, "BEARER="+tw.UserToken(admin), signInLinks(t, tw, 6))
		runScript(t, node, "leaving.mjs", origin, signInLinks(t, tw, 7))
	})
	t.Run("right to left", func(t *testing.T) {
		tw, shots := fleet(t)
		paths := pathsOf(tw, pagetest.SignIn(t, tw, admin))
		for _, one := range shots {
			if strings.HasPrefix(one.Path, "/") {
				paths = append(paths, one.Path)
			}
		}
		runScript(t, node, "rtl.mjs", "ORIGIN="+tw.URL, "LINK="+pagetest.Link(t, tw, admin), "PAGES="+inJSON(t, paths))
	})
	t.Run("naughty texts", func(t *testing.T) {
		tw := tokentest.Start(t)
		nasty, details := nastiest(t, tw)
		paths := append(pathsOf(tw, pagetest.SignIn(t, tw, admin)), details...)
		runScript(t, node, "strings.mjs", "ORIGIN="+tw.URL, "LINK="+pagetest.Link(t, tw, admin), "PAGES="+inJSON(t, paths), "TEXTS="+inJSON(t, nasty))
	})
	t.Run("a list of 50 rows", func(t *testing.T) { weigh(t, node) })
}

// signInLinks gives n one-time links of the administrator as LINKS.
func signInLinks(t *testing.T, tw *tokentest.Server, n int) string {
	t.Helper()
	links := make([]string, n)
	for i := range links {
		links[i] = pagetest.Link(t, tw, admin)
	}
	return "LINKS=" + strings.Join(links, ",")
}

func pathsOf(tw *tokentest.Server, b *pagetest.Browser) []string {
	var paths []string
	for _, one := range crawl(tw, b) {
		if !one.file {
			paths = append(paths, one.path)
		}
	}
	return paths
}

func inJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// nastiest gives texts that a browser could take for markup, of those that are
// allowed in names, and the pages of tokens that are called so.
func nastiest(t *testing.T, tw *tokentest.Server) (texts, paths []string) {
	t.Helper()
	for _, text := range naughty(t) {
		if !strings.ContainsAny(text, "<>&\"'`{\\\u202e") || len(texts) == 36 {
			continue
		}
		named, err := tw.Authority().Issue(t.Context(), tokentest.Admin(), authority.Request{
			Kind: token.KindUser, Name: strings.TrimSpace(text), Owner: bob, Scopes: []string{"upload"}, Expiry: authority.Expiry{Days: 30},
		})
		if err != nil {
			continue // no name, or one that reads like another
		}
		described, err := tw.Authority().Issue(t.Context(), tokentest.Admin(), authority.Request{
			Kind: token.KindService, Name: fmt.Sprintf("described-%d", len(texts)), Description: text, Owner: platform, Scopes: []string{"catalog:read"},
		})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		texts = append(texts, text)
		if len(texts)%6 == 0 {
			paths = append(paths, userPath+"/"+named.Token.ID, userPath+"/"+named.Token.ID+"/revoke", servicePath+"/"+described.Token.ID)
		}
	}
	if len(texts) < 30 {
		t.Fatalf("only %d of the texts are allowed in names", len(texts))
	}
	return texts, paths
}

// weigh holds a list of 50 rows to its weight and to standing still. How long it
// takes is measured by make bench.
func weigh(t *testing.T, node string) {
	t.Helper()
	tw := tokentest.Start(t)
	for i := range 60 {
		tw.Issue(platform, fmt.Sprintf("copies-the-catalogue-to-%d", i), "catalog:read", "catalog:write", "techdocs:read", "scaffolder:read", "scaffolder:execute")
	}
	cmd := exec.CommandContext(t.Context(), node, "timings.mjs")
	cmd.Dir = browserFolder
	cmd.Env = append(os.Environ(), "ORIGIN="+tw.URL, "LINK="+pagetest.Link(t, tw, admin), "LIST="+servicePath)
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	var seen struct{ Bytes, Shifts, Rows float64 }
	if err == nil {
		err = json.Unmarshal(out, &seen)
	}
	if err != nil {
		t.Fatalf("%v: %s%s", err, out, faults.String())
	}
	if seen.Rows != 50 || seen.Bytes < 10_000 || seen.Bytes >= 100_000 || seen.Shifts != 0 {
		t.Errorf("%.0f rows are %.0f bytes in all, and move by %v", seen.Rows, seen.Bytes, seen.Shifts)
	}
	t.Logf("%.0f bytes in all", seen.Bytes)
}
