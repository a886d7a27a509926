package console

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// homeView is where people land: what needs attention, then what is their own.
type homeView struct {
	counts    []tile
	soon      *page.Table // service tokens that end soon; nil: not for this person
	refused   *page.Table // tokens that are refused often; nil: none
	ownerless []tile      // owners that are gone
	own       page.Table
	shortcuts []shortcut
}

// tile is a number that leads to what it counts.
type tile struct {
	number, text, path string
	tone               page.Tone
}

func (h handlers) home(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	shown := homeView{shortcuts: h.shortcuts(v)}
	parts := []func(*page.Visitor, *web.Request, *homeView) error{h.ownTokens}
	if h.may(r.Principal, policy.ServiceRead) {
		parts = append(parts, h.countService, h.expiringSoon)
	}
	if h.may(r.Principal, policy.Admin) {
		parts = append(parts, h.attention)
	}
	for _, part := range parts {
		if err := part(v, r, &shown); err != nil {
			return err
		}
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("home.title"), Tab: "/", Content: homePage(v, shown)})
}

// countService counts the service tokens by what one might do about them.
func (h handlers) countService(v *page.Visitor, r *web.Request, shown *homeView) error {
	for _, one := range []struct {
		state token.State
		tone  page.Tone
	}{{token.StateActive, ""}, {token.StateExpiring, page.ToneWarn}, {token.StateExpired, page.ToneBad}, {token.StateDisabled, ""}} {
		q := token.Query{Kind: token.KindService, States: []token.State{one.state}}
		found, err := h.Authority.List(r.Context(), r.Principal, q)
		if err != nil {
			return err
		}
		if found.Total == 0 {
			one.tone = ""
		}
		shown.counts = append(shown.counts, tile{
			number: v.Number(found.Total), text: v.Text(stateKey(one.state)), tone: one.tone,
			path: servicePath + "?state=" + string(one.state),
		})
	}
	return nil
}

// soonest is how many tokens a list of the landing page names.
const soonest = 8

// expiringSoon names the tokens that end next, before anybody notices it by
// something that stops.
func (h handlers) expiringSoon(v *page.Visitor, r *web.Request, shown *homeView) error {
	q := token.Query{
		Kind: token.KindService, States: []token.State{token.StateExpiring}, Sort: token.SortExpiresAt, Asc: true, Limit: soonest, NoTotal: true,
	}
	found, err := h.Authority.List(r.Context(), r.Principal, q)
	if err != nil {
		return err
	}
	table := h.soonTable(v, r, found.Tokens)
	shown.soon = &table
	return nil
}
