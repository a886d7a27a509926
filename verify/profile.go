package verify

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// profile is what a demand is compared with: a kind and a set of scopes. An
// installation has a million tokens but few profiles, so that tokens of one
// profile share it, and the few that matter stay in the processor's cache.
// A profile is immutable.
type profile struct {
	kind      token.Kind
	narrowed  bool // a JWT that names its scopes, a plugin that acts for a restricted caller
	wildcards bool
	scopes    token.Scopes
	text      string            // the scopes joined by spaces
	limits    peer.Restrictions // to some plugins; of peers alone
}

// newProfile completes a profile and makes it independent of its maker.
func newProfile(p profile) *profile {
	p.scopes, p.limits = slices.Clone(p.scopes), slices.Clone(p.limits)
	p.wildcards, p.text = p.scopes.Wildcards(), p.told().String()
	return &p
}

// told is the scopes as others are told them: without those that restrictions
// take away, since whoever reads them does not know of restrictions.
func (p *profile) told() token.Scopes {
	if len(p.limits) == 0 {
		return p.scopes
	}
	return slices.DeleteFunc(slices.Clone(p.scopes), func(scope string) bool { return p.limits.CheckScope(scope) != nil })
}

// covers is token.Scopes.Covers, asking for wildcards only where there are
// any.
func (p *profile) covers(demanded string) bool {
	if len(p.limits) > 0 {
		// Restrictions are rights on their own, unless they are those of a
		// caller for whom a plugin acts; beside scopes both must allow.
		return p.limits.CheckScope(demanded) == nil && (len(p.scopes) == 0 && !p.narrowed || p.scopes.Covers(demanded))
	}
	for _, held := range p.scopes {
		if held == demanded {
			return true
		}
	}
	return p.wildcards && p.scopes.Covers(demanded)
}

// coversAny reports whether one of the demanded scopes is covered.
func (p *profile) coversAny(demanded token.Scopes) bool {
	for _, scope := range demanded {
		if p.covers(scope) {
			return true
		}
	}
	return false
}

// maxProfiles bounds the profiles that are shared, by the 20 bits that a slot
// has for their number.
const maxProfiles = 1 << 20

// profiles numbers profiles. A number is never given up nor used again, so a
// slot that is being overwritten cannot name a profile that it never had.
type profiles struct {
	limit int
	mu    sync.Mutex
	ids   map[string]uint32
	// list is replaced, not changed in place; a reader may use any.
	list atomic.Pointer[[]*profile]
}

func newProfiles(limit int) *profiles {
	p := &profiles{limit: min(limit, maxProfiles), ids: map[string]uint32{}}
	p.list.Store(new([]*profile))
	return p
}

// get gives the profile of a number.
func (p *profiles) get(id uint32) *profile { return (*p.list.Load())[id] }

// share gives the shared profile like one, and its number. ok is false when
// there are too many to share another: what has it is not cached.
func (p *profiles) share(like profile) (shared *profile, id uint32, ok bool) {
	var buf [256]byte
	key := append(buf[:0], like.kind...)
	key = append(key, ' ')
	if like.narrowed {
		key = append(key, '!')
	}
	for _, s := range like.scopes {
		key = append(key, ' ')
		key = append(key, s...)
	}
	if len(like.limits) > 0 {
		key = append(key, "\n"...) // is in no scope
		key = append(key, like.limits.String()...)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, ok := p.ids[string(key)]; ok {
		return p.get(id), id, true
	}
	shared = newProfile(like)
	if len(p.ids) >= p.limit {
		return shared, 0, false
	}
	id = p.add(shared)
	p.ids[string(key)] = id
	return shared, id, true
}

// add gives a profile the next number. The caller holds the lock.
func (p *profiles) add(shared *profile) uint32 {
	list := *p.list.Load()
	id := uint32(len(list))
	list = append(list, shared)
	p.list.Store(&list)
	return id
}
