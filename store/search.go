package store

import (
	"context"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// A search by text reads every token of its kind and owners: no index that
// both databases have finds a part of a word. It takes seconds among hundreds
// of thousands, so few run at once, and the rest wait without a connection:
// however many people search, verifying and issuing go on beside it (I-09).
//
// A search for a scope is one, too. An index by scope would be a row for every
// scope of every token: five hundred million for a hundred million tokens, all
// written as tokens are issued, for a question that an administrator asks once a
// month. A scope that many tokens have fills its page at once; for a rare one
// among millions, name the owner as well.

const (
	// maxSearches is how many searches run at once in one process.
	maxSearches = 2
	// maxSearch is longer than any text that is searched. SQLite refuses
	// patterns of more than 50,000 bytes.
	maxSearch = 16 << 10
)

// slots bound what runs at once.
type slots chan struct{}

// enter waits for a free slot, as long as the caller does.
func (s slots) enter(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return token.Unavailable(ctx.Err())
	}
}

func (s slots) leave() { <-s }

// searchText is what a text search looks at. The separator cannot be part of
// any of the three, so a match never spans two of them.
func searchText(t token.Token) string {
	return strings.ToLower(t.Name + "\x1f" + t.Description + "\x1f" + t.Hint)
}

// hasScope is the condition of a token whose record names a scope. LIKE would not
// tell letter cases apart on SQLite.
const hasScope = "replace(' ' || t.scopes || ' ', ?, '') <> ' ' || t.scopes || ' '"

// likePattern makes a LIKE pattern that matches text literally anywhere, with
// the backslash as its escape (H-13).
func likePattern(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
}
