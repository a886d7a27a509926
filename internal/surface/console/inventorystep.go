package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// stepBulk changes the next few tokens. Whoever may not change one of them, or
// one that its kind forbids, is told at the end; anything else ends the step,
// and the form can be sent again.
func (h handlers) stepBulk(r *web.Request, b *bulk) (more bool, err error) {
	var list []token.Token
	if b.all {
		list, err = h.nextMatches(r, *b)
	} else {
		step := b.picked[:min(len(b.picked), bulkStep)]
		b.picked = b.picked[len(step):]
		list, err = h.hits(r, *b, step)
	}
	if err != nil {
		return false, err
	}
	for _, t := range list {
		b.place = pickOf(t)
		switch err := h.change(r.Context(), r.Principal, *b, t); {
		case err == nil:
			b.done++
		case errors.Is(err, token.ErrDenied), errors.Is(err, token.ErrInvalid):
			b.spare++
		default:
			return false, err
		}
	}
	if b.all {
		return len(list) > 0, nil
	}
	return len(b.picked) > 0, nil
}

// nextMatches gives the next of all tokens that match: kind by kind, the oldest
// first, behind the last one that was done.
func (h handlers) nextMatches(r *web.Request, b bulk) ([]token.Token, error) {
	kinds := h.inventoryKinds(r, b.filter)
	name, id, _ := strings.Cut(b.place, ":")
	at := max(0, slices.Index(kinds, token.Kind(name)))
	for i, kind := range kinds[at:] {
		shape := token.Query{Kind: kind, Sort: token.SortCreatedAt, Asc: true, Limit: bulkStep, NoTotal: true}
		if i == 0 && id != "" {
			var err error
			if shape.After, err = h.cursor(r, tokenFilter{sort: shape.Sort}, kind, id); err != nil {
				return nil, err
			}
		}
		list, _, err := h.matches(r, b, shape)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

// writeProgress says how far it is. The page goes on by itself, or by its button.
func (h handlers) writeProgress(w http.ResponseWriter, v *page.Visitor, b bulk) error {
	shown := bulkView{bulk: b, hidden: append(b.fields(), bulkField{"reason", b.reason}), words: b.words(), back: inventoryPath}
	if b.total > 0 {
		shown.percent = min(100, (b.done+b.spare)*100/b.total)
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text(shown.words.going), Tab: inventoryPath, Content: bulkGoing(v, shown)})
}

// endBulk leads back to the list, or says how many tokens were left as they are.
func (h handlers) endBulk(w http.ResponseWriter, v *page.Visitor, b bulk) error {
	shown := bulkView{bulk: b, words: b.words(), back: inventoryPath}
	if b.all {
		shown.back = b.filter.path()
	}
	if b.spare > 0 {
		return h.Site.Write(w, v, page.Sheet{Title: v.Text("inventory.ended"), Tab: inventoryPath, Content: bulkEnded(v, shown)})
	}
	if b.action == bulkRevoke {
		h.Site.Notify(w, "notice.tokens-revoked")
	} else {
		h.Site.Notify(w, "notice.tokens-disabled")
	}
	return page.SeeOther(w, shown.back)
}
