package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/token"
)

func surveyBehaviours() []behaviour {
	return []behaviour{
		{"tokens are counted by when they end, and by how long nobody used them", surveyCounts},
		{"a survey of some owners is of them alone", surveyOfOwners},
		{"who owns the most comes first", ownersByCount},
	}
}

const days = 24 * time.Hour

// survey asks for weeks from the start on, and for what nobody used for long.
func (r *rig) survey(owners []string) token.Survey {
	r.Helper()
	out, err := r.store.Survey(r.ctx, token.SurveyQuery{
		Kind: token.KindService, Owners: owners, Now: start(),
		Edges:       []time.Time{start(), start().Add(7 * days), start().Add(14 * days), start().Add(21 * days)},
		UnusedSince: []time.Time{start().Add(-30 * days), start().Add(-90 * days)},
	})
	r.must(err)
	return out
}

// ending is a token that ends after so long and was last used so long ago; 0 is
// never.
func ending(after, unused time.Duration) func(*token.New) {
	return func(n *token.New) {
		n.Token.CreatedAt, n.Token.ExpiresAt = start().Add(-100*days), start().Add(after)
		if unused != 0 {
			n.Token.LastUsedAt = start().Add(-unused)
		}
	}
}

func surveyCounts(r *rig) {
	r.issued("at once", ending(7*days-time.Microsecond, time.Hour))
	r.issued("a week later", ending(7*days, 31*days))
	r.issued("never used", ending(20*days, 0))
	r.issued("long unused", ending(300*days, 91*days))
	r.issued("new", ending(300*days, 0), at(start()))
	r.issued("expired", ending(-time.Hour, 0))
	_, err := r.setDisabled(r.issued("disabled", ending(days, 0)), true, start())
	r.must(err)
	_, err = r.revoke(r.issued("revoked", ending(days, 0)), "", start())
	r.must(err)
	want := token.Survey{Expiring: []int{1, 1, 1}, Unused: []int{3, 2}}
	r.same("before they settle", r.survey(nil), want)
	r.settleAll()
	r.same("after", r.survey(nil), want)
}

func surveyOfOwners(r *rig) {
	r.issued("one", ending(days, 40*days))
	r.issued("two", ending(days, 40*days), of(data))
	r.same("of one", r.survey([]string{data}), token.Survey{Expiring: []int{1, 0, 0}, Unused: []int{1, 0}})
	r.same("of both", r.survey([]string{data, platform}), token.Survey{Expiring: []int{2, 0, 0}, Unused: []int{2, 0}})
	r.same("of nobody", r.survey([]string{}), token.Survey{Expiring: []int{0, 0, 0}, Unused: []int{0, 0}})
}

func ownersByCount(r *rig) {
	for i, owner := range []string{platform, platform, platform, data, data, "group:default/infra"} {
		r.issued(numbered("ci", i), of(owner))
	}
	_, err := r.revoke(r.issued("gone", of(data)), "", start())
	r.must(err)
	r.settleAll()
	list, err := r.store.ListOwned(r.ctx, token.KindService, 2)
	r.must(err)
	r.same("owners", list, []token.Owned{
		{Owner: platform, Kind: token.KindService, Count: 3}, {Owner: data, Kind: token.KindService, Count: 2},
	})
}
