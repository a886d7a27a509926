package admin

import (
	"net/http"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// listTokens gives a page, kind by kind in their documented order, newest
// first within a kind.
func (s surface) listTokens(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	selected := q.tokens()
	kinds, limit := s.selectedKinds(r.Principal, q), int(min(q.number("limit", defaultTokens), maxTokens))
	if q.err != nil {
		return q.err
	}
	list := wire.Listing{Name: "tokens", Selection: q.params, Parameter: "after"}
	start, err := s.startOfPage(list, kinds)
	if err != nil {
		return err
	}
	page := api.TokenPage{Tokens: []api.Token{}}
	for i, kind := range kinds {
		selected.Kind, selected.After, selected.Limit = kind, nil, 0
		if i >= start.kind {
			selected.Limit = limit + 1 - len(page.Tokens) // one more tells whether there is another page
		}
		if i == start.kind {
			selected.After = start.cursor
		}
		if err := s.addTokens(r, &page, selected); err != nil {
			return err
		}
	}
	if len(page.Tokens) > limit {
		page.Tokens = page.Tokens[:limit]
		if limit > 0 {
			page.Next = s.nextPage(list, page.Tokens[limit-1])
		}
	}
	return web.WriteJSON(w, http.StatusOK, page)
}

func (s surface) addTokens(r *web.Request, page *api.TokenPage, q token.Query) error {
	found, err := s.Authority.List(r.Context(), r.Principal, q)
	if err != nil {
		return err
	}
	page.Total += found.Total
	for _, t := range found.Tokens {
		out, err := s.token(t)
		if err != nil {
			return err
		}
		page.Tokens = append(page.Tokens, out)
	}
	return nil
}

// place is where a page begins: behind a cursor in a kind.
type place struct {
	kind   int
	cursor *token.Cursor
}

func (s surface) startOfPage(list wire.Listing, kinds []token.Kind) (place, error) {
	at, err := s.Cursors.Open(list, 3)
	if err != nil || at == nil {
		return place{}, err
	}
	created, err := parseTime(at[1])
	kind := slices.Index(kinds, token.Kind(at[0]))
	if err != nil || kind < 0 { // the caller may read fewer kinds than before
		return place{}, web.ErrCursor
	}
	return place{kind, &token.Cursor{ID: at[2], Time: created}}, nil
}

// nextPage gives the cursor of the page behind a token.
func (s surface) nextPage(list wire.Listing, last api.Token) string {
	return s.Cursors.Seal(list, last.Kind, last.CreatedAt.Format(time.RFC3339Nano), last.ID)
}

func (s surface) selectedKinds(by token.Principal, q *query) []token.Kind {
	name := q.text("kind")
	if name == "" {
		return s.readable(by)
	}
	kind, err := token.ParseKind(name)
	if q.err == nil {
		q.err = err
	}
	return []token.Kind{kind}
}

// tokens reads the filters of a list of tokens.
func (q *query) tokens() token.Query {
	out := token.Query{Workspace: q.text("workspace"), Text: q.text("q")}
	if owner := q.text("owner"); owner != "" {
		ref, ok := ownerRef(owner)
		if !ok {
			q.fail("owner must be a group or user ref such as group:default/platform")
		}
		out.Owner = ref
	}
	states := each(token.States(), func(s token.State) string { return string(s) })
	out.States = each(q.list("status", states), func(s string) token.State { return token.State(s) })
	if token.UTF16Length(out.Text) > 100 {
		q.fail("q must be between 1 and 100 characters")
	}
	if len(out.Workspace) > 100 {
		q.fail("workspace must be the name of a workspace, at most 100 bytes")
	}
	return out
}

// ownerRef reads a ref of a group or, with its kind written out, of a user.
func ownerRef(s string) (string, bool) {
	if ref, ok := token.ParseGroupRef(s); ok {
		return ref, true
	}
	return token.ParseUserRef(s)
}
