package audit

import (
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Query selects entries, newest first. The zero value of a field does not
// filter.
type Query struct {
	TokenID string
	// TokenIDs is a union; empty means all.
	TokenIDs []string
	Owner    string
	Actor    string
	Kind     token.Kind
	// Actions is a union; empty means all.
	Actions []Action
	Outcome Outcome
	Since   time.Time // inclusive
	Until   time.Time // exclusive
	Limit   int
	Offset  int
	// Before continues behind the last entry of the former page: its time
	// and id (keyset paging). Offset is then ignored.
	Before *Before
	// After is the way back: of the entries that are newer than this one, those
	// nearest to it, newest first. Offset and Before are then ignored.
	After *Before
	// CountTo ends the counting of Page.Total there, which spares a long log
	// being read through for a number; 0 counts all.
	CountTo int
}

// Before is the place of an entry in the order "newest first".
type Before struct {
	At time.Time
	ID string
}

// Page is a part of the log as people read it.
type Page struct {
	Entries []Entry
	Total   int
}
