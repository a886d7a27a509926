package storetest

import (
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// manyLines is more than are removed at a time once they were taken over, and far
// less than a file may hold: see proof for that.
const manyLines = 6000

// importMany takes many tokens over at once.
func importMany(r *rig) {
	const n = manyLines
	im := token.Import{
		ID: token.NewID(), At: start().Add(time.Hour), Lines: n,
		Kinds: []token.KindLimits{{Kind: token.KindService, Limits: never()}},
	}
	digest := func(i int) token.Digest { return digestOf(fmt.Sprint("many ", i)) }
	const batch = 250
	for first := 0; first < n; first += batch {
		lines, entries := make([]token.ImportLine, batch), make([]audit.Entry, batch)
		for i := range lines {
			one := draft(fmt.Sprintf("many-%d", first+i), of(fmt.Sprintf("group:default/g%d", (first+i)%100)))
			one.Digest = digest(first + i)
			lines[i] = token.ImportLine{Line: first + i + 1, New: one}
			entries[i] = entryAbout(audit.TokenImported, one.Token, im.At)
		}
		r.must(r.store.StageImport(r.ctx, im.ID, lines, entries))
	}
	r.same("conflicts", r.conflicts(im), []string{})
	r.must(r.apply(im))
	r.must(r.store.DropImport(r.ctx, im))
	r.refused(r.apply(im), token.ErrUnavailable) // nothing is left aside
	for _, i := range []int{0, n / 2, n - 1} {
		_, err := r.store.FindByDigest(r.ctx, digest(i))
		r.must(err)
	}
	page, err := r.store.ListTokens(r.ctx, token.Query{Kind: token.KindService, Now: im.At, Limit: 1})
	r.must(err)
	r.same("tokens", page.Total, n)
}
