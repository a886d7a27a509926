package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// bulkPath is where many tokens are changed.
const bulkPath = inventoryPath + "/change"

// bulkPaths gives what asks about all tokens that match a filter.
func bulkPaths(f inventoryFilter) map[bulkAction]string {
	paths := map[bulkAction]string{}
	if !f.active() {
		return paths
	}
	for _, action := range []bulkAction{bulkRevoke, bulkDisable} {
		values := f.selection()
		values.Set("action", string(action))
		values.Set("all", "yes")
		paths[action] = at(bulkPath, values)
	}
	return paths
}

// bulkView is the page that asks before many tokens are changed, or says how far
// a change is.
type bulkView struct {
	bulk

	hidden  []bulkField
	back    string
	words   bulkWords
	kinds   []string // "3 service tokens"
	owners  int
	recent  int  // were used within the last day
	unread  int  // of which it is not known whom they hit
	keeps   bool // somebody's, who stays signed in
	sample  page.Table
	percent int
}

// bulkWords are what pages say that differs between actions.
type bulkWords struct{ title, text, button, going, spare message.Key }

type bulkField struct{ name, value string }

func (b bulk) words() bulkWords {
	if b.action == bulkRevoke {
		return bulkWords{"inventory.revoke.title", "inventory.revoke.text", "inventory.revoke.button", "inventory.revoke.going", "inventory.revoke.spare"}
	}
	return bulkWords{"inventory.disable.title", "inventory.disable.text", "inventory.disable.button", "inventory.disable.going", "inventory.disable.spare"}
}

// fields gives what the form of the next step carries.
func (b bulk) fields() []bulkField {
	values := url.Values{}
	if b.all {
		values = b.filter.selection()
		values.Set("all", "yes")
		values.Set("place", b.place)
	}
	values.Set("action", string(b.action))
	values.Set("before", b.before.UTC().Format(time.RFC3339Nano))
	values.Set("total", strconv.Itoa(b.total))
	values.Set("done", strconv.Itoa(b.done))
	values.Set("spare", strconv.Itoa(b.spare))
	var list []bulkField
	for name := range values {
		list = append(list, bulkField{name, values.Get(name)})
	}
	slices.SortFunc(list, func(a, b bulkField) int { return strings.Compare(a.name, b.name) })
	if !b.all {
		for _, one := range b.picked {
			list = append(list, bulkField{"id", one})
		}
	}
	return list
}

// askBulk says what a change of many tokens would hit. It changes nothing.
func (h handlers) askBulk(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	params, err := r.Query()
	if err != nil {
		return err
	}
	b, err := readBulk(params, h.Authority.Now())
	if err != nil {
		return err
	}
	var list []token.Token
	if b.all {
		list, b.total, err = h.matches(r, b, token.Query{Sort: token.SortLastUsedAt, Limit: bulkSample})
	} else {
		list, err = h.hits(r, b, b.picked)
		b.total, b.picked = len(list), nil
		for _, t := range list {
			b.picked = append(b.picked, pickOf(t))
		}
	}
	if err != nil {
		return err
	}
	var marked map[token.Kind]int
	if b.byMark() {
		if marked, err = h.mark(r, b, true); err != nil {
			return err
		}
		b.total = 0
		for _, n := range marked {
			b.total += n
		}
	}
	shown := h.describeBulk(v, r, b, list)
	if marked != nil {
		shown.kinds, shown.unread = countedKinds(v, marked), 0
		shown.keeps = strings.HasPrefix(b.filter.owner, "user:")
	}
	return h.Site.Write(w, v, page.Sheet{
		Title: v.Count(shown.words.title, b.total), Tab: inventoryPath,
		Trail: []page.Link{{Text: v.Text("inventory.title"), Path: shown.back}}, Content: bulkAsk(v, shown),
	})
}

// mark revokes a choice by owner and kind, or counts what that would end: by one
// entry for each kind that the list shows and that has any, and nothing that was
// made after the question. An entry without a kind would also sign the owner out,
// and end what they allowed programs, of which the list shows nothing.
func (h handlers) mark(r *web.Request, b bulk, dry bool) (hits map[token.Kind]int, err error) {
	owner, _ := ownerRef(b.filter.owner) // the verb says what is wrong with ""
	hits = map[token.Kind]int{}
	for _, kind := range h.inventoryKinds(r, b.filter) {
		req := authority.RevokeAllRequest{Owner: owner, Kind: kind, Reason: b.reason, DryRun: true, IssuedBefore: b.before}
		n, err := h.Authority.RevokeAll(r.Context(), r.Principal, req)
		if req.DryRun = dry; err == nil && n > 0 && !dry {
			n, err = h.Authority.RevokeAll(r.Context(), r.Principal, req)
		}
		if err != nil {
			return nil, err
		}
		hits[kind] = n
	}
	return hits, nil
}

// describeBulk says whom a change hits.
func (h handlers) describeBulk(v *page.Visitor, r *web.Request, b bulk, list []token.Token) bulkView {
	shown := bulkView{bulk: b, hidden: b.fields(), words: b.words(), back: inventoryPath, unread: max(0, b.total-len(list))}
	if b.all {
		shown.back = b.filter.path()
	}
	owners, kinds := map[string]bool{}, map[token.Kind]int{}
	for _, t := range list {
		owners[t.Owner] = true
		kinds[t.Kind]++
		if v.Now.Sub(t.LastUsedAt) < 24*time.Hour {
			shown.recent++
		}
	}
	shown.owners = len(owners)
	shown.kinds = countedKinds(v, kinds)
	slices.SortStableFunc(list, func(a, b token.Token) int { return b.LastUsedAt.Compare(a.LastUsedAt) })
	shown.sample = page.Table{
		Caption: v.Text("inventory.sample"),
		Columns: []page.Column{
			{Title: v.Text("token.name")}, {Title: v.Text("inventory.kind")}, {Title: v.Text("inventory.owner")}, {Title: v.Text("token.last-used")},
		},
	}
	for _, t := range list[:min(len(list), bulkStep)] {
		one := inventoryRow{tokenView: h.viewAny(r, t), kind: v.Text(kindKey(t.Kind))}
		shown.sample.Rows = append(shown.sample.Rows, page.Row{Cells: []templ.Component{
			plainName(one), kindCell(one), ownerCell(one.tokenView), usedCell(v, one.tokenView),
		}})
	}
	return shown
}

// countedKinds says how many tokens of each kind there are.
func countedKinds(v *page.Visitor, counts map[token.Kind]int) []string {
	var list []string
	for _, kind := range token.Kinds() {
		if n := counts[kind]; n > 0 {
			list = append(list, v.Text("inventory.of-kind", "n", v.Number(n), "kind", v.Text(kindKey(kind))))
		}
	}
	return list
}

// changeBulk changes some of the tokens, and asks for the next step until all
// are done.
func (h handlers) changeBulk(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	b, err := readBulk(form, h.Authority.Now())
	if err != nil {
		return err
	}
	if b.byMark() {
		if _, err := h.mark(r, b, false); err != nil {
			return err
		}
		return h.endBulk(w, v, b)
	}
	more, err := h.stepBulk(r, &b)
	switch {
	case err != nil:
		return err
	case more:
		return h.writeProgress(w, v, b)
	}
	return h.endBulk(w, v, b)
}
