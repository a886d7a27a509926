package proof_test

import (
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// matrix is all cells and what came of them.
type matrix struct {
	*cast
	routes []declared
	people map[string]*holder
	cells  []cell
	ending []cell // those that end the session they use
	// refusals are how many lines of the log a method of a route has to have.
	refusals          map[string]int
	asked, deviations atomic.Int64
}

// cell is one request and what has to become of it.
type cell struct {
	declared

	who, where string
	ask        func() dressed
	want       outcome
}

func (m *matrix) add(c cell) {
	if c.want.recorded() {
		m.refusals[c.Method+" "+c.Pattern]++
	}
	m.cells = append(m.cells, c)
}

// byBearer adds every holder in every place. Where no credential is read, or who
// holds it makes no difference, one permission is as good as another: the gate
// then asks with none, with some and with all, and with what is good somewhere.
func (m *matrix) byBearer() {
	for _, p := range places() {
		for _, h := range m.holders {
			isSession := p.name == "the cookie of sessions" && h.name == "the cookie of a session"
			if isSession || !p.telling && (h.alike || !h.good) && !full() {
				continue
			}
			for _, d := range m.routes {
				m.add(cell{d, h.name, p.name, func() dressed { return p.dress(h.raw) }, p.outcome(d, h, m.people)})
			}
		}
	}
}

// byBrowser adds everybody who is signed in, in every way a browser sends; what
// is refused for its way, again, with fewer permissions in the gate.
func (m *matrix) byBrowser() {
	bearers := map[string]string{}
	for _, h := range m.signedIn {
		bearers[h.cookies] = m.s.UserToken(h.name)
	}
	for _, w := range ways(func(cookies string) string { return bearers[cookies] }) {
		for _, h := range m.signedIn {
			if !w.own && h.alike && !full() {
				continue
			}
			for _, d := range m.routes {
				one := cell{d, h.name, "a browser, " + w.name, func() dressed { return dressed{header: w.dress(d, h.cookies)} }, w.outcome(d, h)}
				if one.want == letIn && endsSessions(d) {
					m.ending = append(m.ending, cell{d, one.who, one.where, func() dressed {
						return dressed{header: w.dress(d, m.signIn(h.name))}
					}, letIn})
					continue
				}
				m.add(one)
			}
		}
	}
}

// endsSessions: whoever is let in by a session has none afterwards.
func endsSessions(d declared) bool {
	return d.Pattern == "/sign-out" || d.Method == http.MethodDelete && (d.Pattern == "/api/session" || d.Pattern == "/api/sessions")
}

// run asks all cells, on every processor, and those that end sessions at the end.
func (m *matrix) run() {
	readsAll := func(c cell) bool {
		return slices.Contains([]string{api.Base + api.PathAuditExport, api.Base + api.PathStatusData, "/admin/audit/export"}, c.Pattern)
	}
	slices.SortStableFunc(m.cells, func(a, b cell) int {
		switch { // those that read the whole log come while it is short
		case readsAll(a) == readsAll(b):
			return 0
		case readsAll(a):
			return -1
		}
		return 1
	})
	var next atomic.Int64
	var running sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		running.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(m.cells) {
					return
				}
				m.judge(m.cells[i])
			}
		})
	}
	running.Wait()
	for _, one := range m.ending {
		m.judge(one)
	}
}

// judge asks for something that a route refuses after it has let one in: a body
// of a type that nobody takes, about a thing that is not there.
func (m *matrix) judge(c cell) {
	ask := c.ask()
	header := ask.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if c.Method != http.MethodGet {
		if ask.body == "" {
			ask.body, ask.typed = "probe", "text/x-probe"
		}
		header["Content-Type"] = []string{ask.typed}
	} else {
		ask.body = ""
	}
	got := m.send(c.Method, path(c.Pattern)+ask.query, header, ask.body)
	m.asked.Add(1)
	if c.shows(got) {
		return
	}
	if m.deviations.Add(1) < 4000 {
		m.t.Errorf("%s %s (%s), %s, %s: %d, want %s: %.200s", c.Method, c.Pattern, c.Access, c.who, c.where, got.status, c.want, got.body)
	}
}

// shows reports whether an answer is the one of the outcome that a cell has to
// have. Of who was let in is asked only that nobody turned them away.
func (c cell) shows(got reply) bool {
	toSignIn := got.status == http.StatusSeeOther && strings.HasPrefix(got.header.Get("Location"), "/sign-in")
	challenged := got.status == http.StatusUnauthorized && strings.HasPrefix(got.header.Get("WWW-Authenticate"), realm)
	switch c.want {
	case letIn:
		if c.Pattern == "/sign-out" {
			return toSignIn
		}
		turnedAway := toSignIn || got.status == http.StatusForbidden || got.status == http.StatusTooManyRequests || got.status >= 500
		return got.status != 0 && !turnedAway && (c.public || got.status != http.StatusUnauthorized)
	case stranger, notPerson:
		switch {
		case isPage(c.Route):
			return toSignIn
		case saysForbidden(c.Route):
			return got.status == http.StatusForbidden
		}
		return challenged
	case forbidden, later, foreign:
		return got.status == http.StatusForbidden
	case malformed:
		return got.status == http.StatusBadRequest
	case absent:
		return got.status == http.StatusNotFound
	}
	return false
}

// compareLog compares the refusals of people, services and peers that are in the
// log with those that there have to be, for every method of every route: who was
// let in was not refused by the guard, and who was refused left a line.
func (m *matrix) compareLog() {
	query := audit.Query{Actions: []audit.Action{audit.AccessRefused}, Limit: 1000}
	for {
		page := m.s.Entries(query)
		for _, e := range page {
			// Handlers refuse without a route; pages of others fill no log.
			if e.Actor != "" && e.Details["route"] != "" && e.Reason != token.ErrCrossSite.Error() {
				m.refusals[e.Details["method"]+" "+e.Details["route"]]--
			}
		}
		if len(page) < query.Limit {
			break
		}
		last := page[len(page)-1]
		query.Before = &audit.Before{At: last.At, ID: last.ID}
	}
	for route, missing := range m.refusals {
		if missing != 0 {
			m.t.Errorf("%s: %d refusals are missing in the log (less than none: too many)", route, missing)
		}
	}
}
