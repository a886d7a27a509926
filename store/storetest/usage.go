package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/token"
)

func usageBehaviours() []behaviour {
	return []behaviour{
		{"uses of one hour add up, whoever gathered them", usesAddUp},
		{"days are those of UTC, and begin with the one asked for", usageByDays},
		{"a former secret is told from the one in force", formerSecretIsTold},
		{"all tokens of a kind have their sums", kindsHaveSums},
		{"what is refused most comes first", refusedMost},
		{"of the addresses of a token the latest are kept", latestOrigins},
		{"what is older than the time to keep is swept", oldUsageIsSwept},
		{"nodes that write at once lose nothing", usageFromManyNodes},
	}
}

func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }

// used is a row of usage in the hour of a time.
func used(id string, at time.Time, allowed, refused int) token.Usage {
	u := token.Usage{TokenID: id, Kind: token.KindService, Hour: hourOf(at), Allowed: allowed, Refused: refused}
	if allowed > 0 {
		u.UsedAt = at
	}
	return u
}

func (r *rig) addUsage(list ...token.Usage) {
	r.Helper()
	added, err := r.store.AddUsage(r.ctx, list)
	r.must(err)
	r.same("rows added", added, len(list))
}

func usesAddUp(r *rig) {
	r.addUsage(used("a", start(), 3, 1), used("b", start(), 1, 0))
	r.addUsage(used("a", start().Add(time.Minute), 2, 0), used("a", start().Add(time.Hour), 7, 0))
	sum, err := r.store.SumUsage(r.ctx, "a", start())
	r.must(err)
	r.same("uses", sum, token.Usage{
		TokenID: "a", Hour: hourOf(start()), Allowed: 12, Refused: 1, UsedAt: start().Add(time.Hour),
	})
	later, err := r.store.SumUsage(r.ctx, "a", start().Add(time.Hour))
	r.must(err)
	r.same("uses since the next hour", later.Allowed, 7)
	none, err := r.store.SumUsage(r.ctx, "c", start())
	r.must(err)
	r.same("uses of a token that nobody used", none, token.Usage{TokenID: "c", Hour: hourOf(start())})
}

func usageByDays(r *rig) {
	midnight := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	r.addUsage(used("a", midnight.Add(-time.Second), 1, 0), used("a", midnight, 2, 3), used("a", midnight.Add(23*time.Hour), 4, 0),
		used("a", midnight.Add(48*time.Hour), 8, 0), used("b", midnight, 9, 9))
	days, err := r.store.ListUsageDays(r.ctx, "a", midnight.Add(12*time.Hour))
	r.must(err)
	r.same("days", days, []token.UsageDay{
		{Day: midnight, Allowed: 6, Refused: 3},
		{Day: midnight.Add(48 * time.Hour), Allowed: 8},
	})
}

func formerSecretIsTold(r *rig) {
	u := used("a", start(), 5, 0)
	u.Former, u.FormerAt = 2, start().Add(2*time.Minute)
	r.addUsage(u)
	u.Former, u.FormerAt = 1, start().Add(time.Minute)
	r.addUsage(u)
	sum, err := r.store.SumUsage(r.ctx, "a", start())
	r.must(err)
	r.same("uses of the former secret", sum.Former, 3)
	r.same("its last use", sum.FormerAt, start().Add(2*time.Minute))
	r.same("the last use of the other", sum.UsedAt, start())
}

func kindsHaveSums(r *rig) {
	other := used("c", start(), 5, 5)
	other.Kind = token.KindUser
	r.addUsage(used("a", start(), 3, 1), used("b", start(), 1, 0), other)
	days, err := r.store.ListKindUsageDays(r.ctx, token.KindService, start())
	r.must(err)
	r.same("days of service tokens", days, []token.UsageDay{{Day: start().Truncate(24 * time.Hour), Allowed: 4, Refused: 1}})
}

func refusedMost(r *rig) {
	r.addUsage(used("a", start(), 0, 2), used("b", start(), 100, 0), used("c", start(), 0, 5),
		used("a", start().Add(time.Hour), 0, 4), used("d", start().Add(-time.Hour), 0, 50))
	list, err := r.store.ListMostRefused(r.ctx, start(), 2)
	r.must(err)
	r.same("refused", list, []token.Refusals{
		{TokenID: "a", Kind: token.KindService, Count: 6},
		{TokenID: "c", Kind: token.KindService, Count: 5},
	})
}

func latestOrigins(r *rig) {
	var list []token.UsedFrom
	for i := range token.MaxUsedFrom + 3 {
		list = append(list, token.UsedFrom{TokenID: "a", From: numbered("192.0.2", i), At: start().Add(time.Duration(i) * time.Minute)})
	}
	added, err := r.store.AddOrigins(r.ctx, append(list, token.UsedFrom{TokenID: "b", From: "198.51.100.1", At: start()}))
	r.must(err)
	r.same("noted", added, len(list)+1)
	// An older time does not move one back, nor does it push another one out.
	_, err = r.store.AddOrigins(r.ctx, []token.UsedFrom{
		{TokenID: "a", From: numbered("192.0.2", 12), At: start()}, {TokenID: "a", From: "203.0.113.1", At: start()},
	})
	r.must(err)
	kept, err := r.store.ListOrigins(r.ctx, "a")
	r.must(err)
	r.same("how many are kept", len(kept), token.MaxUsedFrom)
	r.same("the latest", kept[0], list[len(list)-1])
	r.same("the oldest", kept[len(kept)-1], list[3])
	others, err := r.store.ListOrigins(r.ctx, "b")
	r.must(err)
	r.same("those of another token", len(others), 1)
}

func oldUsageIsSwept(r *rig) {
	r.addUsage(used("a", start(), 1, 1), used("b", start(), 1, 0), used("a", start().Add(48*time.Hour), 2, 0))
	_, err := r.store.AddOrigins(r.ctx, []token.UsedFrom{
		{TokenID: "a", From: "192.0.2.1", At: start()}, {TokenID: "a", From: "192.0.2.2", At: start().Add(48 * time.Hour)},
	})
	r.must(err)
	before := start().Add(24 * time.Hour)
	for _, want := range []int{1, 1, 0} {
		n, err := r.store.SweepUsage(r.ctx, before, 1)
		r.must(err)
		r.same("rows swept at once", n, want)
	}
	sum, err := r.store.SumUsage(r.ctx, "a", time.Time{})
	r.must(err)
	r.same("uses that are kept", sum.Allowed, 2)
	kinds, err := r.store.ListKindUsageDays(r.ctx, token.KindService, start())
	r.must(err)
	r.same("sums that are kept", len(kinds), 1)
	origins, err := r.store.ListOrigins(r.ctx, "a")
	r.must(err)
	r.same("addresses that are kept", len(origins), 1)
}

func usageFromManyNodes(r *rig) {
	const nodes, tokens = 8, 100
	for _, err := range parallel(nodes, func(node int) error {
		list := make([]token.Usage, tokens)
		for i := range list {
			// Each in an order of its own.
			list[(i*7+node*13)%tokens] = used(numbered("t", i), start(), 1, 1)
		}
		_, err := r.store.AddUsage(r.ctx, list)
		return err
	}) {
		r.must(err)
	}
	for i := range tokens {
		sum, err := r.store.SumUsage(r.ctx, numbered("t", i), start())
		r.must(err)
		r.same("uses", [2]int{sum.Allowed, sum.Refused}, [2]int{nodes, nodes})
	}
}
