package config

import (
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// The drivers of a Database.
const (
	DriverSQLite   = "sqlite"
	DriverPostgres = "postgres"
)

// unsafePath holds the characters that an SQLite driver does not take for
// part of a path.
const unsafePath = "?#\x00"

// Database says where the records are kept. It prints without its password
// in every way Go can print it.
type Database struct {
	Driver string
	// Path is the file of an SQLite database, as written; "" for PostgreSQL.
	Path string
	// URL is the connection URL of PostgreSQL, password included.
	URL token.Secret

	shown       string
	hasPassword bool
}

// SQLite gives the database in a file.
func SQLite(path string) Database {
	return Database{Driver: DriverSQLite, Path: path, shown: "sqlite:" + path}
}

// IsZero reports whether no database is named.
func (d Database) IsZero() bool { return d.Driver == "" }

// String gives the URL with "redacted" in place of a password.
func (d Database) String() string { return d.shown }

// ParseDatabase reads "sqlite:PATH" or "postgres://…". Its error means
// token.ErrInvalid and never repeats any part of s: that may be a password.
func ParseDatabase(s string) (Database, error) {
	if path, ok := strings.CutPrefix(s, "sqlite:"); ok {
		return parseSQLite(path)
	}
	if !strings.HasPrefix(s, "postgres://") && !strings.HasPrefix(s, "postgresql://") {
		return Database{}, token.Invalid("must be sqlite:PATH or postgres://user@host/database")
	}
	u, err := url.Parse(s)
	if err != nil {
		return Database{}, token.Invalid("is not a URL that can be read; write special characters of user, password and database as %XX")
	}
	if u.Fragment != "" || strings.Contains(s, "#") {
		return Database{}, token.Invalid("must not contain #; write it as %23 when it belongs to the password")
	}
	if u.Host == "" && !u.Query().Has("host") {
		return Database{}, token.Invalid("names no host; write postgres://user@host/database")
	}
	d := Database{Driver: DriverPostgres, URL: token.NewSecret(s)}
	d.shown, d.hasPassword = redactURL(*u)
	return d, nil
}

func parseSQLite(path string) (Database, error) {
	switch {
	case path == "":
		return Database{}, token.Invalid("names no file; write sqlite:PATH")
	case strings.Contains(path, ":memory:"):
		// It would forget every revocation at the first restart.
		return Database{}, token.Invalid("must be a file: an SQLite database in memory would forget what was revoked")
	case strings.ContainsAny(path, unsafePath):
		return Database{}, token.Invalid("must be sqlite:PATH without options")
	}
	return SQLite(strings.TrimPrefix(path, "//")), nil
}

// redactURL hides the password wherever PostgreSQL takes one, before the host
// and among the parameters, and reports whether there was one.
func redactURL(u url.URL) (shown string, found bool) {
	if _, found = u.User.Password(); found {
		u.User = url.UserPassword(u.User.Username(), "redacted")
	}
	query := u.Query()
	for name := range query {
		if strings.Contains(strings.ToLower(name), "pass") {
			query.Set(name, "redacted")
			found = true
		}
	}
	u.RawQuery = query.Encode()
	return u.String(), found
}
