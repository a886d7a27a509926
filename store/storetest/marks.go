package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func markBehaviours() []behaviour {
	return []behaviour{
		{"a mark revokes what it covers at once, in every view, and nothing else", markRevokes},
		{"the sweep changes no answer", sweepChangesNothing},
		{"two that sweep at once leave nothing behind", sweepersAtOnce},
		{"the sweep keeps what was revoked before a mark", sweepKeepsFirst},
		{"a swept mark revokes what is imported later", markOnImport},
		{"a token under a mark cannot be revoked, rotated or disabled", markedIsRevoked},
		{"the tokens a mark would revoke are counted", coveredIsCounted},
		{"marks are listed, oldest first", marksAreListed},
		{"the sweep takes expired tokens out of the way without changing their state", sweepShelves},
	}
}

// mark adds a mark of the administrator's.
func (r *rig) mark(m token.Mark, at time.Time) token.Mark {
	r.Helper()
	m.ID, m.CreatedAt, m.RevokedBy = token.NewID(), at, admin().Ref
	kept, err := r.store.AddMark(r.ctx, m, audit.NewEntry(audit.TokensRevoked, admin(), at))
	r.must(err)
	return kept
}

// sweepAll sweeps to the end, at an instant at which marks have settled.
func (r *rig) sweepAll(now time.Time) {
	r.Helper()
	for {
		n, err := r.store.Sweep(r.ctx, now, 7)
		r.must(err)
		if n < 7 {
			return
		}
	}
}

func ids(tokens []token.Token) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = t.ID
	}
	return out
}

// inState gives the names of the tokens in a state, by name.
func (r *rig) inState(now time.Time, states ...token.State) []string {
	r.Helper()
	page, err := r.store.ListTokens(r.ctx, token.Query{
		Kind: token.KindService, States: states, Now: now, Sort: token.SortName, Asc: true, Limit: 1000,
	})
	r.must(err)
	r.same("total", page.Total, len(page.Tokens))
	names := []string{}
	for _, t := range page.Tokens {
		names = append(names, t.Name)
	}
	return names
}

func markRevokes(r *rig) {
	now := start().Add(time.Hour)
	covered := draft("covered")
	r.must(r.create(covered))
	r.issued("other-owner", of(data))
	r.issued("later", at(now))
	r.issued("edge", at(now.Add(-time.Microsecond)))
	m := r.mark(token.Mark{Owner: platform, NotBefore: now.Add(-time.Microsecond)}, now)

	want := covered.Token
	want.RevokedAt, want.RevokedBy = m.CreatedAt, m.RevokedBy
	r.same("record by id", r.find(want.ID), want)
	byDigest, err := r.store.FindByDigest(r.ctx, covered.Digest)
	r.must(err)
	r.same("record by digest", byDigest, want)
	r.same("revoked", r.inState(now, token.StateRevoked), []string{"covered", "edge"})
	r.same("active", r.inState(now, token.StateActive), []string{"later", "other-owner"})
	r.same("all", r.inState(now), []string{"covered", "edge", "later", "other-owner"})

	r.mark(token.Mark{Kind: token.KindUser, NotBefore: now}, now)
	r.mark(token.Mark{Workspace: "acme", NotBefore: now}, now)
	r.same("after marks of other things", r.inState(now, token.StateActive), []string{"later", "other-owner"})
	r.mark(token.Mark{NotBefore: now}, now)
	r.same("after a mark on all", r.inState(now, token.StateActive), []string{})
}

func sweepChangesNothing(r *rig) {
	now := start().Add(time.Hour)
	var all []token.Token
	for i := range 25 {
		t := r.issued(numbered("ci", i), func(n *token.New) {
			if i%2 == 0 {
				n.Token.Owner = data
			}
			if i%5 == 0 {
				n.Token.ExpiresAt = start().Add(time.Minute)
			}
		})
		if i%3 == 0 {
			_, err := r.setDisabled(t, true, start())
			r.must(err)
		}
		all = append(all, t)
	}
	r.mark(token.Mark{Owner: data, NotBefore: now}, now)
	look := func() (records []token.Token, states [][]string) {
		for _, t := range all {
			records = append(records, r.find(t.ID))
		}
		for _, state := range token.States() {
			states = append(states, r.inState(now, state))
		}
		return records, states
	}
	records, states := look()
	entries := len(r.history(audit.Query{}))
	r.sweepAll(now)
	r.sweepAll(now.Add(2 * time.Minute))
	n, err := r.store.Sweep(r.ctx, now.Add(3*time.Minute), 100)
	r.must(err)
	r.same("rows left to sweep", n, 0)
	r.sequence()
	after, afterStates := look()
	r.same("records", after, records)
	r.same("states", afterStates, states)
	r.same("entries", len(r.history(audit.Query{})), entries)
}

