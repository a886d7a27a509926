package proof_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/internal/pgtest"
)

// TestKillDuringAnImport ends the server by kill -9 at random moments of an import
// (row K-01): afterwards all of its tokens are there, or none and no entry of any.
// In full the file has as many tokens as one may.
func TestKillDuringAnImport(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		killImports(t, func(*installation) {})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		cluster := pgtest.Start(t)
		killImports(t, func(i *installation) { i.database = postgresDatabase(t, cluster) })
	})
}

func killImports(t *testing.T, prepare func(*installation)) {
	t.Parallel()
	chance, lines := dice(t), amount(3000, api.MaxImportLines)
	place := func() *installation {
		i := install(t)
		i.config += "imported: [{kind: service, prefix: old, length: 43, alphabet: base62}]\n"
		prepare(i)
		return i
	}
	whole := place().start()
	began := time.Now()
	importInto(t, whole, lines)
	took := time.Since(began)
	mustHave(t, whole, lines)
	whole.stop()

	for range amount(4, 20) {
		one := place()
		p := one.start()
		p.userToken("user:default/admin") // somebody has used it before
		answered := make(chan error, 1)
		go func() {
			_, err := p.admin().Import(t.Context(), someLines(lines), endOf(lines), false)
			answered <- err
		}()
		<-time.After(time.Duration(chance.Float64() * 1.2 * float64(took)))
		p.kill()
		err := <-answered

		p = one.start()
		n := imported(t, p)
		if n != 0 && n != lines || err == nil && n != lines {
			t.Fatalf("the import answered %v, and %d of %d tokens are there", err, n, lines)
		}
		if n == 0 { // what it left behind is in nobody's way
			importInto(t, p, lines)
		}
		mustHave(t, p, lines)
		p.run("", "audit", "verify")
		p.kill()
	}
	t.Logf("%d tokens in %s", lines, took)
}

func importInto(t *testing.T, p *process, lines int) {
	t.Helper()
	got, err := p.admin().Import(t.Context(), someLines(lines), endOf(lines), false)
	if err != nil || got.Imported != lines {
		t.Fatalf("%d of %d were imported, %+v, %v\n%s", got.Imported, lines, got.Refused, err, p.said.tail())
	}
}

// mustHave fails unless that many tokens are there, and an entry of each.
func mustHave(t *testing.T, p *process, lines int) {
	t.Helper()
	page, err := p.admin().Entries(t.Context(), client.EntryQuery{Action: string(audit.TokenImported), Limit: 1})
	must(t, err)
	if n := imported(t, p); n != lines || page.Total != lines {
		t.Fatalf("%d tokens and %d entries, want %d", n, page.Total, lines)
	}
}

// imported counts the tokens that are there.
func imported(t *testing.T, p *process) int {
	t.Helper()
	page, err := p.admin().List(t.Context(), client.TokenQuery{Kind: "service", Limit: 1})
	must(t, err)
	return page.Total
}

func someLines(n int) iter.Seq2[api.ImportLine, error] {
	return func(yield func(api.ImportLine, error) bool) {
		for i := range n {
			digest := sha256.Sum256(fmt.Appendf(nil, "old_%043d", i))
			line := api.ImportLine{
				Line: i + 1, Kind: "service", Digest: hex.EncodeToString(digest[:]), Name: fmt.Sprintf("moved-%d", i),
				Owner: "group:default/platform", Scopes: []string{held},
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}

func endOf(n int) func() api.ImportEnd {
	return func() api.ImportEnd {
		return api.ImportEnd{End: true, Lines: n, Format: "jsonl", SHA256: hex.EncodeToString(make([]byte, 32))}
	}
}
