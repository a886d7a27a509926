package storetest

import (
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func scryptBehaviours() []behaviour {
	return []behaviour{
		{"a hash that was imported is found until a digest takes its place", scryptReplaced},
		{"of many who replace a hash at once one succeeds", scryptRace},
		{"a token that has ended is imported without a secret", scryptAbsent},
	}
}

// imported takes one token over by its hash.
func (r *rig) imported(hash token.ScryptHash, change ...func(*token.New)) token.Token {
	r.Helper()
	n := draft("moved", append(change, func(n *token.New) { n.Digest = token.Digest{} })...)
	im := token.Import{
		ID: token.NewID(), At: start().Add(time.Hour), Lines: 1,
		Kinds: []token.KindLimits{{Kind: token.KindService, Limits: never()}},
	}
	n.Limits = never()
	r.must(r.store.StageImport(r.ctx, im.ID, []token.ImportLine{{Line: 1, New: n, Scrypt: hash}},
		[]audit.Entry{entryAbout(audit.TokenImported, n.Token, im.At)}))
	r.same("conflicts", r.conflicts(im), []string{})
	r.must(r.apply(im))
	return n.Token
}

func someHash() (hash token.ScryptHash) {
	for i := range hash {
		hash[i] = byte(i)
	}
	return hash
}

func scryptReplaced(r *rig) {
	_, err := r.store.FindScrypt(r.ctx, token.NewID())
	r.refused(err, token.ErrNotFound)
	t := r.imported(someHash())
	found, err := r.store.FindScrypt(r.ctx, t.ID)
	r.must(err)
	r.same("hash", found, someHash())
	taken := draft("taken")
	r.must(r.create(taken))
	adopted := entryAbout(audit.TokenAdopted, t, start().Add(time.Hour))
	r.refused(r.store.ReplaceScrypt(r.ctx, t, taken.Digest, adopted), token.ErrExists)
	if _, err := r.store.FindScrypt(r.ctx, t.ID); err != nil {
		r.Fatalf("a change that failed took the hash away: %v", err)
	}
	r.must(r.store.ReplaceScrypt(r.ctx, t, digestOf("raw"), adopted))
	record, err := r.store.FindByDigest(r.ctx, digestOf("raw"))
	r.must(err)
	r.same("record", record, t)
	_, err = r.store.FindScrypt(r.ctx, t.ID)
	r.refused(err, token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.TokenAdopted}})), 1)
}

func scryptRace(r *rig) {
	t := r.imported(someHash())
	var all sync.WaitGroup
	results := make([]error, 20)
	for i := range results {
		all.Go(func() {
			results[i] = r.store.ReplaceScrypt(r.ctx, t, digestOf("raw"), entryAbout(audit.TokenAdopted, t, start()))
		})
	}
	all.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
			continue
		}
		r.refused(err, token.ErrNotFound)
	}
	r.same("successes", won, 1)
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.TokenAdopted}})), 1)
}

func scryptAbsent(r *rig) {
	t := r.imported(token.ScryptHash{}, func(n *token.New) {
		n.Token.RevokedAt, n.Token.RevokedBy = start().Add(time.Minute), "backstage"
	})
	r.same("record", r.find(t.ID), t)
	_, err := r.store.FindScrypt(r.ctx, t.ID)
	r.refused(err, token.ErrNotFound)
}
