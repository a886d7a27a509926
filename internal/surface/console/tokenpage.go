package console

import (
	"context"
	"errors"
	"slices"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// tokenPage is a part of a list of tokens.
type tokenPage struct {
	tokens     []token.Token
	total      int
	less, more bool // there is something before it, or behind it
}

// seek reads the part of the list that the filter names.
func (h handlers) seek(r *web.Request, f tokenFilter, q token.Query) (tokenPage, error) {
	q, ok := f.query(q)
	if !ok {
		return tokenPage{}, nil
	}
	q.Limit = pageLength + 1 // one more tells whether there is more
	switch {
	case f.before != "":
		return h.seekBefore(r, f, q)
	case f.after != "":
		after, err := h.cursor(r, f, q.Kind, f.after)
		if err != nil {
			return tokenPage{}, err
		}
		q.After = after
	}
	found, err := h.listVerb(f)(r.Context(), r.Principal, q)
	if err != nil {
		return tokenPage{}, err
	}
	p := tokenPage{tokens: found.Tokens, total: found.Total, less: q.After != nil}
	if len(p.tokens) > pageLength {
		p.tokens, p.more = p.tokens[:pageLength], true
	}
	return p, nil
}

// listVerb gives the verb of a list: owners of a workspace see all that is in it.
func (h handlers) listVerb(f tokenFilter) func(context.Context, token.Principal, token.Query) (token.Page, error) {
	if f.whole {
		return h.Authority.ListInWorkspace
	}
	return h.Authority.List
}

// seekBefore reads backwards: the list in the opposite order behind the token,
// turned round. Where that reaches the beginning, or tokens that were never used
// (they come last in either order), the first page is the answer.
func (h handlers) seekBefore(r *web.Request, f tokenFilter, q token.Query) (tokenPage, error) {
	first, all := f, token.Query{Kind: q.Kind, Workspace: q.Workspace, Owner: q.Owner}
	first.before = ""
	before, err := h.cursor(r, f, q.Kind, f.before)
	if err != nil {
		return tokenPage{}, err
	}
	if before == nil || before.Never {
		return h.seek(r, first, all)
	}
	q.After, q.Asc = before, !q.Asc
	found, err := h.listVerb(f)(r.Context(), r.Principal, q)
	if err != nil {
		return tokenPage{}, err
	}
	list := found.Tokens
	if f.sort == token.SortLastUsedAt {
		list = slices.DeleteFunc(list, func(t token.Token) bool { return t.LastUsedAt.IsZero() })
	}
	if len(list) <= pageLength {
		return h.seek(r, first, all)
	}
	list = list[:pageLength]
	slices.Reverse(list)
	return tokenPage{tokens: list, total: found.Total, less: true, more: true}, nil
}

// cursor gives the place of a token in the order of the list, nil for one that
// the principal may not see.
func (h handlers) cursor(r *web.Request, f tokenFilter, kind token.Kind, id string) (*token.Cursor, error) {
	t, err := h.Authority.Find(r.Context(), r.Principal, kind, id)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return nil, nil //nolint:nilnil // the list then begins at its beginning
	case err != nil:
		return nil, err
	}
	c := &token.Cursor{ID: t.ID}
	switch f.sort {
	case token.SortName:
		c.Text = t.Name
	case token.SortOwner:
		c.Text = t.Owner
	case token.SortExpiresAt:
		c.Time = t.ExpiresAt
	case token.SortLastUsedAt:
		c.Time, c.Never = t.LastUsedAt, t.LastUsedAt.IsZero()
	default:
		c.Time = t.CreatedAt
	}
	return c, nil
}
