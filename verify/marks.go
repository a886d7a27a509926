package verify

import (
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// markSet is an immutable set of not-before marks, arranged so that a token is
// compared only with those that could cover it.
type markSet struct {
	// since is the epoch that the newest mark began. What was looked up in it
	// or later was compared with all marks then.
	since   uint32
	ids     map[string]bool
	byOwner map[string][]token.Mark
	rest    []token.Mark // marks that name no owner
}

func newMarkSet(marks []token.Mark, since uint32) *markSet {
	s := &markSet{since: since, ids: map[string]bool{}, byOwner: map[string][]token.Mark{}}
	for _, m := range marks {
		s.add(m)
	}
	return s
}

func (s *markSet) add(m token.Mark) {
	if s.ids[m.ID] {
		return
	}
	s.ids[m.ID] = true
	if m.Owner != "" {
		s.byOwner[m.Owner] = append(s.byOwner[m.Owner], m)
		return
	}
	s.rest = append(s.rest, m)
}

// with gives a new set that has further marks too. Marks are only ever added:
// what was revoked once stays revoked.
func (s *markSet) with(marks []token.Mark, since uint32) *markSet {
	next := newMarkSet(s.rest, since)
	for _, owned := range s.byOwner {
		for _, one := range owned {
			next.add(one)
		}
	}
	for _, one := range marks {
		next.add(one)
	}
	return next
}

// covers is coversToken for a token from the cache that there is a record of.
func (s *markSet) covers(v *Verified) bool {
	return s.coversToken(&token.Token{
		Owner: v.Owner(), Workspace: v.Workspace(), Kind: v.Kind(), CreatedAt: v.IssuedAt(),
	})
}

// coversMade is coversToken for a credential that no authority dated by its
// database: t may have been made as early as the given time, whatever it says.
func (s *markSet) coversMade(t token.Token, after time.Time) bool {
	t.CreatedAt = after
	return s.coversToken(&t)
}

// coversToken reports whether any mark revokes the token.
func (s *markSet) coversToken(t *token.Token) bool {
	return coveredBy(s.rest, t) || coveredBy(s.byOwner[t.Owner], t)
}

func coveredBy(marks []token.Mark, t *token.Token) bool {
	for i := range marks {
		if marks[i].Covers(t) {
			return true
		}
	}
	return false
}

// MarkedUntil gives the latest time up to which a mark revokes the access JWTs
// of an owner; the zero time when there is none.
func (v *Verifier) MarkedUntil(owner string) time.Time {
	var latest time.Time
	set := v.marks.Load()
	probe := token.Token{Owner: owner, Kind: token.KindAccess}
	for _, list := range [][]token.Mark{set.rest, set.byOwner[owner]} {
		for i := range list {
			if list[i].Covers(&probe) && list[i].NotBefore.After(latest) {
				latest = list[i].NotBefore
			}
		}
	}
	return latest
}
