package console

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// calendarWeeks is how far the calendar of expiries reaches: a year from any
	// day of this week.
	calendarWeeks = 54
	// topOwners is how many owners are named, and ownersRead how many of each
	// kind are looked at for them.
	topOwners  = 8
	ownersRead = 50
	// surveyedOwners is up to how many owners a survey can be limited to.
	surveyedOwners = 8
)

// Counts knows how many tokens there are of which sort, whatever their number,
// at the cost of a few small reads.
type Counts interface {
	Survey(ctx context.Context, q token.SurveyQuery) (token.Survey, error)
	ListOwned(ctx context.Context, kind token.Kind, limit int) ([]token.Owned, error)
}

// inventoryFigures are the pictures above the list.
type inventoryFigures struct {
	states   []tile
	calendar page.Heat
	unused   []tile
	owners   []tile
	usage    *usageView // nil where nothing is kept
}

// figures counts the tokens of the kinds that are shown.
func (h handlers) figures(v *page.Visitor, r *web.Request, kinds []token.Kind) (inventoryFigures, error) {
	var out inventoryFigures
	for _, part := range []func(*page.Visitor, *web.Request, []token.Kind, *inventoryFigures) error{
		h.countStates, h.countEnds, h.countOwners, h.countUses,
	} {
		if err := part(v, r, kinds, &out); err != nil {
			return inventoryFigures{}, err
		}
	}
	return out, nil
}

func (h handlers) countStates(v *page.Visitor, r *web.Request, kinds []token.Kind, out *inventoryFigures) error {
	for _, state := range token.States() {
		total := 0
		for _, kind := range kinds {
			found, err := h.Authority.List(r.Context(), r.Principal, token.Query{Kind: kind, States: []token.State{state}})
			if err != nil {
				return err
			}
			total += found.Total
		}
		one := tile{number: v.Number(total), text: v.Text(stateKey(state)), path: inventoryPath + "?state=" + string(state)}
		if total > 0 && state == token.StateExpiring {
			one.tone = page.ToneWarn
		}
		out.states = append(out.states, one)
	}
	return nil
}

// countEnds draws when usable tokens end, by weeks, and counts those that nobody
// used for long.
func (h handlers) countEnds(v *page.Visitor, r *web.Request, kinds []token.Kind, out *inventoryFigures) error {
	q := token.SurveyQuery{Now: h.Authority.Now()}
	weeks := weeksFrom(q.Now)
	q.Edges = append([]time.Time{q.Now}, weeks[1:]...)
	for _, days := range unusedChoices() {
		q.UnusedSince = append(q.UnusedSince, q.Now.AddDate(0, 0, -days))
	}
	ends, unused := make([]int, calendarWeeks), make([]int, len(q.UnusedSince))
	for _, q.Kind = range kinds {
		one, err := h.survey(r, q)
		if err != nil {
			return err
		}
		for i, n := range one.Expiring {
			ends[i] += n
		}
		for i, n := range one.Unused {
			unused[i] += n
		}
	}
	out.calendar = calendarOf(v, weeks, ends)
	for i, days := range unusedChoices() {
		out.unused = append(out.unused, unusedTile(v, days, unused[i]))
	}
	return nil
}

// survey asks about the tokens that somebody may see. Whoever sees those of many
// owners, and not all, gets no figures.
func (h handlers) survey(r *web.Request, q token.SurveyQuery) (token.Survey, error) {
	rules, err := h.Authority.Rules(q.Kind)
	if err != nil {
		return token.Survey{}, err
	}
	owners, all := h.Policy().Owners(r.Principal, rules.Read)
	if !all {
		if q.Owners = append([]string{}, owners...); len(owners) > surveyedOwners {
			return token.Survey{}, nil
		}
	}
	return h.Counts.Survey(r.Context(), q)
}

// unusedTile leads to the tokens that nobody used for so many days.
func unusedTile(v *page.Visitor, days, n int) tile {
	number := v.Number(n)
	if n >= token.MaxUnused {
		number = v.Text("inventory.at-least", "n", number)
	}
	one := tile{number: number, text: v.Count("inventory.unused", days), path: inventoryPath + "?unused=" + strconv.Itoa(days)}
	if n > 0 {
		one.tone = page.ToneWarn
	}
	return one
}

