package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

const tamperings = 1000

// TestEveryTamperingIsFound edits the stored log as somebody with write access
// to the database would, a thousand times in ways chosen at random, and
// verifies it each time.
func TestEveryTamperingIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.db")
	log := newTamperedLog(t, open(t, path), path)
	log.mustVerify(t)

	random := rand.New(rand.NewPCG(1, 2)) // repeatable on purpose
	ways := []func(*rand.Rand) string{
		log.flipBit, log.flipBit, log.flipBit, log.flipBit, log.deleteRow, log.swapRows, log.insertRow, log.cutTail,
	}
	for done := 0; done < tamperings; {
		log.begin(t)
		what := ways[random.IntN(len(ways))](random)
		if log.changed(t) {
			done++
			if err := log.verify(t); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("tampering %d, %s: error is %v, want %v", done, what, err, audit.ErrTampered)
			}
		}
		log.restore(t)
	}
	log.mustVerify(t)
}

// TestTheSequencerSaysThatItsTreeIsDamaged: "not found" would send whoever reads
// the log of the server looking for something else.
func TestTheSequencerSaysThatItsTreeIsDamaged(t *testing.T) {
	for _, damage := range []string{"DELETE FROM log_nodes", "DELETE FROM log_head"} {
		path := filepath.Join(t.TempDir(), "tokens.db")
		log := newTamperedLog(t, open(t, path), path)
		log.exec(t, damage)
		must(t, log.store.AppendEntry(t.Context(), audit.NewEntry(audit.TokenIssued, token.Principal{}, time.Now())))
		_, err := log.store.Sequence(t.Context(), signer{}, 1000)
		if !errors.Is(err, audit.ErrTampered) || !errors.Is(err, token.ErrUnavailable) || errors.Is(err, token.ErrNotFound) {
			t.Errorf("after %s: error is %v, want %v", damage, err, audit.ErrTampered)
		}
	}
}

// tamperedLog is a log of a store with a second connection to its file.
type tamperedLog struct {
	store      *store.Store
	db         *sql.DB
	tx         *sql.Tx
	keys       note.Verifiers
	checkpoint []byte // kept elsewhere
	former     audit.Head
}

// tables are those of the log, each with its columns.
func tables() map[string][]string {
	return map[string][]string{
		"audit_entries": {
			"id", "at", "action", "outcome", "actor", "token_id", "owner", "kind", "workspace", "body", "position",
		},
		"log_nodes": {"idx", "hash"},
		"log_head":  {"id", "origin", "size", "root", "signed"},
	}
}

type signer struct{ note.Signer }

func (s signer) Seal(text string, _ []token.KeyRecord) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, s.Signer)
}

func newTamperedLog(t *testing.T, s *store.Store, path string) *tamperedLog {
	t.Helper()
	private, public, err := note.GenerateKey(nil, "tamper.example/log")
	must(t, err)
	sign, err := note.NewSigner(private)
	must(t, err)
	verifier, err := note.NewVerifier(public)
	must(t, err)
	must(t, s.NameLog(t.Context(), "tamper.example/log"))
	log := &tamperedLog{store: s, keys: note.VerifierList(verifier)}
	by := token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin"}
	for i := range 37 {
		e := audit.NewEntry(audit.TokenIssued, by, time.UnixMicro(int64(1_800_000_000_000_000+i))).About(token.Token{
			ID: token.NewID(), Owner: "group:default/platform", Kind: token.KindService, Workspace: "acme", Name: "ci",
		})
		must(t, s.AppendEntry(t.Context(), e))
		if i == 20 {
			log.former = log.sequence(t, signer{sign})
		}
	}
	log.checkpoint = log.sequence(t, signer{sign}).Signed

	log.db, err = sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)")
	must(t, err)
	log.db.SetMaxOpenConns(1)
	t.Cleanup(func() { must(t, log.db.Close()) })
	for name := range tables() {
		log.exec(t, "CREATE TEMP TABLE clean_"+name+" AS SELECT * FROM "+name)
	}
	return log
}

func (l *tamperedLog) sequence(t *testing.T, sealer audit.Sealer) audit.Head {
	t.Helper()
	_, err := l.store.Sequence(t.Context(), sealer, 1000)
	must(t, err)
	head, err := l.store.Head(t.Context())
	must(t, err)
	return head
}

func (l *tamperedLog) verify(t *testing.T) error {
	t.Helper()
	_, err := audit.Verify(t.Context(), l.store, audit.VerifyOptions{Keys: l.keys, Checkpoints: [][]byte{l.checkpoint}})
	return err
}

func (l *tamperedLog) mustVerify(t *testing.T) {
	t.Helper()
	must(t, l.verify(t))
}

