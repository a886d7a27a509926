package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func importBehaviours() []behaviour {
	return []behaviour{
		{"an import makes tokens, digests and entries at once", importAll},
		{"what is kept aside is nowhere to be seen", importAside},
		{"an import tells every line that conflicts, and changes nothing", importConflicts},
		{"an import keeps the limit of an owner", importQuota},
		{"an import and issues at once keep the limit of an owner", importQuotaAtOnce},
		{"an import takes names that are free again", importFreedNames},
		{"tokens that ended claim their names where names are never free again", importEndedNames},
		{"a mark revokes what is imported behind it", importMarked},
		{"of an import and an issue of one name at once one wins", importRace},
		{"an import that lost lines takes over none", importLost},
		{"an import removes what an old one left behind", importLeftovers},
		{"the sweep removes what an import left behind, and nothing of one under way", importSwept},
		{"an import takes thousands of tokens over at once, and leaves nothing aside", importMany},
	}
}

// batch is an import with these lines, kept aside already.
func (r *rig) batch(limits token.Limits, drafts ...token.New) token.Import {
	r.Helper()
	im := token.Import{
		ID: token.NewID(), At: start().Add(time.Hour), Lines: len(drafts),
		Kinds: []token.KindLimits{{Kind: token.KindService, Limits: limits}},
	}
	lines, entries := make([]token.ImportLine, len(drafts)), make([]audit.Entry, len(drafts))
	for i, n := range drafts {
		n.Limits = limits
		lines[i] = token.ImportLine{Line: i + 1, New: n}
		entries[i] = entryAbout(audit.TokenImported, n.Token, im.At).With("scopes", n.Token.Scopes.String())
	}
	r.must(r.store.StageImport(r.ctx, im.ID, lines, entries))
	return im
}

func never() token.Limits { return token.Limits{Reuse: token.ReuseNever} }

func (r *rig) apply(im token.Import) error {
	return r.store.ApplyImport(r.ctx, im, audit.NewEntry(audit.TokensImported, admin(), im.At))
}

// conflicts gives what is found, as text.
func (r *rig) conflicts(im token.Import) []string {
	r.Helper()
	found, err := r.store.FindConflicts(r.ctx, im)
	r.must(err)
	out := []string{}
	for _, c := range found {
		out = append(out, fmt.Sprintf("%d %s", c.Line, c.Conflict))
	}
	return out
}

func drafts(n int, change ...func(*token.New)) []token.New {
	out := make([]token.New, n)
	for i := range out {
		out[i] = draft(numbered("moved", i), change...)
	}
	return out
}

func importAll(r *rig) {
	all := drafts(300)
	all[7].Token.LastUsedAt = start().Add(time.Minute)
	all[8].Token.RevokedAt, all[8].Token.RevokedBy = start().Add(time.Minute), alice
	im := r.batch(never(), all...)
	r.same("conflicts", r.conflicts(im), []string{})
	r.must(r.apply(im))
	for _, n := range all {
		found, err := r.store.FindByDigest(r.ctx, n.Digest)
		r.must(err)
		r.same("record", found, n.Token)
	}
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.TokenImported}})), 300)
	r.same("entries of the whole", len(r.history(audit.Query{Actions: []audit.Action{audit.TokensImported}})), 1)
	r.same("entries of one", len(r.history(audit.Query{TokenID: all[0].Token.ID})), 1)
	list := token.Query{Kind: token.KindService, Owner: platform, Now: im.At, Limit: 10, States: []token.State{token.StateActive}}
	before, err := r.store.ListTokens(r.ctx, list)
	r.must(err)
	r.sequence()
	after, err := r.store.ListTokens(r.ctx, list)
	r.must(err)
	r.same("total", before.Total, 299)
	r.same("page once they are settled", after, before)
}

func importAside(r *rig) {
	n := draft("ci")
	im := r.batch(never(), n)
	_, err := r.store.FindByDigest(r.ctx, n.Digest)
	r.refused(err, token.ErrNotFound)
	_, err = r.store.FindToken(r.ctx, n.Token.ID)
	r.refused(err, token.ErrNotFound)
	r.must(r.store.DropImport(r.ctx, im))
	r.must(r.create(n))
	r.same("entries", len(r.history(audit.Query{})), 1)
}

func importConflicts(r *rig) {
	here := draft("here")
	r.must(r.create(here))
	all := drafts(12)
	all[1] = here
	all[2].Token.ID = here.Token.ID
	all[3] = draft("here")
	all[4].Digest = all[5].Digest
	all[6].Token.ID = all[7].Token.ID
	all[8], all[9] = draft("twice"), draft("twice")
	all[10], all[11] = draft("alone", of(data)), draft("alone")
	im := r.batch(never(), all...)
	r.same("conflicts", r.conflicts(im), []string{
		"2 digest stored", "3 id stored", "4 name stored", "5 digest repeated", "6 digest repeated",
		"7 id repeated", "8 id repeated", "9 name repeated", "10 name repeated",
	})
	r.refused(r.apply(im), token.ErrExists)
	r.same("entries", len(r.history(audit.Query{})), 1)
	_, err := r.store.FindByDigest(r.ctx, all[0].Digest)
	r.refused(err, token.ErrNotFound)
}

func importQuota(r *rig) {
	for i := range 3 {
		r.issued(numbered("issued", i))
	}
	r.sequence()
	r.issued("not-settled")
	limits := token.Limits{Reuse: token.ReuseNever, MaxPerOwner: 6}
	ended := draft("ended", at(start().Add(-200*24*time.Hour)))
	fits := r.batch(limits, append(drafts(2), ended, draft("other", of(data)))...)
	r.same("conflicts of as many as fit", r.conflicts(fits), []string{})
	over := r.batch(limits, append(drafts(3), ended, draft("other", of(data)))...)
	r.same("conflicts of one more", r.conflicts(over), []string{"1 quota", "2 quota", "3 quota"})
	r.refused(r.apply(over), token.ErrQuota)
	r.must(r.apply(fits))
}

