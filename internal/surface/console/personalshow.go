package console

import (
	"errors"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

func (p personalPages) show(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	t, err := p.findOwn(r)
	if err != nil {
		return err
	}
	history, err := p.Authority.History(r.Context(), r.Principal, p.kind, audit.Query{
		TokenID: t.ID, Actions: slices.Concat(wire.EventActions(), []audit.Action{audit.TokenReused}), Limit: historyLength,
	})
	if err != nil {
		return err
	}
	shown := shownToken{token: p.view(r, t), older: history.Total - len(history.Entries)}
	for _, entry := range history.Entries {
		event := eventOf(v, entry)
		if entry.Action == audit.TokenReused {
			event.Title, event.Tone = v.Text("personal.event.reused"), page.ToneBad
		}
		shown.events = append(shown.events, event)
	}
	return p.Site.Write(w, v, page.Sheet{
		Title: t.Name, Tab: p.path, Trail: p.trail(v, "", ""), Content: personalShow(v, shown), Live: []token.Kind{p.kind},
	})
}

func (p personalPages) askRevoke(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, func(*page.Visitor, *askedChange) int { return http.StatusOK })
}

// ask asks before a token is ended. typed is as of [revocation].
func (p personalPages) ask(w http.ResponseWriter, r *web.Request, typed func(*page.Visitor, *askedChange) (status int)) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	t, err := p.findFor(r, audit.TokenRevoked)
	switch {
	case err != nil:
		return err
	case t.Owner != r.Principal.Ref:
		return token.NewError(token.ErrNotFound, "Not found", nil)
	}
	asked := askedChange{token: p.view(r, t), path: p.pathOf(t.ID) + "/revoke"}
	status := typed(v, &asked)
	return p.Site.Write(w, v, page.Sheet{
		Title: v.Text("token.revoke.title", "name", t.Name), Tab: p.path, Trail: p.trail(v, t.Name, t.ID),
		Content: personalRevoke(v, asked), Status: status,
	})
}

// end ends a token, and every access JWT that came out of it. One that has ended
// stays as it is. Whoever may end it need not be one who may read it.
func (p personalPages) end(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	reason, err := form.One("reason")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	_, err = p.Authority.Revoke(r.Context(), r.Principal, p.kind, token.Revocation{TokenID: id, Owner: r.Principal.Ref, Reason: reason})
	switch {
	case errors.Is(err, token.ErrInvalid):
		return p.ask(w, r, reasonFault(reason))
	case err != nil && !errors.Is(err, token.ErrAlreadyRevoked):
		return err
	}
	p.Site.Notify(w, "notice.revoked")
	return page.SeeOther(w, p.back(r, id))
}
