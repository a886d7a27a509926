package proof_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/proof/journal"
)

// TestDiskFull fills the disk under a server (row K-04, figure S10). Changes
// must be refused as unavailable and nothing else, good tokens must stay good,
// and when there is room again the server must go on by itself. The disk is a
// small tmpfs in a mount namespace of the server's own.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	place := install(t)
	place.apart = true
	must(t, os.Mkdir(place.data, 0o700))
	if out, err := onSmallDisk(place.data, exec.Command("true")).CombinedOutput(); err != nil {
		t.Skipf("no tmpfs can be mounted here, which needs root: %v: %s", err, out)
	}
	place.wrap = func(cmd *exec.Cmd) { *cmd = *onSmallDisk(place.data, cmd) }

	p := place.start()
	l, c := newLoad(), newCaller(p, p.userToken("user:default/admin"))
	for range 20 {
		l.issue(t.Context(), c)
		l.verify(t.Context(), c)
	}
	for range amount(2, 10) {
		for range 20 { // tokens that no cache has seen
			l.issue(t.Context(), c)
		}
		filler := filepath.Join(p.folder(), "filler")
		fill(t, filler)
		full := changesUntilFull(t, l, c)
		whileFull(t, l, c, p)
		must(t, os.Remove(filler))
		began := time.Now()
		until(t, "issues again, without a restart", func() bool { return tryIssue(l, c).acknowledged() })
		until(t, "ready again", func() bool { return p.status("/readyz") == http.StatusOK })
		t.Logf("full after %d more changes; issued again %s after there was room", full, time.Since(began))
	}
	l.verifyAll(t.Context(), c)
	l.judge(t)
	report(t, l.journal.Compare(keptBy(t, p)))
	place.runIn(p.folder(), "", "audit", "verify")
}

// onSmallDisk gives the command in a mount namespace of its own, where the
// folder is a disk of 64 MiB.
func onSmallDisk(folder string, cmd *exec.Cmd) *exec.Cmd {
	script := `mount -t tmpfs -o size=64m,mode=0700 tmpfs "$TOKENWRIGHT_SMALL_DISK" && cd / && exec "$0" "$@"`
	small := exec.Command("unshare", append([]string{"--mount", "sh", "-c", script, cmd.Path}, cmd.Args[1:]...)...)
	small.Env = append(cleanEnvironment(), "TOKENWRIGHT_SMALL_DISK="+folder)
	small.SysProcAttr = cmd.SysProcAttr
	return small
}

// fill writes a file until there is no room for more.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	must(t, err)
	defer file.Close()
	block := make([]byte, 4096)
	for range 1 << 20 {
		if _, err := file.Write(block); err != nil {
			return
		}
	}
	t.Fatal("the disk does not get full")
}

// changesUntilFull issues until that is refused: the database may have room
// left in its own files. It gives how many were still issued.
func changesUntilFull(t *testing.T, l *load, c *caller) int {
	t.Helper()
	for n := range 20_000 {
		if got := tryIssue(l, c); !got.acknowledged() {
			mustBeUnavailable(t, "issue", got)
			return n
		}
	}
	t.Fatal("20,000 issues went to a disk without room")
	return 0
}

// tryIssue asks for a token and gives the answer.
func tryIssue(l *load, c *caller) reply {
	t := l.journal.Token(fmt.Sprintf("full-%06d", l.made.Add(1)))
	t.Ask()
	issued, got := c.issue(context.Background(), t.Name)
	if got.acknowledged() {
		t.Issued(issued.Token.ID, issued.Token.ExpiresAt)
		l.own(t, issued.RawToken)
	}
	return got
}

// whileFull asks for changes, which must be unavailable unless they still find
// room, and about good tokens, which must be accepted. A refusal that has to be
// recorded is unavailable too: the audit fails closed.
func whileFull(t *testing.T, l *load, c *caller, p *process) {
	t.Helper()
	l.verifyAll(t.Context(), c)
	for range 10 {
		if got := tryIssue(l, c); !got.acknowledged() {
			mustBeUnavailable(t, "issue", got)
		}
		one, ok := l.pick(journal.Good)
		if !ok {
			t.Fatal("there is no good token left")
		}
		for _, a := range []journal.Answer{c.introspect(t.Context(), one.raw, held), c.forwardAuth(t.Context(), one.raw, held)} {
			one.Verified(a)
			if a.Verdict != journal.Accepted {
				t.Errorf("a good token has the verdict %d while changes are impossible", a.Verdict)
			}
		}
		one.Revoking()
		if got := c.revoke(t.Context(), one.ID()); got.acknowledged() {
			one.Revoked(c.node)
		} else {
			mustBeUnavailable(t, "revoke", got)
		}
		if a := c.forwardAuth(t.Context(), one.raw, beyond); a.Verdict == journal.Accepted {
			t.Error("a token is accepted for more than it holds while refusals cannot be recorded")
		}
	}
	until(t, "not ready", func() bool { return p.status("/readyz") == http.StatusServiceUnavailable })
	p.alive()
}

// mustBeUnavailable asks for 503 with Retry-After, and a body that tells
// nothing of the inside.
func mustBeUnavailable(t *testing.T, what string, got reply) {
	t.Helper()
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Errorf("%s answers %d, Retry-After %q: %s", what, got.status, got.header.Get("Retry-After"), got.body)
	}
	for _, word := range []string{"sql", "disk", "tmp", "fsync"} {
		if strings.Contains(strings.ToLower(string(got.body)), word) {
			t.Errorf("%s tells of %q: %s", what, word, got.body)
		}
	}
}

// keptBy lists all tokens as the server does.
func keptBy(t *testing.T, p *process) []journal.Kept {
	t.Helper()
	var list []journal.Kept
	for q := (client.TokenQuery{Limit: 200}); ; {
		page, err := p.admin().List(t.Context(), q)
		must(t, err)
		for _, one := range page.Tokens {
			list = append(list, journal.Kept{Name: one.Name, ID: one.ID, Revoked: !one.RevokedAt.IsZero()})
		}
		if q.After = page.Next; q.After == "" {
			return list
		}
	}
}
