package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// skewBehaviours are those among nodes whose clocks differ.
func skewBehaviours() []behaviour {
	return []behaviour{
		{"a mark until now covers what a node whose clock is ahead has issued", markReachesAhead},
		{"a mark until now covers what a client was let do by such a node", markReachesGrants},
		{"a mark until now reaches no further than the tokens it names", markReachesItsOwn},
		{"what is issued after a mark that reaches ahead is good", issuedBehindMark},
		{"a mark of an earlier time stays where it is", markOfEarlierTime},
	}
}

// ahead is how far one node's clock is before those of the others.
const ahead = time.Minute

func markReachesAhead(r *rig) {
	settled := r.issued("settled", at(start().Add(ahead/2)))
	r.sweepAll(start())
	unsettled := r.issued("unsettled", at(start().Add(ahead)))
	m := r.mark(token.Mark{Owner: platform, NotBefore: start()}, start())
	r.same("the mark reaches to", m.NotBefore, unsettled.CreatedAt)
	for _, t := range []token.Token{unsettled, settled} {
		ended := r.find(t.ID)
		r.refused(ended.Check(start()), token.ErrRevoked)
	}
	kept, err := r.store.Marks(r.ctx)
	r.must(err)
	r.same("marks", kept, []token.Mark{m})
	// Verifiers on other nodes read it from the log.
	change, ok, err := r.history(audit.Query{Actions: []audit.Action{audit.TokensRevoked}})[0].Change()
	r.must(err)
	r.same("the entry changes something", ok, true)
	r.same("the mark in the log", change.Mark.NotBefore, m.NotBefore)
}

func markReachesGrants(r *rig) {
	n := grant()
	n.Token.CreatedAt = start().Add(ahead)
	r.must(r.create(n))
	r.settleAll()
	count, err := r.store.CountCovered(r.ctx, token.Mark{Owner: alice, NotBefore: start(), CreatedAt: start()})
	r.must(err)
	r.same("covered", count, 1)
	r.mark(token.Mark{Owner: alice, NotBefore: start()}, start())
	ended := r.find(n.Token.ID)
	r.refused(ended.Check(start()), token.ErrRevoked)
}

func markReachesItsOwn(r *rig) {
	r.issued("ahead", at(start().Add(ahead)))
	for _, m := range []token.Mark{
		{Owner: data}, {Kind: token.KindUser}, {Workspace: "acme"}, {Owner: platform, Kind: token.KindUser},
	} {
		m.NotBefore = start()
		r.same("a mark of something else reaches to", r.mark(m, start()).NotBefore, start())
	}
	r.same("a mark of its kind", r.mark(token.Mark{Kind: token.KindService, NotBefore: start()}, start()).NotBefore, start().Add(ahead))
}

func issuedBehindMark(r *rig) {
	r.issued("ahead", at(start().Add(ahead)))
	m := r.mark(token.Mark{Owner: platform, NotBefore: start()}, start())
	later := start().Add(time.Second) // by a right clock
	first, second := r.issued("first", at(later)), r.issued("second", at(later))
	same := r.issued("same", at(start())) // by a clock that stands still
	for _, t := range []token.Token{first, second, same} {
		stored := r.find(t.ID)
		r.must(stored.Check(later))
		r.same("dated behind the mark", stored.CreatedAt, m.NotBefore.Add(time.Microsecond))
	}
	// An import is older than the mark, and stays covered.
	old := r.find(r.issued("old", at(start().Add(-time.Hour))).ID)
	r.refused(old.Check(later), token.ErrRevoked)
	// The next mark ends these too.
	r.mark(token.Mark{Owner: platform, NotBefore: later}, later)
	ended := r.find(first.ID)
	r.refused(ended.Check(later), token.ErrRevoked)
}

func markOfEarlierTime(r *rig) {
	t := r.issued("ahead", at(start().Add(ahead)))
	m := r.mark(token.Mark{Owner: platform, NotBefore: start().Add(-time.Second)}, start())
	r.same("the mark reaches to", m.NotBefore, start().Add(-time.Second))
	spared := r.find(t.ID)
	r.must(spared.Check(start()))
}
