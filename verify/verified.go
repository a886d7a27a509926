package verify

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Verified is proof that a credential was verified. Only this package can make
// one; a nil or zero Verified has an empty subject and proves nothing.
//
// A Verified is shared between callers and immutable.
type Verified struct {
	// What a hit looks at stands first, in one cache line; the record behind
	// it is touched only by whoever wants to know more.
	digest token.Digest
	until  int64 // when the cached record has to be read again, ns since the verifier's start
	ends   int64 // when the credential ends by its expiry or overlap, Unix µs
	scopes *token.Scopes
	state  error // why the record is not good whatever the time, or nil
	used   atomic.Bool
	absent bool // a negative answer: there is no such token

	narrowed bool // a JWT with a scope claim
	kind     token.Kind
	record   token.Token
	scope    string // record.Scopes joined, made once
	// The rest is set for JWTs only.
	issuer   string
	audience []string
	clientID string
	session  string
}

// Subject is whom the credential speaks for.
func (v *Verified) Subject() token.Subject {
	if v == nil {
		return ""
	}
	return v.record.Subject
}

// Kind is the kind of the token; token.KindAccess for an access JWT.
func (v *Verified) Kind() token.Kind { return v.record.Kind }

// TokenID is the id by which log and lists name the token, never its secret.
// For an access JWT it is its jti, which may be empty.
func (v *Verified) TokenID() string { return v.record.ID }

// Owner is the ref of the owning group or user.
func (v *Verified) Owner() string { return v.record.Owner }

// Workspace is the workspace the token is bound to, or "".
func (v *Verified) Workspace() string { return v.record.Workspace }

// Name is the token's name.
func (v *Verified) Name() string { return v.record.Name }

// Scopes gives a copy of the scopes the token holds.
func (v *Verified) Scopes() token.Scopes { return slices.Clone(v.record.Scopes) }

// ScopeString gives the scopes joined by spaces, without allocating.
func (v *Verified) ScopeString() string { return v.scope }

// Covers reports whether the token holds a scope that covers the demanded one.
func (v *Verified) Covers(scope string) bool { return v.record.Scopes.Covers(scope) }

// ExpiresAt is the first instant at which the token is not good any more.
func (v *Verified) ExpiresAt() time.Time { return v.record.ExpiresAt }

// IssuedAt is when the token was issued.
func (v *Verified) IssuedAt() time.Time { return v.record.CreatedAt }

// Issuer is the iss of a JWT, or "".
func (v *Verified) Issuer() string { return v.issuer }

// Audience gives a copy of the aud of a JWT.
func (v *Verified) Audience() []string { return slices.Clone(v.audience) }

// ClientID is the client_id of a JWT, or "".
func (v *Verified) ClientID() string { return v.clientID }

// Session is the sid of a JWT: the long-lived token it came out of, or "".
func (v *Verified) Session() string { return v.session }

// newVerified wraps a record.
func newVerified(t token.Token) *Verified {
	v := &Verified{record: t, kind: t.Kind, scope: t.Scopes.String(), ends: t.ExpiresAt.UnixMicro()}
	v.scopes = &v.record.Scopes
	if !t.SecretEndsAt.IsZero() {
		v.ends = min(v.ends, t.SecretEndsAt.UnixMicro())
	}
	// What Check refuses long before any expiry, it refuses at any time.
	v.state = t.Check(time.Time{})
	if t.Subject == "" {
		v.state = token.ErrUnknown
	}
	return v
}

// check decides from the record alone whether it is good at now. It agrees
// with token.Token.Check, which it asks for the reason.
func (v *Verified) check(now time.Time) error {
	if v.state == nil && now.UnixMicro() < v.ends {
		return nil
	}
	if err := v.record.Check(now); err != nil {
		return err
	}
	return v.state
}
