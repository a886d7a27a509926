package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func settleBehaviours() []behaviour {
	return []behaviour{
		{"lists and totals are the same while changed tokens settle", settlingChangesNothing},
		{"tokens that change while they settle are counted once", changesWhileSettling},
		{"a token that changes twice before it settles is counted once", changedTwice},
		{"entries are the same before and after they have a position", sequencingChangesNothing},
	}
}

// settleAll settles every token that waits.
func (r *rig) settleAll() {
	r.Helper()
	_, err := r.store.Sweep(r.ctx, start(), 1)
	r.must(err)
}

// states gives the names in each state, with totals checked.
func (r *rig) states(now time.Time) map[token.State][]string {
	r.Helper()
	out := map[token.State][]string{}
	for _, state := range token.States() {
		out[state] = r.inState(now, state)
	}
	return out
}

func settlingChangesNothing(r *rig) {
	now := start().Add(time.Hour)
	for i := range 30 {
		t := r.issued(numbered("ci", i), func(n *token.New) {
			n.Token.ExpiresAt = now.Add(time.Duration(i%3-1) * 24 * time.Hour)
		})
		if i == 15 {
			r.settleAll() // so that half of the changes are to settled tokens
		}
		switch i % 4 {
		case 1:
			_, err := r.revoke(t, "", start())
			r.must(err)
		case 2:
			_, err := r.setDisabled(t, true, start())
			r.must(err)
		}
	}
	before := r.states(now)
	r.settleAll()
	r.same("states after settling", r.states(now), before)
	for _, name := range before[token.StateDisabled] {
		_, err := r.setDisabled(r.named(name), false, now)
		r.must(err)
	}
	again := r.states(now)
	r.same("disabled", again[token.StateDisabled], []string{})
	r.settleAll()
	r.same("states after settling again", r.states(now), again)
}

// named finds a token of the platform group by name.
func (r *rig) named(name string) token.Token {
	r.Helper()
	page, err := r.store.ListTokens(r.ctx, token.Query{Kind: token.KindService, Text: name, Now: start(), Limit: 2})
	r.must(err)
	r.same("tokens called "+name, len(page.Tokens), 1)
	return page.Tokens[0]
}

func changesWhileSettling(r *rig) {
	const n = 40
	tokens := make([]token.Token, n)
	for i := range tokens {
		tokens[i] = r.issued(numbered("ci", i))
	}
	for _, err := range parallel(n+4, func(i int) error {
		if i >= n {
			_, err := r.store.Sweep(r.ctx, start(), 1)
			return err
		}
		if _, err := r.setDisabled(tokens[i], true, start()); err != nil || i%2 == 0 {
			return err
		}
		_, err := r.revoke(tokens[i], "", start())
		return err
	}) {
		r.must(err)
	}
	for range 2 {
		r.same("disabled", len(r.inState(start(), token.StateDisabled)), n/2)
		r.same("revoked", len(r.inState(start(), token.StateRevoked)), n/2)
		r.same("all", len(r.inState(start())), n)
		r.settleAll()
	}
}

func changedTwice(r *rig) {
	t := r.issued("ci")
	r.settleAll()
	_, err := r.store.RotateToken(r.ctx, token.Rotation{
		TokenID: t.ID, Digest: digestOf("2"), Hint: "bsat_2", At: start(), OverlapEndsAt: start(),
		ExpiresAt: start().Add(time.Hour),
	}, entryAbout(audit.TokenRotated, t, start()))
	r.must(err)
	_, err = r.setDisabled(t, true, start())
	r.must(err)
	for range 2 {
		r.same("disabled", r.inState(start(), token.StateDisabled), []string{"ci"})
		r.same("expired an hour later", r.inState(start().Add(time.Hour), token.StateExpired), []string{"ci"})
		r.same("active", r.inState(start(), token.StateActive), []string{})
		r.settleAll()
	}
}

func sequencingChangesNothing(r *rig) {
	for i := range 9 {
		t := r.issued(numbered("ci", i), at(start().Add(time.Duration(i%3)*time.Second)))
		if i == 4 {
			r.sequence()
		}
		if i%2 == 0 {
			_, err := r.revoke(t, "", t.CreatedAt)
			r.must(err)
		}
	}
	queries := []audit.Query{
		{},
		{Owner: platform},
		{Actor: admin().Ref},
		{Actions: []audit.Action{audit.TokenRevoked}},
		{Limit: 3, Offset: 2},
		{Owner: platform, Limit: 4, Offset: 9},
		{Since: start().Add(time.Second)},
	}
	look := func() (pages []audit.Page) {
		for _, q := range queries {
			if q.Limit == 0 {
				q.Limit = 100
			}
			page, err := r.store.ListEntries(r.ctx, q)
			r.must(err)
			pages = append(pages, page)
		}
		return pages
	}
	before := look()
	r.same("entries", before[0].Total, 14)
	r.sequence()
	r.same("pages after sequencing", look(), before)
}
