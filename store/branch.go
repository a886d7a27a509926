package store

import (
	"math"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// branch is a part of a list that one index holds in the order of the list:
// tokens of one kind and class, of one owner or all, whose expiry lies in one
// span.
type branch struct {
	kind  token.Kind
	class class
	owner string // "" = all in listing.owners
	span  span
	cover cover
	used  used
	// sparse is true when so few tokens are in the span that they are read by
	// expiry and sorted, see plan.go.
	sparse bool
}

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
	revoked := l.wants(token.StateRevoked)
	for _, class := range classes() {
		spans := l.spans(class)
		switch {
		case !l.marked, class == classRevoked, revoked && slices.Equal(spans, []span{everything()}):
			for _, s := range spans {
				out = append(out, branch{class: class, span: s})
			}
		default:
			for _, s := range spans {
				out = append(out, branch{class: class, span: s, cover: coverNot})
			}
			if revoked {
				out = append(out, branch{class: class, span: everything(), cover: coverOnly})
			}
		}
	}
	return out
}

// spans gives the spans of expiry in which tokens of a class, marks apart, are
// in a state that is asked for.
func (l listing) spans(c class) []span {
	now, soon := l.instants()
	var out []span
	add := func(state token.State, s span) {
		switch last := len(out) - 1; {
		case !l.wants(state), s.after == s.upTo:
		case last >= 0 && out[last].upTo == s.after:
			out[last].upTo = s.upTo
		default:
			out = append(out, s)
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
		add(token.StateExpiring, span{now, soon})
		add(token.StateActive, span{soon, math.MaxInt64})
	}
	return out
}

// instants gives now, and the last expiry that counts as expiring: one with
// exactly the window left is active.
func (l listing) instants() (now, soon int64) {
	now = micros(l.Now)
	return now, max(now, now+int64(l.Window/time.Microsecond)-1)
}

func (l listing) wants(state token.State) bool {
	return len(l.States) == 0 || slices.Contains(l.States, state)
}

// where adds the conditions of the branch and the filters of the list.
func (l listing) where(q *statement, b branch) {
	q.add("t.kind = ? AND t.class = ?", string(b.kind), b.class)
	switch {
	case b.owner != "":
		q.add(" AND t.owner = ?", b.owner)
	case l.owners != nil:
		q.add(" AND t.owner IN ")
		q.addList(l.owners)
	}
	l.expiry(q, b)
	if l.Workspace != "" {
		q.add(" AND t.workspace = ?", l.Workspace)
	}
	if l.Text != "" {
		q.add(` AND t.search LIKE ? ESCAPE '\'`, likePattern(l.Text))
	}
	switch b.cover {
	case coverNot:
		q.add(" AND NOT " + underMark)
	case coverOnly:
		q.add(" AND " + underMark)
	}
	switch b.used {
	case usedOnce:
		q.add(" AND t.last_used_at IS NOT NULL")
	case usedNever:
		q.add(" AND t.last_used_at IS NULL")
	}
}

// underMark is the condition of the view token_records.
const underMark = `EXISTS (SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
	AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
	AND (m.workspace = '' OR m.workspace = t.workspace))`
