package postgres

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/tokenwright/tokenwright/token"
)

// connLifetime renews connections, so that nodes come back to a primary that
// moved by name, and stays below the hour after which some hosted databases
// cut them.
const connLifetime = 30 * time.Minute

// address is a parsed database URL.
type address struct{ config *pgx.ConnConfig }

// parse reads a database URL. Its errors quote no part of the URL, because a
// password with a forgotten escape ends up in any of them.
func parse(text string) (address, error) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		return address{}, token.Invalid("the database address is not a URL; write special characters of the password as %XX")
	case parsed.Scheme != "postgres" && parsed.Scheme != "postgresql":
		return address{}, token.Invalid("the database address must begin with postgres://")
	}
	config, err := pgx.ParseConfig(text)
	if err != nil {
		return address{}, token.Invalid("the database address has a parameter that cannot be used" + detail(err, parsed))
	}
	if parsed.Query().Get("target_session_attrs") == "" {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPrimary
	}
	return address{config}, nil
}

// detail is the driver's own complaint, without the address it begins with.
// One that repeats a secret is left out.
func detail(err error, parsed *url.URL) string {
	var complaint *pgconn.ParseConfigError
	if !errors.As(err, &complaint) {
		return ""
	}
	text := complaint.Error()
	_, text, _ = strings.Cut(text[strings.LastIndexByte(text, '`')+1:], ": ")
	password, _ := parsed.User.Password()
	for _, secret := range []string{password, parsed.Query().Get("password"), parsed.Query().Get("sslpassword")} {
		if text == "" || secret != "" && strings.Contains(text, secret) {
			return ""
		}
	}
	return ": " + text
}

// purpose is what connections are for; it decides their session's settings.
type purpose int

const (
	reading purpose = iota
	writing
	migrating
	listening
)

// connection gives the configuration of connections for a purpose.
func (a address) connection(p purpose, deadline time.Duration) *pgx.ConnConfig {
	config := a.config.Copy()
	config.DialFunc = dialer(deadline).DialContext
	if config.ConnectTimeout == 0 || config.ConnectTimeout > deadline {
		config.ConnectTimeout = deadline
	}
	if a.pooled() {
		return config
	}
	for name, value := range settings(p, deadline) {
		if _, chosen := config.RuntimeParams[name]; !chosen {
			config.RuntimeParams[name] = value
		}
	}
	return config
}

// pooled reports whether a connection pooler stands in between. It refuses
// most settings at the start of a session, and a session is not ours alone.
func (a address) pooled() bool {
	return a.config.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement
}

// settings are those of a session. A migration may take its time.
func settings(p purpose, deadline time.Duration) map[string]string {
	all := map[string]string{"application_name": "tokenwright"}
	if p == migrating {
		return all
	}
	limit := strconv.FormatInt(deadline.Milliseconds(), 10)
	maps.Copy(all, map[string]string{
		"statement_timeout":                   limit,
		"lock_timeout":                        limit,
		"idle_in_transaction_session_timeout": limit,
	})
	if p == reading {
		all["default_transaction_read_only"] = "on"
	}
	return all
}

// pool opens a pool. It connects when it is used.
func (a address) pool(p purpose, options Options) *sql.DB {
	db := stdlib.OpenDB(*a.connection(p, options.Deadline))
	size := options.WriteConns
	if p == reading {
		size = options.ReadConns
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxLifetime(connLifetime)
	db.SetConnMaxIdleTime(connLifetime / 6)
	return db
}

// explain gives an error of the start its words for the operator.
func (a address) explain(err error) error {
	var refused *pgconn.PgError
	var reason string
	switch {
	case errors.As(err, &refused) && refused.Code == "08P01":
		reason = refused.Message + "; behind a connection pooler add default_query_exec_mode=exec to the address"
	case errors.As(err, &refused):
		reason = refused.Message
	default:
		reason = err.Error()
	}
	where := net.JoinHostPort(a.config.Host, strconv.Itoa(int(a.config.Port)))
	message := fmt.Sprintf("cannot use the database %q at %s as %q: %s", a.config.Database, where, a.config.User, reason)
	return token.NewError(token.ErrUnavailable, message, err)
}
