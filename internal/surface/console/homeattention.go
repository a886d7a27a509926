package console

import (
	"errors"
	"time"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// refusedOften is how many refusals within refusedWindow are worth a look.
	refusedOften  = 10
	refusedWindow = 7 * 24 * time.Hour
	// refusedRead is how many of the most refused tokens are looked at, and
	// named how many of them, or of owners that are gone, the page names.
	refusedRead = 20
	named       = 5
)

// attention says what an administrator should look at, each as a number that
// leads to what it counts. What is all right is not said.
func (h handlers) attention(v *page.Visitor, r *web.Request, shown *homeView) error {
	for _, part := range []func(*page.Visitor, *web.Request, *homeView) error{h.unusedLong, h.ownerless, h.refusedMuch} {
		if err := part(v, r, shown); err != nil {
			return err
		}
	}
	return nil
}

// unusedLong counts tokens that nobody used for long: most of them can go.
func (h handlers) unusedLong(v *page.Visitor, r *web.Request, shown *homeView) error {
	q := token.SurveyQuery{Now: h.Authority.Now()}
	for _, days := range unusedChoices() {
		q.UnusedSince = append(q.UnusedSince, q.Now.AddDate(0, 0, -days))
	}
	unused := make([]int, len(q.UnusedSince))
	for _, q.Kind = range h.inventoryKinds(r, inventoryFilter{}) {
		one, err := h.survey(r, q)
		if err != nil {
			return err
		}
		for i, n := range one.Unused {
			unused[i] += n
		}
	}
	for i, days := range unusedChoices() {
		shown.counts = append(shown.counts, unusedTile(v, days, unused[i]))
	}
	return nil
}

// ownerless finds tokens whose owner the directory does not know any more, among
// those who own the most.
func (h handlers) ownerless(v *page.Visitor, r *web.Request, shown *homeView) error {
	if h.Gone == nil {
		return nil // a catalog is not asked: the page would wait for it
	}
	counts := map[string]int{}
	var refs []string
	for _, kind := range h.inventoryKinds(r, inventoryFilter{}) {
		owned, err := h.Counts.ListOwned(r.Context(), kind, ownersRead)
		if err != nil {
			return err
		}
		for _, one := range owned {
			if counts[one.Owner] == 0 {
				refs = append(refs, one.Owner)
			}
			counts[one.Owner] += one.Count
		}
	}
	gone, err := h.Gone(r.Context(), refs)
	if err != nil {
		return err
	}
	for _, ref := range gone[:min(len(gone), named)] {
		f := inventoryFilter{owner: ref, state: stateUsable, sort: token.SortCreatedAt}
		shown.ownerless = append(shown.ownerless, tile{number: v.Count("token.count", counts[ref]), text: ref, path: f.path()})
	}
	return nil
}

// refusedMuch names tokens whose uses are refused often: a program that was
// forgotten, or somebody who tries.
func (h handlers) refusedMuch(v *page.Visitor, r *web.Request, shown *homeView) error {
	if h.Usage == nil {
		return nil
	}
	list, err := h.Usage.ListMostRefused(r.Context(), v.Now.Add(-refusedWindow), refusedRead)
	if err != nil {
		return err
	}
	table := page.Table{
		Caption: v.Text("home.refused"),
		Columns: []page.Column{
			{Title: v.Text("token.name")},
			{Title: v.Text("inventory.kind")},
			{Title: v.Text("inventory.owner")},
			{Title: v.Text("home.refused.count")},
			{Title: v.Text("token.state")},
		},
	}
	for _, one := range list {
		if one.Count < refusedOften || len(table.Rows) == named {
			break
		}
		t, err := h.findPicked(r, string(one.Kind)+":"+one.TokenID)
		switch {
		case errors.Is(err, token.ErrNotFound), errors.Is(err, token.ErrDenied):
			continue
		case err != nil:
			return err
		}
		row := inventoryRow{tokenView: h.viewAny(r, t), kind: v.Text(kindKey(t.Kind))}
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			plainName(row), kindCell(row), ownerCell(row.tokenView), countCell(v.Number(one.Count)), stateCell(v, row.tokenView),
		}})
	}
	if len(table.Rows) > 0 {
		shown.refused = &table
	}
	return nil
}
