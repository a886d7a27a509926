package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func entryBehaviours() []behaviour {
	return []behaviour{
		{"entries are found by every filter, newest first", entriesByFilter},
		{"entries are paged by offset and by keyset", entriesByPage},
		{"entries are paged backwards", entriesBackwards},
		{"a count of entries ends where it is told to", entriesCounted},
		{"an entry is found with its position", entriesFound},
		{"the newest entry is found by its time", newestEntry},
		{"an export gives the matching entries in the order of the log", entriesExported},
	}
}

// newestEntry: a clock that was set back writes entries that come later and
// are older.
func newestEntry(r *rig) {
	for _, step := range []struct{ at, newest time.Duration }{{0, 0}, {time.Hour, time.Hour}, {time.Minute, time.Hour}} {
		r.must(r.store.AppendEntry(r.ctx, audit.NewEntry(audit.TokenIssued, admin(), start().Add(step.at))))
		newest, err := r.store.NewestEntry(r.ctx)
		r.must(err)
		r.same("newest entry", newest, start().Add(step.newest).UTC())
	}
}

// assortment writes entries that differ in every field that can be filtered
// by, and gives them newest first.
func (r *rig) assortment() []audit.Entry {
	r.Helper()
	var all []audit.Entry
	for i := range 24 {
		e := audit.NewEntry([]audit.Action{audit.TokenIssued, audit.TokenRevoked, audit.RoleGranted}[i%3], admin(),
			start().Add(time.Duration(i/2)*time.Second))
		e.Actor = []string{alice, bob}[i%2]
		e.Owner = []string{platform, data, ""}[i%3]
		e.TokenID = []string{"", "t-1", "t-2", "t-3"}[i%4]
		e.Kind = []token.Kind{token.KindService, token.KindUser}[i/2%2]
		if i%5 == 0 {
			e = e.Refuse(token.ErrPermission)
		}
		r.must(r.store.AppendEntry(r.ctx, e))
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b audit.Entry) int {
		if n := b.At.Compare(a.At); n != 0 {
			return n
		}
		if a.ID < b.ID {
			return 1
		}
		return -1
	})
	return all
}

func filters() []audit.Query {
	return []audit.Query{
		{},
		{TokenID: "t-2"},
		{TokenIDs: []string{"t-1", "t-2", "t-none"}},
		{Owner: platform},
		{Actor: bob},
		{Kind: token.KindUser},
		{Actions: []audit.Action{audit.TokenRevoked}},
		{Actions: []audit.Action{audit.TokenRevoked, audit.RoleGranted}},
		{Outcome: audit.Refused},
		{Since: start().Add(4 * time.Second)},
		{Until: start().Add(4 * time.Second)},
		{Since: start().Add(2 * time.Second), Until: start().Add(8 * time.Second), Actor: alice, Outcome: audit.Allowed},
		{TokenID: "nothing' OR 1=1 --"},
	}
}

func matching(all []audit.Entry, q audit.Query) []audit.Entry {
	out := []audit.Entry{}
	for _, e := range all {
		if (q.TokenID == "" || e.TokenID == q.TokenID) && (q.TokenIDs == nil || slices.Contains(q.TokenIDs, e.TokenID)) && (q.Owner == "" || e.Owner == q.Owner) &&
			(q.Actor == "" || e.Actor == q.Actor) && (q.Kind == "" || e.Kind == q.Kind) &&
			(len(q.Actions) == 0 || slices.Contains(q.Actions, e.Action)) &&
			(q.Outcome == "" || e.Outcome == q.Outcome) &&
			(q.Since.IsZero() || !e.At.Before(q.Since)) && (q.Until.IsZero() || e.At.Before(q.Until)) {
			out = append(out, e)
		}
	}
	return out
}

func entriesByFilter(r *rig) {
	all := r.assortment()
	for range 2 { // before and after sequencing
		for _, q := range filters() {
			q.Limit = 100
			page, err := r.store.ListEntries(r.ctx, q)
			r.must(err)
			want := matching(all, q)
			r.same("entries", append([]audit.Entry{}, page.Entries...), want)
			r.same("total", page.Total, len(want))
		}
		r.sequence()
	}
}

