package authority

import (
	"context"

	"github.com/tokenwright/tokenwright/token"
)

// nameTable is the version of what foldName knows. It is raised with every change
// of that: keys that are stored are then written anew, or else a name that reads
// like an old one would not be found to be taken. A test holds the two together.
const nameTable = 1

// namePage is how many names are looked at, and at the most changed, at a time.
const namePage = 500

// RenewNames writes the keys of names anew that another version of foldName made,
// once for each version. Where two tokens of one owner turn out to read alike, both
// keep their names, and are given: nobody did anything wrong, and what is used must
// not end for it. While programs of two versions run side by side, the older one
// goes on to write its own keys; those are not looked at again.
func (a *Authority) RenewNames(ctx context.Context) (twins []token.NameMove, err error) {
	written, err := a.opts.Store.NameKeysWritten(ctx, nameTable)
	if err != nil || written {
		return nil, err
	}
	for _, kind := range token.Kinds() {
		key := contractOf(kind).nameKey
		if key == nil {
			continue
		}
		kept, err := a.renewNamesOf(ctx, kind, key)
		if err != nil {
			return nil, err
		}
		twins = append(twins, kept...)
	}
	return twins, a.opts.Store.SetNameKeysWritten(ctx, nameTable, a.Now())
}

// renewNamesOf gives those that cannot have the key that they should have.
func (a *Authority) renewNamesOf(ctx context.Context, kind token.Kind, key func(string) string) (kept []token.NameMove, err error) {
	last := token.NameClaim{Kind: kind}
	for {
		page, err := a.opts.Store.ListNameClaims(ctx, last, namePage)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		last = page[len(page)-1]
		left, err := a.moveNames(ctx, page, key)
		if err != nil {
			return nil, err
		}
		kept = append(kept, left...)
	}
	if len(kept) == 0 {
		return nil, nil
	}
	// Who was in the way may have moved on.
	return a.opts.Store.MoveNames(ctx, kept)
}

func (a *Authority) moveNames(ctx context.Context, page []token.NameClaim, key func(string) string) ([]token.NameMove, error) {
	var moves []token.NameMove
	for _, claim := range page {
		if to := key(claim.Name); to != claim.Key {
			moves = append(moves, token.NameMove{NameClaim: claim, To: to})
		}
	}
	if len(moves) == 0 {
		return nil, nil
	}
	return a.opts.Store.MoveNames(ctx, moves)
}
