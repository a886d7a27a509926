package token

import "time"

// SortBy is a column by which lists are ordered.
type SortBy string

// The orders that lists know. Ties are broken by id in the same direction;
// tokens that were never used come last in either direction.
const (
	SortCreatedAt  SortBy = "createdAt"
	SortExpiresAt  SortBy = "expiresAt"
	SortLastUsedAt SortBy = "lastUsedAt"
	SortName       SortBy = "name"
	SortOwner      SortBy = "groupEntityRef"
)

// Query selects a page of tokens. The zero value of a field does not filter.
type Query struct {
	Kind      Kind
	Owner     string
	Workspace string
	// Owners limits the page to tokens of these owners; nil means all, an
	// empty slice means none.
	Owners []string
	States []State // union; empty means all
	Text   string  // case-insensitive substring of name, description or hint
	// Scope is one that the record names, to the letter. Like Text it is
	// searched for, token by token.
	Scope string
	// ExpiresFrom and ExpiresBefore bound the expiry: from the one on, before
	// the other.
	ExpiresFrom, ExpiresBefore time.Time
	// UnusedSince leaves tokens that were last used before, or never and made
	// before. It goes with the order by last use; in another one, and for the
	// total, it is searched for.
	UnusedSince time.Time
	Now         time.Time
	Notice      Notice // how early a token counts as expiring
	Sort        SortBy // "" = SortCreatedAt
	Asc         bool   // default is descending
	Limit       int
	Offset      int
	// After continues behind the last token of the former page (keyset
	// paging); Offset is then ignored.
	After *Cursor
	// NoTotal leaves Page.Total at 0 and saves counting.
	NoTotal bool
}

// SurveyQuery asks how many tokens of a kind there are of which sort.
type SurveyQuery struct {
	Kind Kind
	// Owners limits it to tokens of these owners; nil means all.
	Owners []string
	Now    time.Time
	// Edges divide time, in their order: tokens are counted by when they expire,
	// from each one on and before the next.
	Edges []time.Time
	// UnusedSince are times, the latest first.
	UnusedSince []time.Time
}

// Survey is a look at the tokens of a kind. Disabled tokens, and those that have
// ended, are no part of it.
type Survey struct {
	Expiring []int // one fewer than edges
	// Unused counts, for each time, tokens that were last used before, or never
	// and made before; at most MaxUnused.
	Unused []int
}

// MaxUnused is how far unused tokens are counted: whoever has a thousand of them
// needs no better number.
const MaxUnused = 1000

// Owned is how many usable tokens an owner has.
type Owned struct {
	Owner string
	Kind  Kind
	Count int
}

// Cursor is the place behind a token in an order.
type Cursor struct {
	ID    string
	Time  time.Time // value of the sort column when it is a time
	Text  string    // value of the sort column when it is text
	Never bool      // the sort column was null
}

// Page is a part of a list.
type Page struct {
	Tokens []Token
	Total  int // tokens that match, whole list
}

// Limits are the rules that must hold inside the transaction of an issue.
type Limits struct {
	MaxPerOwner int // usable tokens per owner and kind; 0 = no limit
	Reuse       NameReuse
}

// NameReuse says when the name of a former token may be taken again within
// its owner and kind.
type NameReuse string

// The rules of name reuse.
const (
	ReuseNever           NameReuse = "never"
	ReuseAfterRevocation NameReuse = "after_revocation"
	ReuseAfterEnd        NameReuse = "after_end" // revoked or expired
	ReuseAlways          NameReuse = "always"    // names are not unique
)

// New is a record to insert, with the digest of its secret and the rules that
// the inserting transaction enforces.
type New struct {
	Token Token
	// NameKey is what names are compared by; "" means the name itself.
	NameKey string
	Digest  Digest
	Limits  Limits
}
