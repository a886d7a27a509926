package bench_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
)

// How a filled table looks: tokens of one kind spread over owners, all good
// for a while, with five scopes.
const (
	fillOwners  = 100
	fillShare   = 100 // tokens of an owner at least, so that there is a page of each
	fillExpiry  = 64  // distinct days of expiry
	fillScopes  = "catalog:read catalog:write techdocs:read scaffolder:read scaffolder:execute"
	fillPerson  = "user:default/admin"
	fillBatches = 10_000
)

var tokenColumns = []string{
	"id", "family", "kind", "class", "name", "name_key", "description", "hint", "search", "owner", "workspace", "subject",
	"scopes", "created_by", "created_at", "expires_at", "last_used_at", "disabled_at", "revoked_at", "revoked_by", "revoke_reason",
	"checksum",
}

// rawOf gives the raw string of the i-th token of a filled table. It is made
// from its number, so that a table of any size needs no list of secrets.
func rawOf(tb testing.TB, f token.Formats, i int) string {
	tb.Helper()
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	seed := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
	more := sha256.Sum256(seed[:])
	body := make([]byte, 0, token.MaxRawLength)
	body = append(body, f.Prefix(token.KindService)+"_"...)
	for _, b := range append(seed[:], more[:11]...) {
		body = append(body, alphabet[b%62])
	}
	raw := token.AppendChecksum(body)
	if _, err := f.Parse(string(raw)); err != nil {
		tb.Fatal("a made token is not well formed: ", err)
	}
	return string(raw)
}

// owners is over how many owners n tokens are spread.
func owners(n int) int { return max(1, min(fillOwners, n/fillShare)) }

// rowOf gives the i-th of n rows of the table tokens.
func rowOf(i, n int, raw string, created time.Time) []any {
	owner := fmt.Sprintf("group:default/team-%03d", i%owners(n))
	name := fmt.Sprintf("token-%09d", i)
	id := fmt.Sprintf("%08x-0000-7000-8000-%012x", i/1000, i)
	at := created.Add(time.Duration(i) * time.Microsecond).UnixMicro()
	expires := created.Add(time.Duration(40+i%fillExpiry) * 24 * time.Hour).UnixMicro()
	subject := token.ServiceSubject(owner, name)
	checksum, _ := store.Checksums(token.Token{
		ID: id, Family: token.FamilyID(id), Kind: token.KindService, Name: name, Owner: owner, Subject: subject,
		Scopes: strings.Fields(fillScopes), CreatedBy: fillPerson, CreatedAt: time.UnixMicro(at), ExpiresAt: time.UnixMicro(expires),
	}, token.Digest{})
	return []any{
		id, id, "service", "live", name, name, "filled", token.Hint(raw), name + "\nfilled\n" + token.Hint(raw), owner, "",
		string(subject), fillScopes, fillPerson, at, expires, nil, nil, nil, "", "", checksum,
	}
}

// secretColumns are those of the table secrets.
var secretColumns = []string{"digest", "token_id", "created_at", "checksum"}

// secretOf gives the row of a token's secret.
func secretOf(row []any, raw string) []any {
	id, at, d := row[0].(string), row[14].(int64), token.Digester{}.Digest(raw)
	_, checksum := store.Checksums(token.Token{ID: id, CreatedAt: time.UnixMicro(at)}, d)
	return []any{d[:], id, at, checksum}
}

// countColumns are those of the table token_counts.
var countColumns = []string{"kind", "owner", "class", "level", "bucket", "n"}

// countRows gives the counters of a filled table as the sequencer leaves them:
// sums over all and over spans of time at three levels, of each owner and of
// all.
func countRows(n int, created time.Time) [][]any {
	type sum struct {
		owner         string
		level, bucket int64
	}
	sums := map[sum]int64{}
	for i := range n {
		expires := created.Add(time.Duration(40+i%fillExpiry) * 24 * time.Hour).UnixMicro()
		for _, owner := range []string{fmt.Sprintf("group:default/team-%03d", i%owners(n)), ""} {
			sums[sum{owner, 63, 0}]++
			for _, level := range []int64{30, 36, 42} {
				sums[sum{owner, level, expires >> level}]++
			}
		}
	}
	var rows [][]any
	for s, count := range sums {
		rows = append(rows, []any{"service", s.owner, "live", s.level, s.bucket, count})
	}
	return rows
}

