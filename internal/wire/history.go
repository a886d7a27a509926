package wire

import (
	"net/http"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// History answers the route with the events of one token, the path's {id}.
type History[E any] struct {
	Authority *authority.Authority
	Kind      token.Kind
	Actions   []audit.Action // entries that are events; see EventActions
	Event     func(audit.Entry) E
}

// Handle is a web.Handler. It reads limit (100 when absent, at most 500) and
// offset.
func (h History[E]) Handle(w http.ResponseWriter, r *web.Request) error {
	params, err := r.Query()
	if err != nil {
		return err
	}
	q := audit.Query{TokenID: r.PathValue("id"), Actions: h.Actions}
	if q.Limit, q.Offset, err = readPage(params, pageSizes{usual: 100, largest: 500}); err != nil {
		return err
	}
	page, err := h.Authority.History(r.Context(), r.Principal, h.Kind, q)
	if err != nil {
		return err
	}
	answer := Events[E]{Events: make([]E, len(page.Entries)), Total: page.Total, Limit: q.Limit, Offset: q.Offset}
	for i, entry := range page.Entries {
		answer.Events[i] = h.Event(entry)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