// importQuotaAtOnce has issues far from the limit run while an import comes near
// it. Which of them find a place is open.
func importQuotaAtOnce(r *rig) {
	const limit, lines, issues, workers = 1000, 850, 250, 10
	im := r.batch(token.Limits{Reuse: token.ReuseNever, MaxPerOwner: limit}, drafts(lines)...)
	errs := parallel(1+workers, func(i int) error {
		if i == 0 {
			return r.apply(im)
		}
		for n := i; n < issues; n += workers {
			if err := r.create(draft(numbered("issued", n), atMost(limit))); err != nil {
				return err
			}
		}
		return nil
	})
	for _, err := range errs {
		if err != nil && !errors.Is(err, token.ErrUnavailable) { // which waited too long for the import
			r.refused(err, token.ErrQuota)
		}
	}
	page, err := r.store.ListTokens(r.ctx, token.Query{
		Kind: token.KindService, Owner: platform, Now: im.At, States: []token.State{token.StateActive},
	})
	r.must(err)
	if page.Total > limit || page.Total < lines && page.Total < issues {
		r.Fatalf("the owner has %d tokens, want at most %d", page.Total, limit)
	}
}

func importFreedNames(r *rig) {
	limits := token.Limits{Reuse: token.ReuseAfterEnd}
	revoked := r.issued("revoked", reuse(token.ReuseAfterEnd))
	_, err := r.revoke(revoked, "", start())
	r.must(err)
	r.issued("expired", reuse(token.ReuseAfterEnd), at(start().Add(-200*24*time.Hour)))
	r.issued("live", reuse(token.ReuseAfterEnd))
	r.same("conflicts", r.conflicts(r.batch(limits, draft("revoked"), draft("expired"), draft("live"))), []string{"3 name stored"})
	r.must(r.apply(r.batch(limits, draft("revoked"), draft("expired"))))
	r.refused(r.create(draft("revoked", reuse(token.ReuseAfterEnd))), token.ErrNameTaken)
}

func importEndedNames(r *rig) {
	revoke := func(n *token.New) { n.Token.RevokedAt = start() }
	r.must(r.apply(r.batch(never(), draft("kept", revoke))))
	r.refused(r.create(draft("kept")), token.ErrNameTaken)
	r.must(r.apply(r.batch(token.Limits{Reuse: token.ReuseAfterRevocation}, draft("free", revoke))))
	r.must(r.create(draft("free", reuse(token.ReuseAfterRevocation))))
}

func importMarked(r *rig) {
	_, err := r.store.AddMark(r.ctx, token.Mark{
		ID: token.NewID(), Owner: platform, NotBefore: start(), RevokedBy: admin().Ref, CreatedAt: start(),
	}, audit.NewEntry(audit.TokensRevoked, admin(), start()))
	r.must(err)
	before, after, others := draft("before"), draft("after", at(start().Add(time.Minute))), draft("others", of(data))
	r.must(r.apply(r.batch(never(), before, after, others)))
	r.same("revoked by the mark", r.find(before.Token.ID).RevokedBy, admin().Ref)
	r.same("revoked when it was made", r.find(before.Token.ID).RevokedAt, start())
	r.same("made behind it", r.find(after.Token.ID).RevokedAt.IsZero(), true)
	r.same("of another owner", r.find(others.Token.ID).RevokedAt.IsZero(), true)
}

func importRace(r *rig) {
	im := r.batch(never(), append(drafts(20), draft("ci"))...)
	errs := parallel(10, func(i int) error {
		if i == 0 {
			return r.apply(im)
		}
		return r.create(draft("ci"))
	})
	for i, err := range errs {
		if i == 0 {
			continue
		}
		if err != nil {
			r.refused(err, token.ErrNameTaken)
		}
	}
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		}
	}
	r.same("winners", won, 1)
	imported := len(r.history(audit.Query{Actions: []audit.Action{audit.TokenImported}}))
	if want := 0; errs[0] != nil {
		r.refused(errs[0], token.ErrExists)
		r.same("imported by who lost", imported, want)
	} else {
		r.same("imported by who won", imported, 21)
	}
}

func importLost(r *rig) {
	im := r.batch(never(), drafts(3)...)
	im.Lines++
	r.refused(r.apply(im), token.ErrUnavailable)
	r.same("entries", len(r.history(audit.Query{})), 0)
}

func importLeftovers(r *rig) {
	old := r.batch(never(), drafts(3)...)
	r.must(r.store.DropImport(r.ctx, token.Import{ID: token.NewID(), At: time.Now().Add(30 * time.Minute)}))
	r.same("conflicts with itself", r.conflicts(old), []string{})
	r.must(r.store.DropImport(r.ctx, token.Import{ID: token.NewID(), At: time.Now().Add(2 * time.Hour)}))
	r.refused(r.apply(old), token.ErrUnavailable)
}

func importSwept(r *rig) {
	old := r.batch(never(), drafts(3)...)
	_, err := r.store.Sweep(r.ctx, time.Now().Add(30*time.Minute), 100)
	r.must(err)
	r.same("conflicts with itself", r.conflicts(old), []string{})
	n, err := r.store.Sweep(r.ctx, time.Now().Add(2*time.Hour), 4) // three lines and three entries
	r.must(err)
	r.same("swept at first", n, 4)
	n, err = r.store.Sweep(r.ctx, time.Now().Add(2*time.Hour), 4)
	r.must(err)
	r.same("swept then", n, 2)
	r.refused(r.apply(old), token.ErrUnavailable)
}
