package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func limitBehaviours() []behaviour {
	return []behaviour{
		{"a name is unique within owner and kind", nameIsUnique},
		{"of fifty tokens of one name at once one is issued", nameAtOnce},
		{"a name is never free again by default", nameNeverFree},
		{"a name is free after revocation where the rule says so", nameAfterRevocation},
		{"a name is free after a mark revoked its token", nameAfterMark},
		{"a name is free after expiry where the rule says so", nameAfterEnd},
		{"an owner at the limit is refused until a token ends", quota},
		{"tokens under a mark do not count against the limit", quotaUnderMark},
		{"of fifty tokens at once no more than the limit are issued", quotaAtOnce},
		{"a limit of many tokens is kept as well", quotaOfMany},
		{"a full owner may replace a token with an overlap, whatever the limit", quotaOfReplaced},
	}
}

func reuse(rule token.NameReuse) func(*token.New) {
	return func(n *token.New) { n.Limits.Reuse = rule }
}

func atMost(n int) func(*token.New) { return func(t *token.New) { t.Limits.MaxPerOwner = n } }

func at(t time.Time) func(*token.New) {
	return func(n *token.New) { n.Token.CreatedAt, n.Token.ExpiresAt = t, t.Add(90*24*time.Hour) }
}

func of(owner string) func(*token.New) { return func(n *token.New) { n.Token.Owner = owner } }

func nameIsUnique(r *rig) {
	r.issued("ci")
	r.refused(r.create(draft("ci")), token.ErrNameTaken)
	r.must(r.create(draft("CI")))
	r.must(r.create(draft("ci", of(data))))
	r.must(r.create(draft("ci", func(n *token.New) { n.Token.Kind = token.KindUser })))
	r.same("entries", len(r.history(audit.Query{})), 4)
}

func nameAtOnce(r *rig) {
	errs := parallel(50, func(int) error { return r.create(draft("ci")) })
	r.oneWins(errs, 1, token.ErrNameTaken)
	r.same("entries", len(r.history(audit.Query{})), 1)
}

func nameNeverFree(r *rig) {
	t := r.issued("ci")
	_, err := r.revoke(t, "", start())
	r.must(err)
	r.refused(r.create(draft("ci", at(t.ExpiresAt.Add(time.Hour)))), token.ErrNameTaken)
}

func nameAfterRevocation(r *rig) {
	t := r.issued("ci", reuse(token.ReuseAfterRevocation))
	r.refused(r.create(draft("ci", reuse(token.ReuseAfterRevocation))), token.ErrNameTaken)
	expired := draft("ci", reuse(token.ReuseAfterRevocation), at(t.ExpiresAt))
	r.refused(r.create(expired), token.ErrNameTaken)
	_, err := r.revoke(t, "", start())
	r.must(err)
	errs := parallel(20, func(int) error { return r.create(draft("ci", reuse(token.ReuseAfterRevocation))) })
	r.oneWins(errs, 1, token.ErrNameTaken)
	// The former token is still there, and still dead (K-17).
	former := r.find(t.ID)
	r.refused(former.Check(start()), token.ErrRevoked)
}

func nameAfterMark(r *rig) {
	r.issued("ci")
	r.mark(token.Mark{Owner: platform, NotBefore: start()}, start())
	later := start().Add(time.Second)
	r.refused(r.create(draft("ci", at(later))), token.ErrNameTaken)
	r.must(r.create(draft("ci", at(later), reuse(token.ReuseAfterRevocation))))
}

func nameAfterEnd(r *rig) {
	t := r.issued("ci")
	early := draft("ci", reuse(token.ReuseAfterEnd), at(t.ExpiresAt.Add(-time.Microsecond)))
	r.refused(r.create(early), token.ErrNameTaken)
	r.must(r.create(draft("ci", reuse(token.ReuseAfterEnd), at(t.ExpiresAt))))
}

func quota(r *rig) {
	first, second := r.issued("first", atMost(2)), r.issued("second", atMost(2))
	r.refused(r.create(draft("third", atMost(2))), token.ErrQuota)
	r.refused(r.create(draft("first", atMost(2))), token.ErrNameTaken)
	r.must(r.create(draft("third", atMost(2), of(data))))

	_, err := r.setDisabled(first, true, start())
	r.must(err)
	r.refused(r.create(draft("third", atMost(2))), token.ErrQuota) // a disabled token may come back
	_, err = r.revoke(first, "", start())
	r.must(err)
	r.must(r.create(draft("third", atMost(2))))
	r.refused(r.create(draft("fourth", atMost(2))), token.ErrQuota)
	r.must(r.create(draft("fourth", atMost(2), at(second.ExpiresAt))))
	r.must(r.create(draft("fifth", atMost(0))))
}

func quotaUnderMark(r *rig) {
	r.issued("first", atMost(1))
	r.mark(token.Mark{Owner: platform, NotBefore: start()}, start())
	r.must(r.create(draft("second", atMost(1), at(start().Add(time.Second)))))
}

func quotaAtOnce(r *rig) {
	for i := range 5 {
		r.issued(numbered("before", i), atMost(10))
	}
	errs := parallel(50, func(i int) error { return r.create(draft(numbered("ci", i), atMost(10))) })
	r.oneWins(errs, 5, token.ErrQuota)
	page, err := r.store.ListTokens(r.ctx, token.Query{Kind: token.KindService, Owner: platform, Now: start(), Limit: 100})
	r.must(err)
	r.same("tokens", len(page.Tokens), 10)
}

// quotaOfMany has a limit above which usable tokens are not counted one by one.
func quotaOfMany(r *rig) {
	for wave := range 8 { // more at once would only wait in the store's queue
		for _, err := range parallel(37, func(i int) error {
			return r.create(draft(numbered("before", 37*wave+i), atMost(300)))
		}) {
			r.must(err)
		}
	}
	r.sequence()
	gone := r.issued("gone", atMost(300))
	_, err := r.revoke(gone, "", start())
	r.must(err)
	errs := parallel(30, func(i int) error { return r.create(draft(numbered("ci", i), atMost(300))) })
	r.oneWins(errs, 4, token.ErrQuota)
	r.mark(token.Mark{Owner: platform, NotBefore: start()}, start())
	r.must(r.create(draft("later", atMost(300), at(start().Add(time.Second)))))
}

// quotaOfReplaced fills owners up to a limit that is counted one by one and to
// one that is not. A record and the one that replaced it count as one.
func quotaOfReplaced(r *rig) {
	for owner, limit := range map[string]int{platform: 2, data: 260} {
		var last token.Token
		for i := range limit {
			last = r.issued(numbered("ci", i), atMost(limit), of(owner))
		}
		r.settleAll()
		again := draft("again", atMost(limit), of(owner))
		r.refused(r.create(again), token.ErrQuota)
		r.must(r.replace(last, token.Replacement{TokenID: last.ID, New: again, At: start(), OverlapEndsAt: start().Add(time.Hour)}))
		r.refused(r.create(draft("more", atMost(limit), of(owner))), token.ErrQuota)
	}
}