// weeksFrom gives the beginnings of the weeks of the calendar, and the end of the
// last one.
func weeksFrom(now time.Time) []time.Time {
	weeks := make([]time.Time, calendarWeeks+1)
	for i := range weeks {
		weeks[i] = monday(now).AddDate(0, 0, 7*i)
	}
	return weeks
}

// calendarOf draws a row for each month, with the weeks that begin in it. A cell
// leads to the tokens that it counts.
func calendarOf(v *page.Visitor, weeks []time.Time, ends []int) page.Heat {
	heat := page.Heat{Title: v.Text("inventory.calendar")}
	for i, n := range ends {
		from, until := weeks[i], weeks[i+1]
		if i == 0 || from.Month() != weeks[i-1].Month() {
			heat.Rows = append(heat.Rows, page.HeatRow{Label: monthOf(v, from)})
		}
		row := &heat.Rows[len(heat.Rows)-1]
		row.Cells = append(row.Cells, page.HeatCell{
			Title: v.Count("inventory.week", n, "day", v.Day(from)), Count: n,
			Path: inventoryPath + "?from=" + from.Format(time.DateOnly) + "&order=asc&sort=expiresAt&state=" + stateUsable + "&until=" + until.Format(time.DateOnly),
		})
	}
	return heat
}

func monthOf(v *page.Visitor, t time.Time) string {
	month := v.Text(message.Key("format.month." + strconv.Itoa(int(t.Month()))))
	return v.Text("inventory.month", "month", month, "year", strconv.Itoa(t.Year()))
}

// countOwners names those who own the most usable tokens.
func (h handlers) countOwners(v *page.Visitor, r *web.Request, kinds []token.Kind, out *inventoryFigures) error {
	counts := map[string]int{}
	for _, kind := range kinds {
		rules, err := h.Authority.Rules(kind)
		if err != nil {
			return err
		}
		mine, all := h.Policy().Owners(r.Principal, rules.Read)
		owned, err := h.Counts.ListOwned(r.Context(), kind, ownersRead)
		if err != nil {
			return err
		}
		for _, one := range owned {
			if all || slices.Contains(mine, one.Owner) {
				counts[one.Owner] += one.Count
			}
		}
	}
	var list []token.Owned
	for owner, n := range counts {
		list = append(list, token.Owned{Owner: owner, Count: n})
	}
	slices.SortFunc(list, func(a, b token.Owned) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Owner, b.Owner))
	})
	for _, one := range list[:min(len(list), topOwners)] {
		f := inventoryFilter{owner: one.Owner, state: stateUsable, sort: token.SortCreatedAt}
		out.owners = append(out.owners, tile{number: v.Number(one.Count), text: one.Owner, path: f.path()})
	}
	return nil
}

// countUses draws how often tokens were used. Those of single owners have no sums.
func (h handlers) countUses(v *page.Visitor, r *web.Request, kinds []token.Kind, out *inventoryFigures) error {
	if h.Usage == nil {
		return nil
	}
	byDay := map[time.Time]token.UsageDay{}
	for _, kind := range kinds {
		rules, err := h.Authority.Rules(kind)
		if err != nil {
			return err
		}
		if _, all := h.Policy().Owners(r.Principal, rules.Read); !all {
			return nil
		}
		days, err := h.Usage.ListKindUsageDays(r.Context(), kind, firstDay(v.Now))
		if err != nil {
			return err
		}
		for _, day := range days {
			sum := byDay[day.Day]
			byDay[day.Day] = token.UsageDay{Day: day.Day, Allowed: sum.Allowed + day.Allowed, Refused: sum.Refused + day.Refused}
		}
	}
	var days []token.UsageDay
	for _, day := range byDay {
		days = append(days, day)
	}
	bars, allowed, refused := barsOf(v.Now, days)
	bars.Title = v.Text("inventory.uses")
	out.usage = &usageView{bars: bars, any: allowed+refused > 0, allowed: v.Count("usage.allowed", allowed), refused: v.Count("usage.refused", refused)}
	return nil
}
