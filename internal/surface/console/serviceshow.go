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

// shownService is the page about one service token.
type shownService struct {
	token  tokenView
	events []page.Event
	older  int // events that are not shown
}

func (h handlers) showService(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	t, err := h.findService(r)
	if err != nil {
		return err
	}
	history, err := h.Authority.History(r.Context(), r.Principal, token.KindService, audit.Query{
		TokenID: t.ID, Actions: wire.EventActions(), Limit: historyLength,
	})
	if err != nil {
		return err
	}
	shown := shownService{token: h.viewService(r, t), older: history.Total - len(history.Entries)}
	for _, entry := range history.Entries {
		shown.events = append(shown.events, eventOf(v, entry))
	}
	return h.Site.Write(w, v, page.Sheet{
		Title: t.Name, Tab: servicePath, Trail: serviceTrail(v, "", ""), Content: serviceShow(v, shown),
	})
}

// eventOf puts an entry of the log into words.
func eventOf(v *page.Visitor, e audit.Entry) page.Event {
	event := page.Event{At: e.At, By: v.Text("event.by", "actor", e.Actor), Tone: page.ToneQuiet}
	if e.Actor == "" {
		event.By = v.Text("event.nobody")
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
