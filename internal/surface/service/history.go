package service

import (
	"net/http"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

const (
	defaultEvents = 100
	maxEvents     = 500
)

func (h handlers) history(w http.ResponseWriter, r *web.Request) error {
	params, err := r.Query()
	if err != nil {
		return err
	}
	q := audit.Query{
		TokenID: r.PathValue("id"),
		Actions: wire.EventActions(),
	}
	if q.Limit, q.Offset, err = wire.ReadPage(params, wire.PageSizes{Usual: defaultEvents, Largest: maxEvents}); err != nil {
		return err
	}
	page, err := h.authority.History(r.Context(), r.Principal, token.KindService, q)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, wire.NewEvents(page, q, wire.NewEvent))
}
