package console

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// usageDays is how many days of usage are drawn, with today.
const usageDays = 30

// Usage knows how tokens were used. What is said of a token is for whoever may
// see it: ask after it was found.
type Usage interface {
	// ListUsageDays gives the days of UTC since a time on which a token was
	// used, and ListKindUsageDays those of all tokens of a kind.
	ListUsageDays(ctx context.Context, tokenID string, since time.Time) ([]token.UsageDay, error)
	ListKindUsageDays(ctx context.Context, kind token.Kind, since time.Time) ([]token.UsageDay, error)
	// SumUsage adds up since the hour that a time lies in.
	SumUsage(ctx context.Context, tokenID string, since time.Time) (token.Usage, error)
	ListOrigins(ctx context.Context, tokenID string) ([]token.UsedFrom, error)
	// ListMostRefused gives the tokens that were refused most.
	ListMostRefused(ctx context.Context, since time.Time, limit int) ([]token.Refusals, error)
}

// usageView is how a token was used, in words.
type usageView struct {
	bars             page.Bars
	allowed, refused string
	any              bool
	origins          []originView
	secrets          *secretsView // nil: only one secret is good
}

// originView is an address from which a token was used.
type originView struct {
	from string
	at   time.Time
}

// secretsView tells two secrets of one token apart, until the former one ends.
type secretsView struct {
	present, former, ends time.Time // last uses, zero for none
	uses                  string    // of the former one
	quiet                 bool      // the former one was not used
}

// usageOf puts into words how a token was used; nil where nothing is kept.
func (h handlers) usageOf(v *page.Visitor, r *web.Request, t token.Token, history []audit.Entry) (*usageView, error) {
	if h.Usage == nil {
		return nil, nil //nolint:nilnil // there is nothing to show then
	}
	days, err := h.Usage.ListUsageDays(r.Context(), t.ID, firstDay(v.Now))
	if err != nil {
		return nil, err
	}
	bars, allowed, refused := barsOf(v.Now, days)
	view := &usageView{
		bars: bars, any: allowed+refused > 0,
		allowed: v.Count("usage.allowed", allowed), refused: v.Count("usage.refused", refused),
	}
	view.bars.Title = v.Text("usage.chart", "name", t.Name)
	origins, err := h.Usage.ListOrigins(r.Context(), t.ID)
	if err != nil {
		return nil, err
	}
	for _, one := range origins {
		view.origins = append(view.origins, originView{one.From, one.At})
	}
	view.secrets, err = h.secretsOf(v, r, t, history)
	return view, err
}

// firstDay gives the first of the days that are drawn.
func firstDay(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-usageDays)
}

// barsOf gives a bar for every day, and the sums.
func barsOf(now time.Time, days []token.UsageDay) (bars page.Bars, allowed, refused int) {
	first := firstDay(now)
	bars.Days = make([]page.Bar, usageDays)
	for i := range bars.Days {
		bars.Days[i].Day = first.AddDate(0, 0, i)
	}
	for _, day := range days {
		i := int(day.Day.Sub(first) / (24 * time.Hour))
		if i < 0 || i >= usageDays {
			continue // another clock is ahead
		}
		bars.Days[i].Count += day.Allowed + day.Refused
		bars.Days[i].Refused += day.Refused
		allowed, refused = allowed+day.Allowed, refused+day.Refused
	}
	return bars, allowed, refused
}

// secretsOf tells which of two secrets is in use, while the former one is good:
// it may end once nobody uses it.
func (h handlers) secretsOf(v *page.Visitor, r *web.Request, t token.Token, history []audit.Entry) (*secretsView, error) {
	i := slices.IndexFunc(history, func(e audit.Entry) bool { return e.Action == audit.TokenRotated })
	if i < 0 || !t.RevokedAt.IsZero() {
		return nil, nil //nolint:nilnil // there is one secret, or none
	}
	rotated := history[i].At
	seconds, err := strconv.Atoi(history[i].Details["overlapSeconds"])
	ends := rotated.Add(time.Duration(seconds) * time.Second)
	if err != nil || !ends.After(v.Now) {
		return nil, nil //nolint:nilnil,nilerr // as above
	}
	sum, err := h.Usage.SumUsage(r.Context(), t.ID, rotated)
	if err != nil {
		return nil, err
	}
	view := &secretsView{former: sum.FormerAt, ends: ends, uses: v.Count("usage.former.uses", sum.Former), quiet: sum.Former == 0}
	if sum.UsedAt.After(rotated) { // within that hour it may have been the former one, which was in force then
		view.present = sum.UsedAt
	}
	return view, nil
}

// usedFrom says from how many addresses a token was used; "" where it is not
// known.
func (h handlers) usedFrom(v *page.Visitor, r *web.Request, id string) (string, error) {
	if h.Usage == nil {
		return "", nil
	}
	origins, err := h.Usage.ListOrigins(r.Context(), id)
	switch {
	case err != nil || len(origins) == 0:
		return "", err
	case len(origins) == token.MaxUsedFrom:
		return v.Count("usage.addresses.many", len(origins)), nil
	}
	return v.Count("usage.addresses", len(origins)), nil
}
