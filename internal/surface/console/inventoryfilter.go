package console

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// inventoryPath is the list of the tokens of every kind.
const inventoryPath = adminBase + "/inventory"

// stateUsable stands for all states in which a token is good.
const stateUsable = "usable"

// unusedChoices are for how many days a token was not used.
func unusedChoices() []int { return []int{30, 90} }

// inventoryFilter is which tokens the inventory shows, as its URL says it.
type inventoryFilter struct {
	kind, state, owner, scope, text string
	from, until                     string // days, "2027-05-03": when they end
	unused                          string // days
	sort                            token.SortBy
	asc                             bool
	after                           string // "kind:id" of the last token of the page before
}

// readInventoryFilter reads the query of the inventory. What means nothing is as
// good as none.
func readInventoryFilter(params web.Params) (inventoryFilter, error) {
	f := inventoryFilter{sort: token.SortCreatedAt}
	var sort, order string
	for name, into := range map[string]*string{
		"kind": &f.kind, "state": &f.state, "owner": &f.owner, "scope": &f.scope, "q": &f.text,
		"from": &f.from, "until": &f.until, "unused": &f.unused, "sort": &sort, "order": &order, "after": &f.after,
	} {
		var err error
		if *into, err = params.One(name); err != nil {
			return inventoryFilter{}, err
		}
	}
	if _, err := token.ParseKind(f.kind); err != nil {
		f.kind = ""
	}
	if f.state != stateUsable && !slices.Contains(token.States(), token.State(f.state)) {
		f.state = ""
	}
	if by := token.SortBy(sort); slices.Contains(sorts(), by) {
		f.sort = by
	}
	f.asc = order == "asc"
	if days, err := strconv.Atoi(f.unused); err != nil || !slices.Contains(unusedChoices(), days) {
		f.unused = ""
	} else {
		f.sort, f.asc = token.SortLastUsedAt, true // the one order in which they are found at once
	}
	for _, day := range []*string{&f.from, &f.until} {
		if _, err := time.Parse(time.DateOnly, *day); err != nil {
			*day = ""
		}
	}
	return f, nil
}

// active reports whether the list shows a part alone.
func (f inventoryFilter) active() bool { return len(f.selection()) > 0 }

// broad reports whether a mass revocation can end what the filter selects: by
// owner and kind alone.
func (f inventoryFilter) broad() bool {
	return f.state == "" && f.scope == "" && f.text == "" && f.from == "" && f.until == "" && f.unused == "" && f.owner != ""
}

// query puts the filter into a query of the authority. ok is false when nothing
// can match it.
func (f inventoryFilter) query(now time.Time) (q token.Query, ok bool) {
	q = token.Query{Text: f.text, Scope: f.scope, Sort: f.sort, Asc: f.asc, States: f.states()}
	if f.owner != "" {
		if q.Owner, ok = ownerRef(f.owner); !ok {
			return q, false
		}
	}
	q.ExpiresFrom, _ = time.Parse(time.DateOnly, f.from) // checked when they were read
	q.ExpiresBefore, _ = time.Parse(time.DateOnly, f.until)
	if days, err := strconv.Atoi(f.unused); err == nil {
		q.UnusedSince = now.AddDate(0, 0, -days)
	}
	for _, text := range []string{f.text, f.scope} {
		if len(text) > maxSearch || text != "" && !token.ValidText(text) {
			return q, false
		}
	}
	return q, true
}

// states gives the states that are shown. What ended long ago is not unused.
func (f inventoryFilter) states() []token.State {
	switch {
	case f.state == stateUsable, f.state == "" && f.unused != "":
		return []token.State{token.StateActive, token.StateExpiring}
	case f.state != "":
		return []token.State{token.State(f.state)}
	}
	return nil
}

// ownerRef reads a ref of a group or, with its kind written out, of a user.
func ownerRef(s string) (string, bool) {
	if ref, ok := token.ParseGroupRef(s); ok {
		return ref, true
	}
	return token.ParseUserRef(s)
}

// selection gives the filter as the URL has it, without the order.
func (f inventoryFilter) selection() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"kind": f.kind, "state": f.state, "owner": f.owner, "scope": f.scope, "q": f.text,
		"from": f.from, "until": f.until, "unused": f.unused,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// values gives the selection and the order.
func (f inventoryFilter) values() url.Values {
	values := f.selection()
	if f.unused == "" && (f.sort != token.SortCreatedAt || f.asc) {
		values.Set("sort", string(f.sort))
		if f.asc {
			values.Set("order", "asc")
		}
	}
	return values
}

func (f inventoryFilter) path() string { return at(inventoryPath, f.values()) }

// column gives a column by which the list can be ordered.
func (f inventoryFilter) column(title string, by token.SortBy) page.Column {
	if f.unused != "" {
		return page.Column{Title: title}
	}
	next := f
	next.sort, next.asc = by, by == token.SortName || by == token.SortOwner
	column := page.Column{Title: title}
	if f.sort == by {
		next.asc = !f.asc
		column.Order = page.Descending
		if f.asc {
			column.Order = page.Ascending
		}
	}
	column.Sort = next.path()
	return column
}

// kinds gives the kinds that the filter shows of those that somebody may see.
func (h handlers) inventoryKinds(r *web.Request, f inventoryFilter) []token.Kind {
	var kinds []token.Kind
	for _, kind := range token.Kinds() {
		rules, err := h.Authority.Rules(kind)
		if err != nil || f.kind != "" && f.kind != string(kind) {
			continue // it is not issued here
		}
		if h.may(r.Principal, rules.Read) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
