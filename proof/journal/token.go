package journal

import (
	"sync"
	"time"
)

// Token is one token as its client saw it. It is safe for concurrent use.
type Token struct {
	// Name is the client's own name for it.
	Name string

	mu sync.Mutex
	id string
	// A zero time means "not yet" everywhere.
	expires     time.Time
	asked       time.Time
	issued      time.Time
	refused     bool // the server said no: it must not exist
	revoking    time.Time
	revoked     time.Time
	revokedOn   string // the node that acknowledged it
	seen        bool   // it was kept when the client looked
	seenRevoked bool
	answers     []Answer
}

// Ask notes that the client is about to ask for the token.
func (t *Token) Ask() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asked.IsZero() {
		t.asked = time.Now()
	}
}

// Issued notes that the issue was acknowledged.
func (t *Token) Issued(id string, expires time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.id, t.expires, t.issued = id, expires, time.Now()
}

// Refused notes that the server declined to issue it: it must not exist. An
// answer that says nothing is not noted at all, and the issue stays unknown.
func (t *Token) Refused() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = true
}

// Revoking notes that the client is about to ask for its end.
func (t *Token) Revoking() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.revoking.IsZero() {
		t.revoking = time.Now()
	}
}

// Revoked notes that a node acknowledged the revocation.
func (t *Token) Revoked(node string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.revoked.IsZero() {
		t.revoked, t.revokedOn = time.Now(), node
	}
}

// Verified notes an answer about the token.
func (t *Token) Verified(a Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers = append(t.answers, a)
}

// ID gives the id of an acknowledged token, or "".
func (t *Token) ID() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.id
}

// Standing says what the client knows about the token now.
func (t *Token) Standing() Standing {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.issued.IsZero():
		return Unissued
	case !t.revoked.IsZero() || t.seenRevoked:
		return Ended
	case !t.revoking.IsZero():
		return Unknown
	}
	return Good
}

// Standing is what a client knows about a token.
type Standing int

// The standings. Expiry is not among them: it needs no journal.
const (
	Unissued Standing = iota // never acknowledged
	Good                     // acknowledged, and nobody asked for its end
	Unknown                  // its end was asked for, without an answer
	Ended                    // revoked
)

// Verdict is what a node said about a presented token.
type Verdict int

// The verdicts.
const (
	Unavailable Verdict = iota // nothing was said: 5xx, time-out, broken connection
	Accepted
	Declined
)

// Answer is one answer of a verification.
type Answer struct {
	Node       string
	Start, End time.Time // before the request was sent, after the answer was read
	Verdict    Verdict
	// TokenID is the id that an accepting answer named, "" if none.
	TokenID string
	// Beyond is true when the demand was more than the token holds, so that
	// only a refusal is right.
	Beyond bool
}
