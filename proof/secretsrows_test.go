package proof_test

import (
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/tokenwright/tokenwright/client"
)

// searchRows searches every column of every row, as the database gives them:
// in its files long values are compressed.
func (k *keeping) searchRows() {
	db, err := sql.Open("pgx", k.place.database)
	must(k.t, err)
	defer db.Close()
	w := witness{t: k.t, db: db}
	tables := w.texts(`SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
	if len(tables) < 10 {
		k.t.Fatalf("only %d tables were found", len(tables))
	}
	for _, table := range tables {
		k.searchTable(db, table)
	}
	_, err = db.ExecContext(k.t.Context(), "CHECKPOINT") // now the files have it all
	must(k.t, err)
}

func (k *keeping) searchTable(db *sql.DB, table string) {
	rows, err := db.QueryContext(k.t.Context(), "SELECT * FROM "+table)
	must(k.t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(k.t, err)
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		must(k.t, rows.Scan(places...))
		for i, v := range values {
			text, isBytes := v.([]byte)
			if !isBytes {
				text = fmt.Append(nil, v)
			}
			k.needles.search(table+"."+columns[i], text, separate, &k.found)
		}
	}
	must(k.t, rows.Err())
}

// folderOf gives the folder of the cluster of a database, in which its socket
// stands too.
func folderOf(t testing.TB, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	must(t, err)
	folder := u.Query().Get("host")
	if !filepath.IsAbs(folder) {
		t.Fatalf("the cluster has no folder: %q", folder)
	}
	return folder
}

// clientQuery selects tokens by a part of their name.
func clientQuery(text string, limit int) client.TokenQuery {
	return client.TokenQuery{Text: text, Limit: limit}
}

// freeAddress gives an address of the loopback interface on which nobody
// listens at this moment.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}
