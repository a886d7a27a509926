package pgtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// FillUp lets every insert into a table of a database fail as it does on a full
// disk, until the function that it gives is called.
func FillUp(t testing.TB, address, table string) (empty func()) {
	t.Helper()
	run := func(statements string) {
		t.Helper()
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			defer func() { _ = conn.Close(ctx) }() // the statements have run
			_, err = conn.Exec(ctx, statements)
		}
		if err != nil {
			t.Fatalf("%s: %v", statements, err)
		}
	}
	run(`CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION 'could not extend file: INSERT INTO secrets' USING ERRCODE = '53100'; END $$;
		CREATE TRIGGER disk_is_full BEFORE INSERT ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION disk_is_full()`)
	return func() {
		t.Helper()
		run(`DROP FUNCTION disk_is_full() CASCADE`)
	}
}
