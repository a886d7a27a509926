package verify

import (
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// Expect is what a resource demands of a credential. The zero value demands
// only that it is good.
type Expect struct {
	// Scopes are all needed.
	Scopes token.Scopes
	// AnyScope: one of them is needed; empty demands nothing.
	AnyScope token.Scopes
	// Kinds are the kinds that are let in; empty lets in every kind.
	Kinds []token.Kind
	// Audience must be among the audiences of a JWT. Opaque tokens have
	// none and are for every audience.
	Audience string
}

// check compares a good credential with the demand. It does not allocate
// unless it refuses.
func (e *Expect) check(v *Verified) error {
	p := v.profile
	if len(e.Kinds) > 0 && !slices.Contains(e.Kinds, p.kind) {
		return token.ErrWrongKind
	}
	if p.kind == token.KindAccess {
		if e.Audience != "" && !slices.Contains(v.Audience(), e.Audience) {
			return token.ErrAudience
		}
		if !p.narrowed && slices.Contains(e.Kinds, token.KindAccess) {
			// A person who was let in as such has no scopes to compare,
			// unless the JWT was narrowed to some.
			return nil
		}
	}
	for _, scope := range e.Scopes {
		if !p.covers(scope) {
			return &ScopeError{slices.Clone(e.Scopes), p.scopes.Missing(e.Scopes)}
		}
	}
	if len(e.AnyScope) > 0 && !p.coversAny(e.AnyScope) {
		return &ScopeError{slices.Clone(e.AnyScope), slices.Clone(e.AnyScope)}
	}
	return nil
}

// ScopeError is token.ErrScope together with what was needed (RFC 6750
// section 3: insufficient_scope).
type ScopeError struct {
	Required token.Scopes
	Missing  token.Scopes
}

// Error names the needed scopes.
func (e *ScopeError) Error() string { return "scopes needed: " + e.Required.String() }

// Unwrap gives token.ErrScope.
func (e *ScopeError) Unwrap() error { return token.ErrScope }
