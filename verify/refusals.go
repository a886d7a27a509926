package verify

import (
	"sync"

	"github.com/tokenwright/tokenwright/token"
)

// refusals remembers for a short time that a credential was not good, so that a
// program that goes on using a dead token, or a flood of one that never was,
// does not reach the source each time (SVC-30).
//
// It is kept apart from the good ones, so that no flood can push those out
// (C-06), and bounded. Any change whatever ends all refusals: one of them may
// have been issued or enabled (C-08). Errors are not remembered (C-09).
type refusals struct {
	parts [16]refusalPart
}

type refusalPart struct {
	mu   sync.Mutex
	list map[token.Digest]refusal
	_    [48]byte // keeps neighbours out of one cache line
}

type refusal struct {
	reason  error
	known   *token.Use // the token, if there is a record of it
	changes uint32     // told of when its look-up began
	until   int64      // ns since the verifier's start
}

const (
	refusalTTL = int64(1e9)
	// maxRefusals is for one part.
	maxRefusals = 1024
)

func (r *refusals) part(d *token.Digest) *refusalPart { return &r.parts[d[0]%16] }

// find gives a refusal that still holds.
func (r *refusals) find(d *token.Digest, changes uint32, now instant) (refusal, bool) {
	p := r.part(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	if one, ok := p.list[*d]; ok && one.changes == changes && now.mono < one.until {
		return one, true
	}
	return refusal{}, false
}

// put remembers a refusal.
func (r *refusals) put(d *token.Digest, one refusal) {
	p := r.part(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.list == nil {
		p.list = map[token.Digest]refusal{}
	}
	if len(p.list) >= maxRefusals {
		// They are a second old at most: what is thrown away is soon asked
		// for again, or never.
		clear(p.list)
	}
	p.list[*d] = one
}
