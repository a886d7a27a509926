package verify

import "github.com/tokenwright/tokenwright/token"

// markSet is an immutable set of not-before marks, arranged so that a token
// is compared only with those that could cover it.
type markSet struct {
	ids     map[string]bool
	byOwner map[string][]token.Mark
	rest    []token.Mark // marks that name no owner
	empty   bool
}

func newMarkSet(marks []token.Mark) *markSet {
	s := &markSet{ids: map[string]bool{}, byOwner: map[string][]token.Mark{}, empty: true}
	for _, m := range marks {
		s.add(m)
	}
	return s
}

func (s *markSet) add(m token.Mark) {
	if s.ids[m.ID] {
		return
	}
	s.ids[m.ID], s.empty = true, false
	if m.Owner != "" {
		s.byOwner[m.Owner] = append(s.byOwner[m.Owner], m)
		return
	}
	s.rest = append(s.rest, m)
}

// with gives a new set that has m too.
func (s *markSet) with(m token.Mark) *markSet {
	if s.ids[m.ID] {
		return s
	}
	next := newMarkSet(s.rest)
	for _, marks := range s.byOwner {
		for _, one := range marks {
			next.add(one)
		}
	}
	next.add(m)
	return next
}

// covers reports whether any mark revokes the token.
func (s *markSet) covers(t *token.Token) bool {
	for i := range s.rest {
		if s.rest[i].Covers(t) {
			return true
		}
	}
	if len(s.byOwner) == 0 {
		return false
	}
	marks := s.byOwner[t.Owner]
	for i := range marks {
		if marks[i].Covers(t) {
			return true
		}
	}
	return false
}
