package proof_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/proof/journal"
)

// TestTheWitnessSeesWhatIsThereByHalf breaks a database by hand and asks the
// witness. Without this, TestKill could pass because nobody looks.
func TestTheWitnessSeesWhatIsThereByHalf(t *testing.T) {
	t.Parallel()
	place := install(t)
	p := place.start()
	l, c := newLoad(), newCaller(p, p.userToken("user:default/admin"))
	for range 4 {
		l.issue(t.Context(), c)
	}
	l.revoke(t.Context(), c)
	p.stop()

	intact := place.witness()
	intact.check(l.journal)
	intact.dismiss()
	if t.Failed() {
		t.Fatal("an intact database is called broken")
	}
	for _, tc := range []struct{ name, change, want string }{
		{"a lost entry", `DELETE FROM audit_entries WHERE id = (SELECT max(id) FROM audit_entries WHERE action = 'token.issued')`, "issues:0"},
		{"a lost secret", `DELETE FROM secrets WHERE digest = (SELECT max(digest) FROM secrets)`, "secrets:0"},
		{"a lost token", `DELETE FROM tokens WHERE id = (SELECT max(id) FROM tokens)`, "rows:0"},
		{"a lost revocation", `UPDATE tokens SET revoked_at = NULL, class = 'live'`, "revoked:0 secrets:1 issues:1 revocations:1"},
		{"a revocation without an entry", `DELETE FROM audit_entries WHERE action = 'token.revoked'`, "revocations:0}, want"},
		{"a lost count", `DELETE FROM unsettled; DELETE FROM token_counts`, "the counters say"},
		{"an altered entry", `UPDATE audit_entries SET body = CAST(replace(CAST(body AS TEXT), 'local:', 'lokal:') AS BLOB) WHERE position = 0`, "the log does not verify"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			broken := install(t)
			copyAll(t, place.data, broken.data)
			change(t, filepath.Join(broken.data, "tokenwright.db"), tc.change)
			w := broken.witness()
			defer w.dismiss()
			if found := strings.Join(w.partial(), "\n"); !strings.Contains(found, tc.want) {
				t.Errorf("the witness says: %q, want %q", found, tc.want)
			}
		})
	}
	t.Run("a token that is gone without a trace", func(t *testing.T) {
		broken := install(t)
		copyAll(t, place.data, broken.data)
		change(t, filepath.Join(broken.data, "tokenwright.db"), `DELETE FROM tokens WHERE id = (SELECT max(id) FROM tokens)`)
		w := broken.witness()
		defer w.dismiss()
		wrong := l.journal.Compare(w.kept())
		if len(wrong) != 1 || wrong[0].Kind != journal.W4 {
			t.Errorf("the journal says: %v", wrong)
		}
	})
}

// change runs statements on a SQLite file.
func change(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statements)
	must(t, err)
}
