package admin

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	defaultEntries = 100
	maxEntries     = 500
	// exportBatch is how many lines are written between two looks at the
	// connection, and exportPatience how long a client may take to read them.
	exportBatch    = 1000
	exportPatience = 30 * time.Second
)

func (s surface) listEntries(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	selected := q.entries()
	if q.err != nil {
		return q.err
	}
	limit := selected.Limit
	selected.Limit++ // one more tells whether there is another page
	page, err := s.Log.ListEntries(r.Context(), selected)
	if err != nil {
		return unreadable(err)
	}
	return web.WriteJSON(w, http.StatusOK, wirePage(page, limit))
}

// wirePage gives a page that was read with one entry more than its limit.
func wirePage(page audit.Page, limit int) api.EntryPage {
	out := api.EntryPage{Total: page.Total}
	if len(page.Entries) > limit {
		page.Entries = page.Entries[:limit]
		if limit > 0 {
			last := page.Entries[limit-1]
			out.Next = last.At.Format(time.RFC3339Nano) + "_" + last.ID
		}
	}
	out.Entries = each(page.Entries, wireEntry)
	return out
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
	if before := q.text("before"); before != "" {
		at, id, ok := strings.Cut(before, "_")
		t, err := parseTime(at)
		// Databases disagree about where odd text stands in an order.
		if entry, idErr := uuid.Parse(id); !ok || err != nil || idErr != nil || entry.String() != id {
			q.fail("before must be the next member of a page")
		}
		out.Before = &audit.Before{At: t, ID: id}
	}
	return out
}

// export streams entries as they are stored, one a line, and says at the end
// how many there were: a stream that was cut off has no such line.
func (s surface) export(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	selected := q.entries()
	if q.err != nil {
		return q.err
	}
	selected.Limit, selected.Before = 0, nil
	w.Header().Set("Content-Type", "application/jsonl")
	out, connection := bufio.NewWriterSize(w, 64<<10), http.NewResponseController(w)
	end := api.ExportEnd{End: true}
	err := s.Log.IterateEntries(r.Context(), selected, func(e audit.Stored) error {
		if end.Entries%exportBatch == 0 { // by the connection's clock, which is the system's
			if err := connection.SetWriteDeadline(time.Now().Add(exportPatience)); err != nil {
				return err
			}
		}
		end.Entries++
		_, err := out.Write(append(e.Body, '\n'))
		return err
	})
	if err != nil {
		return unreadable(err)
	}
	line, err := json.Marshal(end)
	if err != nil {
		return err
	}
	if _, err := out.Write(append(line, '\n')); err != nil {
		return err
	}
	return out.Flush()
}
