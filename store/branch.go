package store

import (
	"math"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// branch is a part of a list that one index holds in the order of the list:
// settled tokens of one kind and class, of one owner or all, whose expiry lies
// in one span. Unsettled tokens, whatever they are, form a part of their own.
type branch struct {
	kind  token.Kind
	class class
	owner string // "" = all in listing.owners
	piece
	cover cover
	used  used
	// sparse is true when so few tokens are in the span that they are read by
	// expiry and sorted, see plan.go.
	sparse bool
}

// piece is what tokens of a class in some states have in common: a span of
// expiry, and which tokens of it.
type piece struct {
	span span
	near near
}

// near says whether tokens belong to a piece whose end is near as measured by
// their lifetime (token.Notice.Share).
type near int

const (
	nearAny near = iota
	nearOnly
	nearNot
)

// cover says whether tokens under an unswept mark belong to a branch.
type cover int

const (
	coverAny cover = iota
	coverNot
	coverOnly
)

// used says whether tokens that were never used belong to a branch. They come
// last in either direction, which no index can say, so they are a branch of
// their own when a list is ordered by the last use.
type used int

const (
	usedAny used = iota
	usedOnce
	usedNever
)

// span is a range of expiry: after < expires_at <= upTo, in microseconds.
type span struct{ after, upTo int64 }

// everything is the span without bounds.
func everything() span { return span{math.MinInt64, math.MaxInt64} }

func (s span) empty() bool { return s.after >= s.upTo }

// within gives the part of a span whose expiries are asked for.
func (l listing) within(s span) span {
	if !l.ExpiresFrom.IsZero() {
		s.after = max(s.after, micros(l.ExpiresFrom)-1)
	}
	if !l.ExpiresBefore.IsZero() {
		s.upTo = min(s.upTo, micros(l.ExpiresBefore)-1)
	}
	return s
}

// maxOwnerBranches is for how many owners a list reads each owner's index.
const maxOwnerBranches = 8

// branches gives the disjoint parts that make up the list.
func (l listing) branches() []branch {
	kinds := []token.Kind{l.Kind}
	if l.Kind == "" {
		kinds = token.Kinds()
	}
	owners := l.owners
	if owners == nil || len(owners) > maxOwnerBranches {
		owners = []string{""}
	}
	uses := []used{usedAny}
	if l.Sort == token.SortLastUsedAt {
		uses = []used{usedOnce, usedNever}
	}
	var out []branch
	for _, kind := range kinds {
		for _, part := range l.parts() {
			for _, owner := range owners {
				for _, use := range uses {
					part.kind, part.owner, part.used = kind, owner, use
					out = append(out, part)
				}
			}
		}
	}
	return out
}

// parts gives the classes and spans that the filter by state asks for. It is
// token.Token.State turned around.
func (l listing) parts() []branch {
	var out []branch
	revoked := l.wants(token.StateRevoked) && !l.within(everything()).empty()
	for _, class := range classes() {
		pieces := l.pieces(class)
		switch {
		case !l.marked, class == classRevoked, revoked && slices.Equal(pieces, []piece{{span: l.within(everything())}}):
			for _, p := range pieces {
				out = append(out, branch{class: class, piece: p})
			}
		default:
			for _, p := range pieces {
				out = append(out, branch{class: class, piece: p, cover: coverNot})
			}
			if revoked {
				out = append(out, branch{class: class, piece: piece{span: l.within(everything())}, cover: coverOnly})
			}
		}
	}
	return out
}

// pieces gives the spans of expiry in which tokens of a class, marks apart, are
// in a state that is asked for.
func (l listing) pieces(c class) []piece {
	now, soon := l.instants()
	var out []piece
	put := func(p piece) {
		p.span = l.within(p.span)
		switch last := len(out) - 1; {
		case p.span.empty():
		case last >= 0 && out[last].near == nearAny && p.near == nearAny && out[last].span.upTo == p.span.after:
			out[last].span.upTo = p.span.upTo
		default:
			out = append(out, p)
		}
	}
	add := func(state token.State, s span) {
		if l.wants(state) {
			put(piece{span: s})
		}
	}
	switch c {
	case classRevoked:
		add(token.StateRevoked, everything())
	case classExpired:
		add(token.StateExpired, everything())
	case classDisabled:
		add(token.StateExpired, span{math.MinInt64, now})
		add(token.StateDisabled, span{now, math.MaxInt64})
	case classLive:
		add(token.StateExpired, span{math.MinInt64, now})
		switch expiring, active := l.wants(token.StateExpiring), l.wants(token.StateActive); {
		case l.Notice.Share == 0 || expiring == active:
			add(token.StateExpiring, span{now, soon})
		case expiring:
			put(piece{span{now, soon}, nearOnly})
		case active:
			put(piece{span{now, soon}, nearNot})
		}
		add(token.StateActive, span{soon, math.MaxInt64})
	}
	return out
}

// instants gives now, and the last expiry that counts as expiring: one with
// exactly the window left is active.
func (l listing) instants() (now, soon int64) {
	now = micros(l.Now)
	return now, max(now, now+int64(l.Notice.Window/time.Microsecond)-1)
}

func (l listing) wants(state token.State) bool {
	return len(l.States) == 0 || slices.Contains(l.States, state)
}
