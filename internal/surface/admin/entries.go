package admin

import (
	"net/http"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

const (
	defaultEntries = 100
	maxEntries     = 500
)

func (s surface) listEntries(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	selected, list := q.entries(), wire.Listing{Name: "entries", Selection: q.params, Parameter: "before"}
	return s.answerEntries(w, q, entryList{list, selected, func(page audit.Query) (audit.Page, error) {
		found, err := s.Log.ListEntries(r.Context(), page)
		return found, unreadable(err)
	}})
}

// entryList is a list of entries, and how it is read.
type entryList struct {
	wire.Listing

	selected audit.Query
	read     func(audit.Query) (audit.Page, error)
}

// answerEntries writes the page of a list that a request asks for.
func (s surface) answerEntries(w http.ResponseWriter, q *query, list entryList) error {
	if q.err != nil {
		return q.err
	}
	selected, limit := list.selected, list.selected.Limit
	selected.Limit++ // one more tells whether there is another page
	var err error
	if selected.Before, err = s.startOfEntries(list.Listing); err != nil {
		return err
	}
	page, err := list.read(selected)
	if err != nil {
		return err
	}
	out := api.EntryPage{Total: page.Total}
	if len(page.Entries) > limit {
		page.Entries = page.Entries[:limit]
		if limit > 0 {
			last := page.Entries[limit-1]
			out.Next = s.Cursors.Seal(list.Listing, last.At.Format(time.RFC3339Nano), last.ID)
		}
	}
	out.Entries = each(page.Entries, wireEntry)
	return web.WriteJSON(w, http.StatusOK, out)
}

// startOfEntries gives the entry behind which a page begins, nil for the first.
func (s surface) startOfEntries(list wire.Listing) (*audit.Before, error) {
	at, err := s.Cursors.Open(list, 2)
	if err != nil || at == nil {
		return nil, err
	}
	t, err := parseTime(at[0])
	if err != nil {
		return nil, web.ErrCursor
	}
	return &audit.Before{At: t, ID: at[1]}, nil
}

// entries reads the filters of a list of entries.
func (q *query) entries() audit.Query {
	out := audit.Query{
		TokenID: q.text("tokenId"), Actor: q.text("actor"), Kind: token.Kind(q.text("kind")),
		Since: q.time("since"), Until: q.time("until"),
		Limit: int(min(q.number("limit", defaultEntries), maxEntries)),
	}
	if owner := q.text("owner"); owner != "" {
		ref, ok := ownerRef(owner)
		if !ok {
			q.fail("owner must be a group or user ref such as group:default/platform")
		}
		out.Owner = ref
	}
	for _, outcome := range q.list("outcome", []string{string(audit.Allowed), string(audit.Refused)}) {
		if out.Outcome != "" && string(out.Outcome) != outcome {
			q.fail("outcome must be allowed or refused")
		}
		out.Outcome = audit.Outcome(outcome)
	}
	if actions := q.text("action"); actions != "" {
		out.Actions = each(strings.Split(actions, ","), func(a string) audit.Action { return audit.Action(a) })
	}
	return out
}

// export streams the entries of a selection.
func (s surface) export(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	selected := q.entries()
	if q.err != nil {
		return q.err
	}
	selected.Limit = 0
	return unreadable(wire.WriteEntryLines(w, func(do func(audit.Stored) error) error {
		return s.Log.IterateEntries(r.Context(), selected, do)
	}))
}