// fillSQLite fills the file of an open store through a connection of its own.
func fillSQLite(b *testing.B, path string, f token.Formats, n int) {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(60000)&_pragma=synchronous(OFF)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	rebuild := dropIndexes(b, db)
	created := time.Now().Add(-time.Hour).UTC()
	marks := "?"
	for range len(tokenColumns) - 1 {
		marks += ",?"
	}
	inTransaction := func(from, to int) {
		tx, err := db.BeginTx(context.Background(), nil)
		must(b, err)
		tokens, err := tx.Prepare("INSERT INTO tokens (" + join(tokenColumns) + ") VALUES (" + marks + ")")
		must(b, err)
		defer tokens.Close()
		secrets, err := tx.Prepare("INSERT INTO secrets (" + join(secretColumns) + ") VALUES (?,?,?,?)")
		must(b, err)
		defer secrets.Close()
		for i := from; i < to; i++ {
			raw := rawOf(b, f, i)
			row := rowOf(i, n, raw, created)
			_, err := tokens.Exec(row...)
			must(b, err)
			_, err = secrets.Exec(secretOf(row, raw)...)
			must(b, err)
		}
		must(b, tx.Commit())
	}
	for from := 0; from < n; from += fillBatches {
		inTransaction(from, min(from+fillBatches, n))
	}
	for _, row := range countRows(n, created) {
		_, err := db.Exec("INSERT INTO token_counts ("+join(countColumns)+") VALUES (?,?,?,?,?,?)", row...)
		must(b, err)
	}
	for _, statement := range rebuild {
		_, err = db.Exec(statement)
		must(b, err)
	}
	_, err = db.Exec("ANALYZE")
	must(b, err)
}

// dropIndexes drops the indexes of the table tokens, so that filling it takes
// seconds and not minutes, and gives the statements that make them again.
func dropIndexes(b *testing.B, db *sql.DB) []string {
	b.Helper()
	rows, err := db.Query("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'tokens' AND sql IS NOT NULL")
	must(b, err)
	defer rows.Close()
	var names, statements []string
	for rows.Next() {
		var name, statement string
		must(b, rows.Scan(&name, &statement))
		names, statements = append(names, name), append(statements, statement)
	}
	must(b, rows.Err())
	must(b, rows.Close())
	for _, name := range names {
		_, err := db.Exec("DROP INDEX " + name)
		must(b, err)
	}
	return statements
}

// fillPostgres fills the tables of an open store by COPY.
func fillPostgres(b *testing.B, url string, f token.Formats, n int) {
	b.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	must(b, err)
	defer conn.Close(ctx)
	created := time.Now().Add(-time.Hour).UTC()
	copyRows := func(table string, columns []string, row func(i int, raw string) []any) {
		i := -1
		_, err := conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
			if i++; i >= n {
				return nil, nil
			}
			return row(i, rawOf(b, f, i)), nil
		}))
		must(b, err)
	}
	copyRows("tokens", tokenColumns, func(i int, raw string) []any { return rowOf(i, n, raw, created) })
	copyRows("secrets", secretColumns, func(i int, raw string) []any { return secretOf(rowOf(i, n, raw, created), raw) })
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"token_counts"}, countColumns, pgx.CopyFromRows(countRows(n, created)))
	must(b, err)
	_, err = conn.Exec(ctx, "VACUUM ANALYZE tokens, secrets")
	if err != nil {
		_, err = conn.Exec(ctx, "ANALYZE tokens")
	}
	must(b, err)
}

func join(columns []string) string {
	out := columns[0]
	for _, c := range columns[1:] {
		out += ", " + c
	}
	return out
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
