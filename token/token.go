package token

import "time"

// State is what a token is at an instant.
type State string

// The states. "rotated" is the state of a former secret, never of a record.
const (
	StateActive   State = "active"
	StateExpiring State = "expiring"
	StateDisabled State = "disabled"
	StateExpired  State = "expired"
	StateRevoked  State = "revoked"
	StateRotated  State = "rotated"
)

// States lists the states a record can be in, in their documented order.
func States() []State {
	return []State{StateActive, StateExpiring, StateDisabled, StateExpired, StateRevoked}
}

// FamilyID names a token together with all its rotations.
type FamilyID string

// Token is the stored record of one token. It never holds a secret. Times are
// UTC in microseconds; a zero time means "not".
type Token struct {
	ID     string // UUID version 7, lower case; never used again
	Family FamilyID
	Kind   Kind
	Name   string
	// Description is free text for people.
	Description string
	// Hint is the first 12 characters of the raw string, by which people
	// recognise a token they hold.
	Hint string
	// Owner is the canonical ref of the group or user the token belongs to.
	Owner     string
	Workspace string // "" for kinds that have none
	Subject   Subject
	Scopes    Scopes
	CreatedBy string // ref of the principal that issued it
	CreatedAt time.Time
	ExpiresAt time.Time // never zero; the instant itself is already too late
	// LastUsedAt is accurate to a minute.
	LastUsedAt time.Time
	DisabledAt time.Time
	RevokedAt  time.Time
	RevokedBy  string
	// Replaces and ReplacedBy are the ids of the tokens before and after this
	// one, for kinds whose rotation makes a new record.
	Replaces, ReplacedBy string
	// SecretEndsAt is set only on a record that was found by a former
	// secret: the end of that secret's overlap.
	SecretEndsAt time.Time
}

// Notice is how early a token counts as expiring: when less than Window is
// left of its lifetime and, if Share is not 0, less than one Share-th of it. A
// token of a week should not be expiring from its first hour on.
type Notice struct {
	Window time.Duration
	Share  int64
}

// reached reports whether the end of a token at hand is near.
func (n Notice) reached(t *Token, now time.Time) bool {
	left := t.ExpiresAt.Sub(now)
	return left < n.Window &&
		(n.Share == 0 || left.Microseconds()*n.Share < t.ExpiresAt.Sub(t.CreatedAt).Microseconds())
}

// State computes the state at now. First match wins: revoked, expired,
// disabled, expiring, active. A token with exactly the window left is active.
func (t *Token) State(now time.Time, notice Notice) State {
	switch {
	case !t.RevokedAt.IsZero():
		return StateRevoked
	case !now.Before(t.ExpiresAt):
		return StateExpired
	case !t.DisabledAt.IsZero():
		return StateDisabled
	case notice.reached(t, now):
		return StateExpiring
	}
	return StateActive
}

// Check says whether a presented secret of this record is good at now: nil,
// or ErrRevoked, ErrExpired, ErrDisabled or ErrRotated. It is pure, does not
// allocate, and is asked on every verification; its answer is never cached.
func (t *Token) Check(now time.Time) error {
	switch {
	case !t.RevokedAt.IsZero():
		return ErrRevoked
	case !now.Before(t.ExpiresAt):
		return ErrExpired
	case !t.DisabledAt.IsZero():
		return ErrDisabled
	case !t.SecretEndsAt.IsZero() && !now.Before(t.SecretEndsAt):
		return ErrRotated
	}
	return nil
}

// Usable reports whether the token counts against its owner's quota at now:
// neither revoked nor expired.
func (t *Token) Usable(now time.Time) bool {
	return t.RevokedAt.IsZero() && now.Before(t.ExpiresAt)
}

// Grant is what a token will carry once it is issued. The policy may narrow
// it and never widens it.
type Grant struct {
	Kind        Kind
	Name        string
	Description string
	Owner       string
	Workspace   string
	Subject     Subject
	Scopes      Scopes
	ExpiresAt   time.Time
}

// Issued is a record together with its secret: what issue and rotation give
// back, once.
type Issued struct {
	Token  Token
	Secret Secret
}

// Mark is a not-before mark: one row that revokes every token it covers,
// however many. A token is covered when it matches all set fields and was
// created at or before NotBefore.
type Mark struct {
	ID        string // UUID version 7
	Owner     string // "" = any
	Workspace string // "" = any
	Kind      Kind   // "" = any
	NotBefore time.Time
	Reason    string
	RevokedBy string
	CreatedAt time.Time
}

// Covers reports whether the mark revokes t.
func (m *Mark) Covers(t *Token) bool {
	return (m.Owner == "" || m.Owner == t.Owner) &&
		(m.Workspace == "" || m.Workspace == t.Workspace) &&
		(m.Kind == "" || m.Kind == t.Kind) &&
		!t.CreatedAt.After(m.NotBefore)
}

// Revocation is the wish to end one token.
type Revocation struct {
	TokenID string
	// Owner, when set, is whose token it must be.
	Owner  string
	By     string    // ref of the principal
	Reason string    // trimmed; may be empty
	At     time.Time // UTC, microseconds
}

// Rotation is the wish to replace a token's secret.
type Rotation struct {
	TokenID string
	Digest  Digest // of the new secret
	Hint    string // first 12 characters of the new secret
	// From is the hint of the secret that is to be replaced, and of no other:
	// whoever asks again in ignorance must not replace what nobody has seen. ""
	// stands for whichever it is.
	From string
	At   time.Time
	// OverlapEndsAt is when the former secret stops being good; at At or
	// before means at once.
	OverlapEndsAt time.Time
	// ExpiresAt replaces the token's expiry when it is not zero.
	ExpiresAt time.Time
}

// Replacement is the wish to put a new record in the place of a token, for
// kinds whose secret is made from the record.
type Replacement struct {
	TokenID string
	New     New // whose record is dated as the token, and names it
	At      time.Time
	// OverlapEndsAt is when the former token stops being good; at At or before
	// means at once.
	OverlapEndsAt time.Time
}
