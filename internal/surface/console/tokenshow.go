package console

import (
	"net/http"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// historyLength is how many events of a token its page shows.
const historyLength = 50

// shownToken is the page about one token.
type shownToken struct {
	token  tokenView
	events []page.Event
	older  int // events that are not shown
	usage  *usageView
}

func (p tokenPages) show(w http.ResponseWriter, r *web.Request) error {
	v, err := p.Site.Visitor(r)
	if err != nil {
		return err
	}
	t, err := p.find(r)
	if err != nil {
		return err
	}
	history, err := p.Authority.History(r.Context(), r.Principal, p.kind, audit.Query{
		TokenID: t.ID, Actions: p.eventActions(), Limit: historyLength,
	})
	if err != nil {
		return err
	}
	shown := shownToken{token: p.view(r, t), older: history.Total - len(history.Entries)}
	for _, entry := range history.Entries {
		shown.events = append(shown.events, eventOf(v, entry))
	}
	if shown.usage, err = p.usageOf(v, r, t, history.Entries); err != nil {
		return err
	}
	return p.Site.Write(w, v, page.Sheet{
		Title: t.Name, Tab: p.path, Trail: p.trail(v, "", ""), Content: tokenShow(v, shown), Live: []token.Kind{p.kind},
	})
}

// eventActions are the entries of the log that are events of a token. Refusals of
// workspace tokens belong to their history.
func (p tokenPages) eventActions() []audit.Action {
	if p.in != nil {
		return append(wire.EventActions(), audit.AccessRefused)
	}
	return wire.EventActions()
}

// eventOf puts an entry of the log into words.
func eventOf(v *page.Visitor, e audit.Entry) page.Event {
	event := page.Event{At: e.At, By: v.Text("event.by", "actor", e.Actor), Tone: page.ToneQuiet}
	if e.Actor == "" {
		event.By = v.Text("event.nobody")
	}
	if e.Outcome == audit.Refused {
		event.Title, event.Tone, event.Detail = v.Text("workspace.event.refused"), page.ToneWarn, e.Reason
		return event
	}
	switch e.Action {
	case audit.TokenIssued:
		event.Title, event.Tone = v.Text("event.issued"), page.ToneGood
	case audit.TokenImported:
		event.Title, event.Tone = v.Text("event.imported"), page.ToneGood
	case audit.TokenRotated:
		event.Title, event.Detail = v.Text("event.rotated"), overlapWords(v, e)
	case audit.TokenRevoked:
		event.Title, event.Tone, event.Detail = v.Text("event.revoked"), page.ToneBad, e.Reason
	case audit.TokenDisabled:
		event.Title, event.Tone = v.Text("event.disabled"), page.ToneWarn
	case audit.TokenEnabled:
		event.Title, event.Tone = v.Text("event.enabled"), page.ToneGood
	default:
		event.Title = string(e.Action)
	}
	return event
}

// overlapWords says how long the former secret lived on.
func overlapWords(v *page.Visitor, e audit.Entry) string {
	seconds, err := strconv.Atoi(e.Details["overlapSeconds"])
	if err != nil || seconds <= 0 {
		return v.Text("event.overlap.none")
	}
	return v.Text("event.overlap", "moment", v.Moment(e.At.Add(time.Duration(seconds)*time.Second)))
}