func sweepKeepsFirst(r *rig) {
	t := r.issued("ci")
	revoked, err := r.revoke(t, "leaked", start().Add(time.Minute))
	r.must(err)
	first := r.mark(token.Mark{Owner: platform, NotBefore: start()}, start().Add(time.Hour))
	second := r.issued("second", at(start()))
	r.mark(token.Mark{NotBefore: start()}, start().Add(2*time.Hour))
	r.same("revoked before", r.find(t.ID), revoked)
	r.same("two marks", r.find(second.ID).RevokedAt, first.CreatedAt)
	r.sweepAll(start().Add(3 * time.Hour))
	r.same("revoked before, swept", r.find(t.ID), revoked)
	r.same("two marks, swept", r.find(second.ID).RevokedAt, first.CreatedAt)
}

func markOnImport(r *rig) {
	m := r.mark(token.Mark{Owner: platform, NotBefore: start()}, start())
	r.sweepAll(start().Add(time.Hour))
	old := r.issued("old", at(start().Add(-time.Hour)))
	young := r.issued("young", at(start().Add(time.Second)))
	r.same("older than the mark", r.find(old.ID).RevokedAt, m.CreatedAt)
	r.same("younger than the mark", r.find(young.ID).RevokedAt, time.Time{})
}

func markedIsRevoked(r *rig) {
	t := r.issued("ci")
	r.mark(token.Mark{NotBefore: start()}, start())
	_, err := r.revoke(t, "", start())
	r.refused(err, token.ErrAlreadyRevoked)
	_, err = r.setDisabled(t, true, start())
	r.refused(err, token.ErrAlreadyRevoked)
	_, err = r.rotate(t, "2", start(), 0)
	r.refused(err, token.ErrAlreadyRevoked)
}

func coveredIsCounted(r *rig) {
	now := start().Add(time.Hour)
	for i := range 6 {
		r.issued(numbered("ci", i))
	}
	r.issued("other", of(data))
	r.issued("young", at(now.Add(-time.Second)))
	r.issued("expired", func(n *token.New) { n.Token.ExpiresAt = start().Add(time.Minute) })
	gone := r.issued("gone")
	_, err := r.revoke(gone, "", start())
	r.must(err)
	for _, tc := range []struct {
		mark token.Mark
		want int
	}{
		{token.Mark{NotBefore: now}, 8},
		{token.Mark{Owner: platform, NotBefore: now}, 7},
		{token.Mark{Owner: platform, NotBefore: start()}, 6},
		{token.Mark{Kind: token.KindService, NotBefore: start()}, 7},
		{token.Mark{Kind: token.KindUser, NotBefore: now}, 0},
		{token.Mark{Workspace: "acme", NotBefore: now}, 0},
	} {
		tc.mark.CreatedAt = now
		n, err := r.store.CountCovered(r.ctx, tc.mark)
		r.must(err)
		r.same("covered", n, tc.want)
	}
	r.mark(token.Mark{Owner: data, NotBefore: now}, now)
	n, err := r.store.CountCovered(r.ctx, token.Mark{NotBefore: now, CreatedAt: now})
	r.must(err)
	r.same("covered beside another mark", n, 7)
}

func marksAreListed(r *rig) {
	first := r.mark(token.Mark{Owner: platform, NotBefore: start(), Reason: "leak"}, start())
	second := r.mark(token.Mark{Workspace: "acme", Kind: token.KindWorkspace, NotBefore: start()}, start().Add(time.Second))
	marks, err := r.store.Marks(r.ctx)
	r.must(err)
	r.same("marks", marks, []token.Mark{first, second})
	r.sweepAll(start().Add(time.Hour))
	marks, err = r.store.Marks(r.ctx)
	r.must(err)
	r.same("marks after the sweep", marks, []token.Mark{first, second})
	_, err = r.store.AddMark(r.ctx, first, audit.NewEntry(audit.TokensRevoked, admin(), start()))
	r.refused(err, token.ErrExists)
}

func sweepShelves(r *rig) {
	short := r.issued("short", func(n *token.New) { n.Token.ExpiresAt = start().Add(time.Minute) })
	disabled := r.issued("disabled", func(n *token.New) { n.Token.ExpiresAt = start().Add(time.Minute) })
	_, err := r.setDisabled(disabled, true, start())
	r.must(err)
	r.issued("long")
	// A node whose clock is ahead by hours must not touch them.
	early, err := r.store.Sweep(r.ctx, start().Add(time.Hour), 100)
	r.must(err)
	r.same("rows swept within a day of their expiry", early, 0)
	now := start().Add(25 * time.Hour)
	n, err := r.store.Sweep(r.ctx, now, 100)
	r.must(err)
	r.same("rows swept", n, 2)
	r.same("expired", r.inState(now, token.StateExpired), []string{"disabled", "short"})
	r.same("record", r.find(short.ID), short)
	// What changes afterwards is still counted in its place.
	_, err = r.setDisabled(disabled, false, now)
	r.must(err)
	_, err = r.revoke(short, "", now)
	r.must(err)
	r.same("expired afterwards", r.inState(now, token.StateExpired), []string{"disabled"})
	r.same("revoked afterwards", r.inState(now, token.StateRevoked), []string{"short"})
	r.same("active", r.inState(now, token.StateActive), []string{"long"})
}