func entriesByPage(r *rig) {
	all := r.assortment()
	for size := 1; size <= 7; size += 3 {
		byOffset, byKeyset := []audit.Entry{}, []audit.Entry{}
		for offset := 0; offset < len(all)+size; offset += size {
			page, err := r.store.ListEntries(r.ctx, audit.Query{Limit: size, Offset: offset})
			r.must(err)
			r.same("total", page.Total, len(all))
			byOffset = append(byOffset, page.Entries...)
		}
		for q := (audit.Query{Limit: size}); ; {
			page, err := r.store.ListEntries(r.ctx, q)
			r.must(err)
			byKeyset = append(byKeyset, page.Entries...)
			if len(page.Entries) == 0 {
				break
			}
			last := page.Entries[len(page.Entries)-1]
			q.Before = &audit.Before{At: last.At, ID: last.ID}
		}
		r.same("by offset", byOffset, all)
		r.same("by keyset", byKeyset, all)
	}
}

// entriesBackwards reads pages from the end to the beginning.
func entriesBackwards(r *rig) {
	all := r.assortment()
	for range 2 { // before and after sequencing
		q, got := audit.Query{Limit: 3}, []audit.Entry{}
		for last := all[len(all)-1]; ; last = got[0] {
			if len(got) == 0 {
				got = []audit.Entry{last}
			}
			q.After = &audit.Before{At: last.At, ID: last.ID}
			page, err := r.store.ListEntries(r.ctx, q)
			r.must(err)
			if len(page.Entries) == 0 {
				break
			}
			got = append(page.Entries, got...)
		}
		r.same("backwards", got, all)
		r.sequence()
	}
}

// entriesCounted ends a count where it is told to.
func entriesCounted(r *rig) {
	all := r.assortment()
	for to, want := range map[int]int{0: len(all), 1: 1, 3: 3, len(all) + 5: len(all)} {
		for _, q := range []audit.Query{{CountTo: to}, {CountTo: to, Since: start().Add(-time.Hour)}} {
			page, err := r.store.ListEntries(r.ctx, q)
			r.must(err)
			r.same("counted", page.Total, want)
		}
	}
}

func entriesFound(r *rig) {
	all := r.assortment()
	_, err := r.store.FindEntry(r.ctx, "none\x00")
	r.refused(err, token.ErrNotFound)
	found, err := r.store.FindEntry(r.ctx, all[0].ID)
	r.must(err)
	r.same("position of what has none", found.Position, int64(-1))
	r.sequence()
	for _, e := range all {
		found, err := r.store.FindEntry(r.ctx, e.ID)
		r.must(err)
		r.same("entry", found.Entry, e)
		position, err := r.store.FindEntryPosition(r.ctx, e.ID)
		r.must(err)
		r.same("position", found.Position, position)
	}
}

func entriesExported(r *rig) {
	all := r.assortment()
	none := func(audit.Stored) error { return errors.New("not sequenced yet") }
	r.must(r.store.IterateEntries(r.ctx, audit.Query{}, none))
	r.sequence()
	for _, q := range filters() {
		got := []string{}
		next := int64(0)
		r.must(r.store.IterateEntries(r.ctx, q, func(e audit.Stored) error {
			if e.Position < next {
				return fmt.Errorf("position %d comes after %d", e.Position, next-1)
			}
			next = e.Position + 1
			got = append(got, e.ID)
			return nil
		}))
		want := []string{}
		for _, e := range matching(all, q) {
			want = append(want, e.ID)
		}
		slices.Sort(got)
		slices.Sort(want)
		r.same("exported", got, want)
	}
	stop := errors.New("enough")
	r.refused(r.store.IterateEntries(r.ctx, audit.Query{}, func(audit.Stored) error { return stop }), stop)
}
