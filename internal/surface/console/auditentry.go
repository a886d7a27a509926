package console

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// actionText says in words what was done or tried. An action of a newer version
// of the program is its own name.
func actionText(v *page.Visitor, action audit.Action) string {
	if key := message.Key("event.action." + string(action)); v.Has(key) {
		return v.Text(key)
	}
	return string(action)
}

func viewEntry(v *page.Visitor, e audit.Entry) entryView {
	one := entryView{
		ID: e.ID, Path: auditPath + "/" + e.ID, At: e.At, Action: actionText(v, e.Action), Code: string(e.Action),
		Refused: e.Outcome == audit.Refused, Actor: e.Actor, ActorType: e.ActorType, Via: e.Via,
		TokenID: e.TokenID, Name: e.Name, Owner: e.Owner, Subject: e.Subject, Kind: string(e.Kind), Workspace: e.Workspace,
		Reason: e.Reason, Address: e.Address, Request: e.RequestID,
	}
	if e.TokenID != "" {
		switch e.Kind {
		case token.KindService:
			one.TokenPath = servicePath + "/" + e.TokenID
		case token.KindUser:
			one.TokenPath = userPath + "/" + e.TokenID
		case token.KindPersonal, token.KindWorkspace, token.KindPeer: // no page of their own
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		one.Details = append(one.Details, entryDetail{name, e.Details[name]})
	}
	return one
}

// outcomeKey names an outcome.
func outcomeKey(refused bool) message.Key {
	if refused {
		return "audit.refused"
	}
	return "audit.allowed"
}

// members gives what else an entry holds, by the names of the stored form.
func (e entryView) members() []entryDetail {
	list := []entryDetail{
		{"kind", e.Kind},
		{"tokenId", e.TokenID},
		{"owner", e.Owner},
		{"workspace", e.Workspace},
		{"subject", e.Subject},
		{"actorType", e.ActorType},
		{"via", e.Via},
		{"address", e.Address},
		{"requestId", e.Request},
		{"id", e.ID},
	}
	list = append(e.Details[:len(e.Details):len(e.Details)], list...)
	return slices.DeleteFunc(list, func(one entryDetail) bool { return one.Value == "" })
}

func (h handlers) entryTable(v *page.Visitor, f auditFilter, found foundEntries) page.Table {
	table := page.Table{
		Caption: v.Text("audit.title"),
		Columns: []page.Column{
			{Title: v.Text("audit.action")},
			{Title: v.Text("audit.when")},
			{Title: v.Text("audit.actor")},
			{Title: v.Text("audit.about")},
			{Title: v.Text("audit.outcome")},
		},
		Pages: f.pages(found),
		Empty: page.Empty{Title: v.Text("audit.none.title"), Text: v.Text("audit.none.text")},
	}
	if f.active() {
		table.Empty = page.Empty{
			Title: v.Text("audit.nothing.title"), Text: v.Text("audit.nothing.text"),
			Action: page.Link{Text: v.Text("table.clear"), Path: auditPath},
		}
	}
	table.Pages.Total = v.Count("audit.count", found.total)
	if f.active() && found.total > countedEntries {
		table.Pages.Total = v.Text("audit.count.many", "number", v.Number(countedEntries))
	}
	for _, e := range found.entries {
		one := viewEntry(v, e)
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			actionCell(one), page.Moment(v, one.At, ""), actorCell(v, one), aboutCell(one), outcomeCell(v, one),
		}})
	}
	return table
}

// shownEntry is the page about one entry.
type shownEntry struct {
	entry  entryView
	stored string // the data of its leaf
	place  entryPlace
}

// entryPlace is where an entry stands in the tree.
type entryPlace struct {
	placed   bool // it has a position
	position int
	size     int // of the log
	leaf     string
	hashes   int  // of the proof
	proved   bool // the proof leads to the signed end of the log
	proof    string
}

func (h handlers) showEntry(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	e, err := h.findEntry(r)
	if err != nil {
		return err
	}
	shown := shownEntry{entry: viewEntry(v, e.Entry), stored: string(e.Body)}
	if shown.place, err = h.findPlace(r, e); err != nil {
		return err
	}
	return h.Site.Write(w, v, page.Sheet{
		Title: shown.entry.Action, Tab: auditPath, Trail: auditTrail(v), Content: auditEntry(v, shown),
	})
}

// findEntry gives the entry of the path's id.
func (h handlers) findEntry(r *web.Request) (audit.Stored, error) {
	e, err := h.Audit.Log.FindEntry(r.Context(), r.PathValue("id"))
	if errors.Is(err, token.ErrNotFound) {
		return e, token.NewError(token.ErrNotFound, "There is no such entry in the log", nil)
	}
	return e, unreadable(err)
}

// findPlace looks up where an entry stands, and whether its proof is good. What
// contradicts itself is a finding, and is shown as one.
func (h handlers) findPlace(r *web.Request, e audit.Stored) (entryPlace, error) {
	if e.Position < 0 {
		return entryPlace{}, nil
	}
	head, err := h.signedHead(r.Context())
	if err != nil {
		return entryPlace{}, unreadable(err)
	}
	place := entryPlace{
		placed: true, position: int(e.Position), size: int(head.Size), leaf: audit.LeafHash(e.Body).String(),
		proof: auditPath + "/" + e.ID + "/proof",
	}
	proof, err := audit.Prove(r.Context(), h.Audit.Log, e.Position)
	if errors.Is(err, audit.ErrTampered) {
		return place, nil
	}
	if err != nil {
		return entryPlace{}, err
	}
	place.hashes = len(proof.Hashes)
	place.proved, err = h.proves(proof)
	return place, err
}

// downloadProof gives the proof that an entry is in the log, without the others.
func (h handlers) downloadProof(w http.ResponseWriter, r *web.Request) error {
	e, err := h.findEntry(r)
	if err != nil {
		return err
	}
	if e.Position < 0 {
		return token.NewError(token.ErrNotFound, "The entry has no place in the log yet; ask again in a moment", nil)
	}
	proof, err := audit.Prove(r.Context(), h.Audit.Log, e.Position)
	if err != nil {
		return unreadable(err)
	}
	attach(w, "proof-"+e.ID+".json")
	return web.WriteJSON(w, http.StatusOK, proof)
}

// auditTrail leads from a page about the log to its list.
func auditTrail(v *page.Visitor) []page.Link {
	return []page.Link{{Text: v.Text("audit.title"), Path: auditPath}}
}
