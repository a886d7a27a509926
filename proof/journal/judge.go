package journal

import (
	"fmt"
	"time"
)

// Kind is a kind of wrong answer.
type Kind string

// The kinds; see the package comment.
const (
	W1 Kind = "W1 accept"
	W2 Kind = "W2 refuse"
	W3 Kind = "W3 mix-up"
	W4 Kind = "W4 loss"
)

// Wrong is one wrong answer.
type Wrong struct {
	Kind  Kind
	Token string // the client's name of it
	Why   string
}

// String gives one line.
func (w Wrong) String() string { return fmt.Sprintf("%s: %s: %s", w.Kind, w.Token, w.Why) }

// Tally counts verifications by their verdict.
type Tally struct{ Accepted, Declined, Unavailable int }

// Plus adds two counts.
func (t Tally) Plus(u Tally) Tally {
	return Tally{t.Accepted + u.Accepted, t.Declined + u.Declined, t.Unavailable + u.Unavailable}
}

// String gives one line.
func (t Tally) String() string {
	return fmt.Sprintf("%d accepted, %d declined, %d unavailable", t.Accepted, t.Declined, t.Unavailable)
}

// judge goes over all answers about the token twice: the first time for when
// each node first showed that it had ended, the second time for what is wrong.
func (t *Token) judge(bound time.Duration, tally *Tally) []Wrong {
	t.mu.Lock()
	defer t.mu.Unlock()
	ended := map[string]time.Time{}
	for _, a := range t.answers {
		if a.Verdict == Declined && !a.Beyond && t.mayHaveEnded(a) {
			if first, ok := ended[a.Node]; !ok || a.End.Before(first) {
				ended[a.Node] = a.End
			}
		}
	}
	var wrong []Wrong
	add := func(kind Kind, why string) {
		if why != "" {
			wrong = append(wrong, Wrong{kind, t.Name, why})
		}
	}
	for _, a := range t.answers {
		switch a.Verdict {
		case Accepted:
			tally.Accepted++
			add(W1, t.wrongAccept(a, bound, ended))
			if t.id != "" && a.TokenID != t.id {
				add(W3, fmt.Sprintf("%s spoke of token %q, not of %q", a.Node, a.TokenID, t.id))
			}
		case Declined:
			tally.Declined++
			if !a.Beyond && t.goodThroughout(a) {
				add(W2, fmt.Sprintf("%s refused it, and it was good all the time", a.Node))
			}
		default:
			tally.Unavailable++
		}
	}
	return wrong
}

// mayHaveEnded reports whether the token may have been revoked or expired when
// the answer was given, so that a refusal shows that it was.
func (t *Token) mayHaveEnded(a Answer) bool {
	return !t.revoking.IsZero() && !a.End.Before(t.revoking) || t.expiredBy(a.End)
}

func (t *Token) expiredBy(at time.Time) bool { return !t.expires.IsZero() && !at.Before(t.expires) }

// wrongAccept says why an accepting answer is wrong, or "".
func (t *Token) wrongAccept(a Answer, bound time.Duration, ended map[string]time.Time) string {
	switch {
	case t.asked.IsZero() || t.asked.After(a.End):
		return fmt.Sprintf("%s accepted it before anybody had asked for it", a.Node)
	case a.Beyond:
		return fmt.Sprintf("%s accepted it for more than it holds", a.Node)
	case t.expiredBy(a.Start):
		return fmt.Sprintf("%s accepted it %s after its expiry", a.Node, a.Start.Sub(t.expires))
	case !t.revoked.IsZero() && a.Start.Sub(t.revoked) >= grace(bound, t.revokedOn, a.Node):
		return fmt.Sprintf("%s accepted it %s after %s had acknowledged its revocation", a.Node, a.Start.Sub(t.revoked), t.revokedOn)
	}
	for node, at := range ended {
		if late := a.Start.Sub(at); late >= grace(bound, node, a.Node) {
			return fmt.Sprintf("%s accepted it %s after %s had refused it for good", a.Node, late, node)
		}
	}
	return ""
}

// grace is how long one node may lag behind what another one said.
func grace(bound time.Duration, from, to string) time.Duration {
	if from == to {
		return 0
	}
	return bound
}

// goodThroughout reports whether the token was known to be good at every
// instant of the answer.
func (t *Token) goodThroughout(a Answer) bool {
	switch {
	case t.issued.IsZero() || t.issued.After(a.Start):
		return false
	case !t.revoking.IsZero() && !t.revoking.After(a.End):
		return false
	}
	return !t.expiredBy(a.End)
}

// compare judges how the server keeps the token.
func (t *Token) compare(k Kept, found bool) []Wrong {
	t.mu.Lock()
	defer t.mu.Unlock()
	wrong := func(kind Kind, why string) []Wrong { return []Wrong{{kind, t.Name, why}} }
	if !found {
		switch {
		case !t.issued.IsZero():
			return wrong(W4, "its acknowledged issue is lost")
		case t.seen:
			return wrong(W4, "it was kept before and is gone")
		}
		return nil
	}
	t.seen = true
	switch {
	case t.asked.IsZero():
		return wrong(W1, "it is kept, and nobody asked for it")
	case t.refused && t.issued.IsZero():
		return wrong(W1, "it is kept, and its issue was refused")
	case t.id != "" && k.ID != t.id:
		return wrong(W3, fmt.Sprintf("it is kept as %q, and was issued as %q", k.ID, t.id))
	case k.Revoked && t.revoking.IsZero():
		return wrong(W2, "it is revoked, and nobody asked for that")
	case !k.Revoked && !t.revoked.IsZero():
		return wrong(W4, "its acknowledged revocation is lost")
	case !k.Revoked && t.seenRevoked:
		return wrong(W4, "it was revoked before and is not any more")
	}
	t.seenRevoked = k.Revoked
	return nil
}
