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
	// Describe asks what a credential is and opens nothing by the answer, as
	// introspection does: a peer that is restricted to some plugins is then
	// good without a scope by which its restrictions could be judged.
	Describe bool
	// Workspace is the UUID of the only workspace whose tokens are let in; ""
	// demands nothing. A credential that is bound to no workspace is not let
	// in.
	Workspace string
	// Further, when set, is asked for further scopes that are all needed, once
	// everything but the scopes was found good: what has to be read first, as
	// a body has, is read for nobody else. Its error is the answer.
	Further func() (token.Scopes, error)
	// upgrade is demanded as well, of a request that offers to change to
	// another protocol.
	upgrade *Expect
}

// check compares a good credential with the demand. workspace is the UUID of
// the workspace that the credential is bound to, or "". It does not allocate
// unless it refuses.
func (e *Expect) check(v *Verified, workspace string) error {
	if e.upgrade != nil {
		if err := e.upgrade.check(v, workspace); err != nil {
			return err
		}
	}
	p := v.profile
	if len(e.Kinds) > 0 && !slices.Contains(e.Kinds, p.kind) {
		return token.ErrWrongKind
	}
	needed := e.Scopes
	if e.Workspace != "" || e.Further != nil {
		var err error
		if needed, err = e.checkMore(workspace); err != nil {
			return err
		}
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
	if p.kind == token.KindPeer {
		if err := e.checkPeer(v, needed); err != nil {
			return err
		}
	}
	for _, scope := range needed {
		if !p.covers(scope) {
			return &ScopeError{slices.Clone(needed), p.scopes.Missing(needed)}
		}
	}
	if len(e.AnyScope) > 0 && !p.coversAny(e.AnyScope) {
		return &ScopeError{slices.Clone(e.AnyScope), slices.Clone(e.AnyScope)}
	}
	return nil
}

// checkMore is what few demands have: the workspace, and scopes that are known
// only once something was read. It gives all scopes that are needed.
func (e *Expect) checkMore(workspace string) (token.Scopes, error) {
	if e.Workspace != "" && e.Workspace != workspace {
		return nil, &WorkspaceError{workspace}
	}
	if e.Further == nil {
		return e.Scopes, nil
	}
	further, err := e.Further()
	if err != nil {
		return nil, err
	}
	return slices.Concat(e.Scopes, further).Unique(), nil
}

// WorkspaceError is token.ErrWorkspace together with the workspace that the
// credential is for.
type WorkspaceError struct {
	Workspace string // UUID, or "" for a credential without one
}

// Error says what is wrong without naming a workspace.
func (e *WorkspaceError) Error() string { return "the token is for another workspace" }

// Unwrap gives token.ErrWorkspace.
func (e *WorkspaceError) Unwrap() error { return token.ErrWorkspace }

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
