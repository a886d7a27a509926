package console

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// sessionsPath is the list of the login sessions of whoever looks.
const sessionsPath = "/settings/sessions"

// sessionRoutes are for everybody who is signed in: nobody needs a permission
// to look after their own sessions, and those of others are not found here.
func (h handlers) sessionRoutes() []web.Route {
	person := web.Browsers("")
	return []web.Route{
		{Method: http.MethodGet, Pattern: sessionsPath, Access: person, Handle: h.listSessions},
		{Method: http.MethodPost, Pattern: sessionsPath + "/{id}/end", Access: person, Handle: h.endSession},
		{Method: http.MethodPost, Pattern: sessionsPath + "/end-others", Access: person, Handle: h.endOtherSessions},
	}
}

// sessionView is a login session as the page shows it.
type sessionView struct {
	device, method, address string
	since, seen             time.Time
	here                    bool   // it is that of the browser that looks
	end                     string // where the form that ends it is sent
}

func (h handlers) listSessions(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	found, err := h.Sessions.List(r.Context(), r.Principal, r.Principal.Ref)
	if err != nil {
		return err
	}
	var own, others []sessionView
	for _, one := range found {
		if view := viewSession(v, one, r.Principal); view.here {
			own = append(own, view)
		} else {
			others = append(others, view)
		}
	}
	table := sessionTable(v, append(own, others...))
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("session.title"), Content: sessionList(v, table, len(others))})
}

func viewSession(v *page.Visitor, one token.Session, by token.Principal) sessionView {
	view := sessionView{
		device: deviceOf(v, one.Agent), method: v.Text(message.Key("session.by." + string(one.Method))), address: one.Address,
		since: one.CreatedAt, seen: one.SeenAt, here: one.ID == by.TokenID, end: sessionsPath + "/" + one.ID + "/end",
	}
	if view.here {
		view.end = "/sign-out" // which makes the browser forget it as well
	}
	return view
}

// deviceOf puts the label of a session's browser into words of the visitor. The
// label is one of ours ("Firefox on Linux", "unknown on Linux", "Firefox" or
// "unknown"): nothing that a client sent is shown.
func deviceOf(v *page.Visitor, label string) string {
	const unknown = "unknown"
	browser, system, both := strings.Cut(label, " on ")
	switch {
	case both && browser != unknown:
		return v.Text("session.device", "browser", browser, "system", system)
	case both:
		return v.Text("session.device.system", "system", system)
	case browser != unknown && browser != "":
		return browser
	}
	return v.Text("session.device.unknown")
}

func sessionTable(v *page.Visitor, list []sessionView) page.Table {
	table := page.Table{
		Caption: v.Text("session.title"),
		Columns: []page.Column{
			{Title: v.Text("session.device.title")},
			{Title: v.Text("session.address")},
			{Title: v.Text("session.since")},
			{Title: v.Text("session.seen")},
			{Title: v.Text("table.actions")},
		},
		Pages: page.Pages{Total: v.Count("session.count", len(list))},
	}
	for _, one := range list {
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			deviceCell(v, one), addressCell(one), page.Moment(v, one.since, ""), page.Moment(v, one.seen, ""), endCell(v, one),
		}})
	}
	return table
}

func (h handlers) endSession(w http.ResponseWriter, r *web.Request) error {
	if err := h.Sessions.End(r.Context(), r.Principal, r.Principal.Ref, r.PathValue("id")); err != nil {
		return err
	}
	h.Site.Notify(w, "notice.session-ended")
	return page.SeeOther(w, sessionsPath)
}

// endOtherSessions ends all sessions of the person but the one that asks. One
// that somebody ended meanwhile has ended as asked.
func (h handlers) endOtherSessions(w http.ResponseWriter, r *web.Request) error {
	found, err := h.Sessions.List(r.Context(), r.Principal, r.Principal.Ref)
	if err != nil {
		return err
	}
	for _, one := range found {
		if one.ID == r.Principal.TokenID {
			continue
		}
		err := h.Sessions.End(r.Context(), r.Principal, r.Principal.Ref, one.ID)
		if err != nil && !errors.Is(err, token.ErrNotFound) {
			return err
		}
	}
	h.Site.Notify(w, "notice.sessions-ended")
	return page.SeeOther(w, sessionsPath)
}
