package store

import (
	"database/sql"
	"strings"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// class is where a token stands in the indexes of lists and in the counters.
type class = string

// The classes. A token is classExpired once the sweep came by after its
// expiry; until then it stands where it stood. The class of a token that was
// changed follows when it is settled, see settle.go.
const (
	classLive     class = "live"
	classDisabled class = "disabled"
	classExpired  class = "expired"
	classRevoked  class = "revoked"
)

// classes lists the classes in no particular order.
func classes() []class { return []class{classLive, classDisabled, classExpired, classRevoked} }

// tokenOf reads a row of the view token_records.
func tokenOf(r db.TokenRecord) token.Token {
	t := token.Token{
		ID: r.ID, Family: token.FamilyID(r.Family), Kind: token.Kind(r.Kind),
		Name: r.Name, Description: r.Description, Hint: r.Hint,
		Owner: r.Owner, Workspace: r.Workspace, Subject: token.Subject(r.Subject), Scopes: splitScopes(r.Scopes),
		CreatedBy: r.CreatedBy, CreatedAt: moment(r.CreatedAt), ExpiresAt: moment(r.ExpiresAt),
		LastUsedAt: maybe(r.LastUsedAt), DisabledAt: maybe(r.DisabledAt),
		RevokedAt: maybe(r.RevokedAt), RevokedBy: r.RevokedBy,
		Replaces: r.Replaces, ReplacedBy: r.ReplacedBy,
	}
	if t.RevokedAt.IsZero() && r.MarkAt.Valid {
		t.RevokedAt, t.RevokedBy = moment(r.MarkAt.Int64), r.MarkBy.String
	}
	return t
}

// splitScopes undoes Scopes.String. What is stored was checked when it was
// issued; a damaged value gives scopes that nothing demands.
func splitScopes(s string) token.Scopes {
	if s == "" {
		return nil
	}
	return strings.Split(s, " ")
}

// storable reports whether every text is one that both databases can hold. What
// is not cannot be found: PostgreSQL would refuse the question, and SQLite
// would read a pattern up to its NUL only (H-05).
func storable(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			return false
		}
	}
	return true
}

// rowOf gives a record as it is inserted. key is what nobody else may have, see
// nameKey.
func rowOf(t token.Token, key sql.NullString) db.InsertTokenParams {
	row := db.InsertTokenParams{
		ID: t.ID, Family: string(t.Family), Kind: string(t.Kind),
		Name: t.Name, NameKey: key, Description: t.Description, Hint: t.Hint, Search: searchText(t),
		Owner: t.Owner, Workspace: t.Workspace, Subject: string(t.Subject), Scopes: t.Scopes.String(),
		CreatedBy: t.CreatedBy, CreatedAt: micros(t.CreatedAt), ExpiresAt: micros(t.ExpiresAt),
		LastUsedAt: optional(t.LastUsedAt), DisabledAt: optional(t.DisabledAt),
		RevokedAt: optional(t.RevokedAt), RevokedBy: t.RevokedBy,
	}
	row.Checksum = recordChecksum(&db.TokenRecord{
		ID: row.ID, Family: row.Family, Kind: row.Kind, Name: row.Name, Owner: row.Owner, Workspace: row.Workspace,
		Subject: row.Subject, Scopes: row.Scopes, CreatedBy: row.CreatedBy, CreatedAt: row.CreatedAt, ExpiresAt: row.ExpiresAt,
		DisabledAt: row.DisabledAt, RevokedAt: row.RevokedAt,
	})
	return row
}