func (l *tamperedLog) begin(t *testing.T) {
	t.Helper()
	tx, err := l.db.BeginTx(t.Context(), nil)
	must(t, err)
	l.tx = tx
}

// changed commits and reports whether the log is any different: a database
// refuses some changes (of a key to one that exists), and some change nothing.
func (l *tamperedLog) changed(t *testing.T) bool {
	t.Helper()
	must(t, l.tx.Commit())
	for name := range tables() {
		var lost, rows, clean int
		must(t, l.db.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT
			(SELECT count(*) FROM (SELECT * FROM clean_%[1]s EXCEPT SELECT * FROM %[1]s)),
			(SELECT count(*) FROM %[1]s), (SELECT count(*) FROM clean_%[1]s)`, name)).Scan(&lost, &rows, &clean))
		if lost > 0 || rows != clean {
			return true
		}
	}
	return false
}

func (l *tamperedLog) restore(t *testing.T) {
	t.Helper()
	for name := range tables() {
		l.exec(t, "DELETE FROM "+name)
		l.exec(t, "INSERT INTO "+name+" SELECT * FROM clean_"+name)
	}
}

func (l *tamperedLog) exec(t *testing.T, query string) {
	t.Helper()
	_, err := l.db.ExecContext(t.Context(), query)
	must(t, err)
}

// try runs a tampering; one that the database refuses changes nothing.
func (l *tamperedLog) try(query string, args ...any) { _, _ = l.tx.Exec(query, args...) }

// pick gives a table, one of its columns and the rowid of one of its rows.
func (l *tamperedLog) pick(random *rand.Rand) (table, column string, row int64) {
	table = []string{"audit_entries", "log_nodes", "log_head"}[random.IntN(3)]
	columns := tables()[table]
	_ = l.tx.QueryRow("SELECT rowid FROM "+table+" ORDER BY rowid LIMIT 1 OFFSET abs(? % (SELECT count(*) FROM "+table+"))",
		random.Int64()).Scan(&row)
	return table, columns[random.IntN(len(columns))], row
}

func (l *tamperedLog) flipBit(random *rand.Rand) string {
	table, column, row := l.pick(random)
	where := fmt.Sprintf("UPDATE %s SET %s = %%s WHERE rowid = %d", table, column, row)
	var value any
	_ = l.tx.QueryRow(fmt.Sprintf("SELECT %s FROM %s WHERE rowid = %d", column, table, row)).Scan(&value)
	flip := func(b []byte) []byte {
		b = append([]byte{}, b...)
		if len(b) == 0 {
			return []byte{'x'}
		}
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
		return b
	}
	switch v := value.(type) {
	case int64:
		l.try(fmt.Sprintf(where, "?"), v^(1<<random.IntN(63)))
	case string:
		l.try(fmt.Sprintf(where, "CAST(? AS TEXT)"), flip([]byte(v)))
	case []byte:
		l.try(fmt.Sprintf(where, "?"), flip(v))
	}
	return fmt.Sprintf("a bit of %s.%s flipped", table, column)
}

func (l *tamperedLog) deleteRow(random *rand.Rand) string {
	table, _, row := l.pick(random)
	l.try(fmt.Sprintf("DELETE FROM %s WHERE rowid = %d", table, row))
	return "a row of " + table + " deleted"
}

// swapRows gives two entries each other's position.
func (l *tamperedLog) swapRows(random *rand.Rand) string {
	a, b := random.IntN(37), random.IntN(37)
	l.try("UPDATE audit_entries SET position = -1 WHERE position = ?", a)
	l.try("UPDATE audit_entries SET position = ? WHERE position = ?", a, b)
	l.try("UPDATE audit_entries SET position = ? WHERE position = -1", b)
	return fmt.Sprintf("entries %d and %d swapped", a, b)
}

func (l *tamperedLog) insertRow(random *rand.Rand) string {
	if random.IntN(2) == 0 {
		l.try("INSERT INTO log_nodes SELECT idx + 1000, hash FROM log_nodes WHERE idx = ?", random.IntN(60))
		return "a hash inserted"
	}
	l.try(`INSERT INTO audit_entries SELECT id || 'x', at, action, outcome, actor, token_id, owner, kind, workspace, body,
		? FROM audit_entries WHERE position = ?`, 37+random.IntN(3), random.IntN(37))
	return "an entry inserted behind the end"
}

// cutTail puts the log back to an earlier state that was signed in its time.
func (l *tamperedLog) cutTail(*rand.Rand) string {
	size := l.former.Size
	l.try("DELETE FROM audit_entries WHERE position >= ?", size)
	l.try("DELETE FROM log_nodes WHERE idx >= ?", 2*size-1)
	l.try("UPDATE log_head SET size = ?, root = ?, signed = ?", size, l.former.Root[:], l.former.Signed)
	return "the end cut off, with its head"
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
