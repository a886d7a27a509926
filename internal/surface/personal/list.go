package personal

import (
	"net/http"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// maxEvents of a token are shown, the newest of them.
const maxEvents = 500

func (h handlers) list(w http.ResponseWriter, r *web.Request) error {
	params, err := r.Query()
	if err != nil {
		return err
	}
	// The owner is always the caller: administrators have no list of everybody
	// here.
	q := token.Query{Kind: token.KindPersonal, Owner: r.Principal.Ref}
	if q.Limit, q.Offset, err = wire.ReadPage(params, wire.LargestPage); err != nil {
		return err
	}
	page, err := h.Authority.List(r.Context(), r.Principal, q)
	if err != nil {
		return err
	}
	answer := wireList{Tokens: make([]wireRow, len(page.Tokens)), Total: page.Total}
	if params.Has("limit") || params.Has("offset") {
		answer.Limit, answer.Offset = &q.Limit, &q.Offset
	}
	now := h.Authority.Now()
	for i, t := range page.Tokens {
		answer.Tokens[i] = newWireRow(t, now)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

func (h handlers) history(w http.ResponseWriter, r *web.Request) error {
	t, err := h.own(r)
	if err != nil {
		return err
	}
	page, err := h.Authority.History(r.Context(), r.Principal, token.KindPersonal,
		audit.Query{TokenID: t.ID, Actions: eventActions(), Limit: maxEvents})
	if err != nil {
		return err
	}
	answer := wireEvents{Events: make([]wireEvent, len(page.Entries))}
	for i, entry := range page.Entries {
		answer.Events[i] = newWireEvent(entry)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
