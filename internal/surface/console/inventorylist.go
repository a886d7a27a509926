package console

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// listInventory reads a page of the tokens of several kinds: a page of each, in
// one order, of which the first are taken. Each is read by its index, so the page
// costs as many small reads as there are kinds.
func (h handlers) listInventory(r *web.Request, f inventoryFilter) (list []token.Token, more bool, err error) {
	q, ok := f.query(h.Authority.Now())
	if !ok {
		return nil, false, nil
	}
	if q.After, err = h.inventoryCursor(r, f); err != nil {
		return nil, false, err
	}
	q.Limit, q.NoTotal = pageLength+1, true
	for _, q.Kind = range h.inventoryKinds(r, f) {
		found, err := h.Authority.List(r.Context(), r.Principal, q)
		if err != nil {
			return nil, false, err
		}
		list = append(list, found.Tokens...)
	}
	slices.SortFunc(list, func(a, b token.Token) int { return compareTokens(f, a, b) })
	if len(list) > pageLength {
		return list[:pageLength], true, nil
	}
	return list, false, nil
}

// inventoryCursor gives the place that the filter names; nil for the beginning.
func (h handlers) inventoryCursor(r *web.Request, f inventoryFilter) (*token.Cursor, error) {
	name, id, ok := strings.Cut(f.after, ":")
	kind, err := token.ParseKind(name)
	if _, known := h.Authority.Rules(kind); !ok || err != nil || known != nil {
		return nil, nil //nolint:nilnil,nilerr // the list then begins at its beginning
	}
	return h.cursor(r, tokenFilter{sort: f.sort}, kind, id)
}

// compareTokens is the order of token.Query: ties by id in the same direction,
// and what was never used last in either.
func compareTokens(f inventoryFilter, a, b token.Token) int {
	var by int
	switch f.sort {
	case token.SortName:
		by = strings.Compare(a.Name, b.Name)
	case token.SortOwner:
		by = strings.Compare(a.Owner, b.Owner)
	case token.SortExpiresAt:
		by = a.ExpiresAt.Compare(b.ExpiresAt)
	case token.SortLastUsedAt:
		if a.LastUsedAt.IsZero() != b.LastUsedAt.IsZero() {
			if a.LastUsedAt.IsZero() {
				return 1
			}
			return -1
		}
		by = a.LastUsedAt.Compare(b.LastUsedAt)
	default:
		by = a.CreatedAt.Compare(b.CreatedAt)
	}
	by = cmp.Or(by, strings.Compare(a.ID, b.ID))
	if !f.asc {
		by = -by
	}
	return by
}

// kindKey names a kind of tokens.
func kindKey(kind token.Kind) message.Key { return message.Key("inventory.kind." + string(kind)) }

// inventoryRow is a token in the inventory.
type inventoryRow struct {
	tokenView

	pick string // how a form names it
	kind string
}

// viewAny puts a record of any kind into words. Kinds without pages of their own
// for administrators lead nowhere.
func (h handlers) viewAny(r *web.Request, t token.Token) tokenView {
	switch t.Kind {
	case token.KindService:
		return h.servicePages().view(r, t)
	case token.KindUser:
		return h.userPages().view(r, t)
	}
	return viewOf(t, h.stateOf(t))
}

func (h handlers) stateOf(t token.Token) token.State {
	rules, err := h.Authority.Rules(t.Kind)
	if err != nil {
		return t.State(h.Authority.Now(), token.Notice{})
	}
	return t.State(h.Authority.Now(), rules.Notice)
}

// inventoryTable lists tokens of several kinds, each with a box to pick it.
func (h handlers) inventoryTable(v *page.Visitor, r *web.Request, f inventoryFilter, list []token.Token, more bool) page.Table {
	column := func(title message.Key, by token.SortBy) page.Column { return f.column(v.Text(title), by) }
	table := page.Table{
		Caption: v.Text("inventory.title"),
		Columns: []page.Column{
			column("token.name", token.SortName),
			{Title: v.Text("inventory.kind")},
			column("inventory.owner", token.SortOwner),
			column("token.created", token.SortCreatedAt), column("token.expires", token.SortExpiresAt),
			column("token.last-used", token.SortLastUsedAt),
			{Title: v.Text("token.state")},
			{},
		},
		Empty: page.Empty{
			Title: v.Text("token.nothing.title"), Text: v.Text("inventory.nothing"),
			Action: page.Link{Text: v.Text("table.clear"), Path: inventoryPath},
		},
	}
	if !f.active() {
		table.Empty = page.Empty{Title: v.Text("inventory.none.title"), Text: v.Text("inventory.none")}
	}
	for _, t := range list {
		one := inventoryRow{tokenView: h.viewAny(r, t), pick: pickOf(t), kind: v.Text(kindKey(t.Kind))}
		table.Rows = append(table.Rows, page.Row{ID: one.ID, Cells: []templ.Component{
			pickCell(v, one), kindCell(one), ownerCell(one.tokenView), page.Moment(v, one.Created, ""),
			expiresCell(v, one.tokenView), usedCell(v, one.tokenView), stateCell(v, one.tokenView), tokenMenu(v, one.tokenView),
		}})
	}
	if f.after != "" {
		first := f
		first.after = ""
		table.Pages.First = first.path()
	}
	if more {
		next := f.values()
		next.Set("after", pickOf(list[len(list)-1]))
		table.Pages.Next = at(inventoryPath, next)
	}
	return table
}

// pickOf names a token of any kind in URLs and forms.
func pickOf(t token.Token) string { return string(t.Kind) + ":" + t.ID }

// findPicked gives the record that a name of pickOf stands for.
func (h handlers) findPicked(r *web.Request, picked string) (token.Token, error) {
	name, id, _ := strings.Cut(picked, ":")
	kind, err := token.ParseKind(name)
	if err != nil {
		return token.Token{}, token.Invalid("A token is named by its kind and its id")
	}
	if _, err := h.Authority.Rules(kind); err != nil {
		return token.Token{}, token.ErrNotFound
	}
	return h.Authority.Find(r.Context(), r.Principal, kind, id)
}

// findAllPicked gives the records of those that are still there.
func (h handlers) findAllPicked(r *web.Request, picked []string) ([]token.Token, error) {
	var list []token.Token
	for _, one := range picked {
		t, err := h.findPicked(r, one)
		switch {
		case errors.Is(err, token.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			list = append(list, t)
		}
	}
	return list, nil
}

// monday gives the beginning of the week that a time lies in, UTC.
func monday(t time.Time) time.Time {
	day := t.UTC().Truncate(24 * time.Hour)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}
