package intake

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
)

// PrimeDX is the database of the access-tokens plugin of Backstage, opened to be
// read. Everything is read in one transaction, so that two readings give the
// same while the plugin goes on working.
type PrimeDX struct {
	db *sql.DB
	tx *sql.Tx
}

// selectTokens gives each token with every line of its log, one a row. It names
// its columns: a later version of the plugin may have more.
const selectTokens = `SELECT t.id, t.name, t.description, t.token_hash, t.token_prefix, t.group_entity_ref, t.scopes, t.created_by,
	t.created_at, t.expires_at, t.last_used_at, t.revoked_at, t.revoked_by, a.event, a.actor, a.metadata, a.occurred_at
	FROM service_access_tokens t LEFT JOIN service_access_token_audit_log a ON a.token_id = t.id
	ORDER BY t.created_at, t.id, a.occurred_at, a.id`

const connectPatience = 10 * time.Second

// OpenPrimeDX opens the database at "sqlite:PATH" or "postgres://…". A password
// in the address is refused: the list of processes shows it to everybody.
func OpenPrimeDX(ctx context.Context, address string) (*PrimeDX, error) {
	db, options, err := openReadOnly(address)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the database of the plugin cannot be read: %w", err), db.Close())
	}
	return &PrimeDX{db, tx}, nil
}

func openReadOnly(address string) (*sql.DB, *sql.TxOptions, error) {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil {
			return nil, nil, fmt.Errorf("the database of the plugin cannot be read: %w", err)
		}
		source := url.URL{
			Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
			RawQuery: url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "query_only(1)"}}.Encode(),
		}
		db, err := sql.Open("sqlite", source.String())
		return db, nil, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, nil, token.Invalid("the database of the plugin is named as sqlite:PATH or postgres://user@host/database")
	}
	if _, given := u.User.Password(); given || u.Query().Has("password") {
		return nil, nil, token.Invalid("the address holds a password, which every user of this machine can see; take it out and set PGPASSWORD, or use a password file (PGPASSFILE)")
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, nil, token.Invalid("the address of the database cannot be read; it looks like postgres://user@host/database")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectPatience
	}
	return stdlib.OpenDB(*config), &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, nil
}

// Close lets the database go.
func (p *PrimeDX) Close() error { return errors.Join(p.tx.Rollback(), p.db.Close()) }

// Tokens reads the service tokens from the first one on, by when they were made.
// Their line is their place in this order. The reading before must be closed.
func (p *PrimeDX) Tokens(ctx context.Context) (*PrimeDXTokens, error) {
	return p.read(ctx, pluginTable{
		name: "service_access_tokens", query: selectTokens, complete: completeService,
		columns: func(r *pluginRow) []any {
			return []any{
				&r.line.ID, &r.line.Name, &r.line.Description, &r.line.Digest, &r.line.Hint, &r.line.Owner, &r.scopes,
				&r.line.CreatedBy, &r.created, &r.expires, &r.used, &r.revoked, &r.revokedBy, &r.event, &r.actor, &r.metadata, &r.occurred,
			}
		},
	})
}

// pluginTable is one of the tables with tokens, and how its rows are read.
type pluginTable struct {
	name, query string
	columns     func(r *pluginRow) []any
	// complete fills in what the table has in a form of its own.
	complete func(line *api.ImportLine, row *pluginRow, history *[]pluginEvent) error
}

func (p *PrimeDX) read(ctx context.Context, table pluginTable) (*PrimeDXTokens, error) {
	rows, err := p.tx.QueryContext(ctx, table.query) //nolint:rowserrcheck // row looks at it when there is no further one
	if err != nil {
		return nil, fmt.Errorf("the table %s and that of its log cannot be read: %w", table.name, err)
	}
	return &PrimeDXTokens{rows: rows, table: table}, nil
}

// PrimeDXTokens is one reading of a table. It implements Reader.
type PrimeDXTokens struct {
	rows  *sql.Rows
	table pluginTable
	next  *pluginRow // read and not taken yet; see row
	n     int
}

// pluginRow is a row: a token and one event of its log, which may be NULL.
type pluginRow struct {
	line                            api.ImportLine
	scopes, session                 string // of one table each
	created, expires, used, revoked any
	revokedBy                       sql.NullString
	event, actor, metadata          sql.NullString
	occurred                        any
}

// Close ends the reading.
func (t *PrimeDXTokens) Close() error { return t.rows.Close() }

// Next implements Reader.
func (t *PrimeDXTokens) Next() (api.ImportLine, error) {
	first, err := t.row()
	if err != nil {
		return api.ImportLine{}, err
	}
	t.n++
	history, fault := []pluginEvent{}, error(nil)
	for row := first; row != nil && row.line.ID == first.line.ID; row, err = t.row() {
		event, wrong := row.pluginEvent()
		if event != nil {
			history = append(history, *event)
		}
		fault = cmp.Or(fault, wrong)
		t.next = nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return api.ImportLine{}, err
	}
	line := first.line
	line.Line = t.n
	err = t.table.complete(&line, first, &history)
	if err != nil && !errors.Is(err, token.ErrInvalid) {
		return line, err
	}
	err = cmp.Or(err, fault, tell(&line, history))
	return line, err
}

// row gives the row behind the last one that was taken, or io.EOF. It gives the
// same row again until next is set to nil.
func (t *PrimeDXTokens) row() (*pluginRow, error) {
	if t.next != nil {
		return t.next, nil
	}
	if !t.rows.Next() {
		if err := t.rows.Err(); err != nil {
			return nil, fmt.Errorf("the table %s cannot be read: %w", t.table.name, err)
		}
		return nil, io.EOF
	}
	var r pluginRow
	if err := t.rows.Scan(t.table.columns(&r)...); err != nil {
		return nil, fmt.Errorf("token %d of %s cannot be read: %w", t.n+1, t.table.name, err)
	}
	t.next = &r
	return t.next, nil
}

func completeService(line *api.ImportLine, row *pluginRow, _ *[]pluginEvent) error {
	line.Kind, line.Algorithm, line.RevokedBy = string(token.KindService), AlgorithmSHA256, row.revokedBy.String
	digest, err := ParseDigest(line.Digest)
	if err != nil {
		return err
	}
	line.Digest = digest.String()
	if err := json.Unmarshal([]byte(row.scopes), &line.Scopes); err != nil {
		return token.Invalid("scopes of the row is not a JSON array of texts")
	}
	return completeTimes(line, row)
}

// completeTimes reads the times of a row.
func completeTimes(line *api.ImportLine, row *pluginRow) error {
	for _, at := range []struct {
		column string
		value  any
		to     *time.Time
	}{
		{"created_at", row.created, &line.CreatedAt},
		{"expires_at", row.expires, &line.ExpiresAt},
		{"last_used_at", row.used, &line.LastUsedAt},
		{"revoked_at", row.revoked, &line.RevokedAt},
	} {
		t, ok := instant(at.value)
		if !ok {
			return token.Invalid(at.column + " of the row is not a time")
		}
		*at.to = t
	}
	if line.ExpiresAt.IsZero() {
		// The default lifetime is for files that people write.
		return token.Invalid("expires_at of the row is empty")
	}
	return nil
}
