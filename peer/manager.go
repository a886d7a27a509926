package peer

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// TokenManager makes the tokens that this deployment shows to others, and
// verifies those that others show to it. It is safe for concurrent use.
type TokenManager struct {
	clock    func() time.Time
	leeway   time.Duration
	keys     []key
	static   map[token.Digest]*Caller
	issuers  map[string]*JWKS
	pluginID string
	plugins  map[string]jwt.KeySource
	users    jwt.KeySource
	subjects []token.Subject // of named callers
	notes    []Note
	callers  []CallerInfo // by name

	development bool // see NewDevelopment

	mu     sync.Mutex
	reused map[string]reuse // by name, "" for the first key of all
}

// key is a shared secret in use.
type key struct {
	caller    Caller
	verifying jwt.Key // its kid is its index in TokenManager.keys
	signing   jwt.Key // without kid
	signs     bool
}

// Principal is a caller that was authenticated.
type Principal struct {
	// Caller names the configured entry that vouches for the caller, as
	// [CallerInfo].Name does: by it a caller can be switched off.
	Caller string
	// Name is the name of the key that verified the token, never a claim of
	// it; "" for keys without one, and for callers of other issuers.
	Name string
	// Subject is whom the token speaks for: the caller, or the user for whom a
	// plugin acts.
	Subject token.Subject
	// Actor is the plugin that acts for a user, or "".
	Actor token.Subject
	// OnBehalfOf is the caller for whom a plugin acts, as the plugin says, or
	// "". It is for logs; it gives the plugin nothing. The restrictions of that
	// caller stand in Restrictions and only take away.
	OnBehalfOf token.Subject
	// Audience is the aud of the token.
	Audience []string
	// Scopes are those the caller holds; "*" alone for an unrestricted one.
	Scopes token.Scopes
	// Restrictions limit the caller to some plugins; see [Principal.Covers].
	Restrictions Restrictions
	// IssuedAt is the iat of the token, or, when it says none, the earliest
	// time at which it can have been made under the lifetime of its caller.
	IssuedAt time.Time
	// MadeAfter is the earliest time at which the token can have been made:
	// IssuedAt less the leeway, by which the clock of its maker may be ahead. A
	// mass revocation is compared with it. Zero for a fixed text.
	MadeAfter time.Time
	// ExpiresAt is the exp of the token; zero for a fixed text without end.
	ExpiresAt time.Time
	// EndsAt is the first instant at which the credential is not accepted any
	// more: exp and leeway, or the end of its key; zero for never.
	EndsAt time.Time

	user token.Secret // the limited-user JWT of whom the plugin acts for
}

// Covers reports whether the caller holds what covers a scope. Restrictions on
// their own are rights within their plugins; beside scopes both must allow.
// Restrictions of somebody else, for whom a plugin acts, are no rights.
func (p *Principal) Covers(scope string) bool {
	switch {
	case len(p.Scopes) == 0 && (len(p.Restrictions) == 0 || p.OnBehalfOf != ""):
		return false
	case len(p.Scopes) > 0 && !p.Scopes.Covers(scope):
		return false
	}
	return p.Restrictions.CheckScope(scope) == nil
}

// Authenticate gives the caller behind a credential. It never gives nil without
// an error.
//
// The reasons are those of package token: ErrMalformed, ErrAlgorithm,
// ErrSignature, ErrWrongKind, ErrClaimType, ErrExpired, ErrNotYet, ErrSubject,
// ErrAudience, ErrLifetime, ErrIssuer, ErrNoKeys; with several keys it is that
// of the key whose signature matched. ErrUnavailable means that the keys of an
// issuer cannot be read now. All but the last look the same to the outside.
func (m *TokenManager) Authenticate(ctx context.Context, raw string) (*Principal, error) {
	now := m.clock()
	if len(raw) > MaxLength {
		return nil, refuse(token.ErrMalformed, "the token is too long")
	}
	// The digest is looked up, so nothing of the text shows in the time.
	if len(m.static) > 0 {
		if caller, ok := m.static[staticDigest(raw)]; ok && caller.usable(now) {
			p := caller.principal()
			p.ExpiresAt, p.EndsAt = caller.NotAfter, caller.NotAfter
			return p, nil
		}
	}
	header, err := jwt.UnverifiedHeader(raw, MaxLength)
	if err != nil {
		return nil, err
	}
	switch {
	case header.HasType(pluginType):
		return m.plugin(ctx, raw, now)
	case header.Algorithm == jwt.HS256:
		return m.shared(ctx, raw, now)
	case len(m.issuers) > 0:
		return m.foreign(ctx, raw, now)
	}
	return nil, refuse(token.ErrAlgorithm, "alg is not HS256")
}

// Notes lists what an operator should know of at every start.
func (m *TokenManager) Notes() []Note { return slices.Clone(m.notes) }

// Subjects lists the subjects of the configured callers, in no order.
func (m *TokenManager) Subjects() []token.Subject { return slices.Clone(m.subjects) }

// principal gives what is known of a caller before any token is looked at.
func (c *Caller) principal() *Principal {
	return &Principal{
		Caller: c.label(), Name: c.Name, Subject: c.Subject,
		Scopes: slices.Clone(c.Scopes), Restrictions: slices.Clone(c.Restrictions),
	}
}

// staticDigest is what is kept of a fixed text.
func staticDigest(text string) token.Digest { return sha256.Sum256([]byte(text)) }

// refusal is why a credential is not good. Its text is for logs alone.
type refusal struct {
	reason error
	detail string
}

func (r *refusal) Error() string { return r.reason.Error() + ": " + r.detail }

func (r *refusal) Unwrap() error { return r.reason }

func refuse(reason error, detail string) error { return &refusal{reason, detail} }
