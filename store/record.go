package store

import (
	"strings"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/store/internal/db"
	"github.com/tokenwright/tokenwright/token"
)

// class is where a token stands in the indexes.
type class = string

// The classes. A token is classExpired once the sweep came by after its
// expiry; until then it stands where it stood.
const (
	classLive     class = "live"
	classDisabled class = "disabled"
	classExpired  class = "expired"
	classRevoked  class = "revoked"
)

// classes lists the classes in no particular order.
func classes() []class { return []class{classLive, classDisabled, classExpired, classRevoked} }

// classOf gives the class that the times of a record ask for.
func classOf(t token.Token) class {
	switch {
	case !t.RevokedAt.IsZero():
		return classRevoked
	case !t.DisabledAt.IsZero():
		return classDisabled
	}
	return classLive
}

// tokenOf reads a row of the view token_records.
func tokenOf(r db.TokenRecord) token.Token {
	t := token.Token{
		ID: r.ID, Family: token.FamilyID(r.Family), Kind: token.Kind(r.Kind),
		Name: r.Name, Description: r.Description, Hint: r.Hint,
		Owner: r.Owner, Workspace: r.Workspace, Subject: token.Subject(r.Subject), Scopes: splitScopes(r.Scopes),
		CreatedBy: r.CreatedBy, CreatedAt: moment(r.CreatedAt), ExpiresAt: moment(r.ExpiresAt),
		LastUsedAt: maybe(r.LastUsedAt), DisabledAt: maybe(r.DisabledAt),
		RevokedAt: maybe(r.RevokedAt), RevokedBy: r.RevokedBy,
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

// searchText is what a text search looks at. The separator cannot be part of
// any of the three, so a match never spans two of them.
func searchText(t token.Token) string {
	return strings.ToLower(t.Name + "\x1f" + t.Description + "\x1f" + t.Hint)
}

// rowOf gives a record as it is inserted.
func rowOf(t token.Token) db.InsertTokenParams {
	return db.InsertTokenParams{
		ID: t.ID, Family: string(t.Family), Kind: string(t.Kind), Class: classOf(t),
		Name: t.Name, NameKey: text(t.Name), Description: t.Description, Hint: t.Hint, Search: searchText(t),
		Owner: t.Owner, Workspace: t.Workspace, Subject: string(t.Subject), Scopes: t.Scopes.String(),
		CreatedBy: t.CreatedBy, CreatedAt: micros(t.CreatedAt), ExpiresAt: micros(t.ExpiresAt),
		LastUsedAt: optional(t.LastUsedAt), DisabledAt: optional(t.DisabledAt),
		RevokedAt: optional(t.RevokedAt), RevokedBy: t.RevokedBy,
	}
}
