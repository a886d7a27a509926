package verify

import (
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// Verified is proof that a credential was verified. Only this package can make
// one; a nil or zero Verified has an empty subject and proves nothing. It is
// immutable and small.
type Verified struct {
	record  record
	profile *profile
}

// Subject is whom the credential speaks for.
func (v *Verified) Subject() token.Subject { return token.Subject(v.field(fieldSubject)) }

// Kind is the kind of the token; token.KindAccess for an access JWT.
func (v *Verified) Kind() token.Kind {
	if v == nil || v.profile == nil {
		return ""
	}
	return v.profile.kind
}

// TokenID is the id by which log and lists name the token, never its secret.
// For an access JWT it is its jti, which may be empty.
func (v *Verified) TokenID() string {
	if v == nil {
		return ""
	}
	return v.record.id()
}

// Owner is the ref of the owning group or user.
func (v *Verified) Owner() string { return v.field(fieldOwner) }

// Workspace is the workspace the token is bound to, or "".
func (v *Verified) Workspace() string { return v.field(fieldWorkspace) }

// Name is the token's name.
func (v *Verified) Name() string { return v.field(fieldName) }

// Scopes gives a copy of the scopes the token holds.
func (v *Verified) Scopes() token.Scopes {
	if v == nil || v.profile == nil {
		return nil
	}
	return slices.Clone(v.profile.told())
}

// ScopeString gives the scopes joined by spaces, without allocating.
func (v *Verified) ScopeString() string {
	if v == nil || v.profile == nil {
		return ""
	}
	return v.profile.text
}

// Covers reports whether the token holds a scope that covers the demanded one.
func (v *Verified) Covers(scope string) bool {
	return v != nil && v.profile != nil && v.profile.covers(scope)
}

// ExpiresAt is the first instant at which the token is not good any more.
func (v *Verified) ExpiresAt() time.Time {
	if v == nil {
		return time.Time{}
	}
	return v.record.expiresAt()
}

// Former reports whether the secret that was presented was replaced by a
// rotation: it is good for a while yet, and whoever has it should change it.
func (v *Verified) Former() bool {
	return v != nil && v.record != "" && v.record[recordHead-1]&formerOne != 0
}

// IssuedAt is when the token was issued.
func (v *Verified) IssuedAt() time.Time {
	if v == nil {
		return time.Time{}
	}
	return v.record.createdAt()
}

// Issuer is the iss of a JWT, or "".
func (v *Verified) Issuer() string { return v.field(fieldIssuer) }

// Audience gives the aud of a JWT.
func (v *Verified) Audience() []string {
	if v == nil {
		return nil
	}
	return v.record.audience()
}

// ClientID is the client_id of a JWT, or "".
func (v *Verified) ClientID() string { return v.field(fieldClientID) }

// Narrowed reports whether a JWT names its scopes: it then carries less than
// all that its subject may do (RFC 8693 section 4.2).
func (v *Verified) Narrowed() bool { return v != nil && v.profile != nil && v.profile.narrowed }

// Restrictions gives the plugins that a peer is restricted to, or nil.
func (v *Verified) Restrictions() peer.Restrictions {
	if v == nil || v.profile == nil {
		return nil
	}
	return slices.Clone(v.profile.limits)
}

// Session is the sid of a JWT: the long-lived token it came out of, or "".
func (v *Verified) Session() string { return v.field(fieldSession) }

// String gives the subject.
func (v *Verified) String() string { return v.field(fieldSubject) }

func (v *Verified) field(i int) string {
	if v == nil {
		return ""
	}
	return v.record.field(i)
}

// asPerson reports whether the credential acts as a person, who may have been
// disabled since.
func (v *Verified) asPerson() bool {
	return v.isJWT() || v.profile.kind == token.KindUser || v.actsForUser()
}

// Kept reports whether there is a record of the credential at the authority:
// access JWTs, and what peers sign, have none.
func (v *Verified) Kept() bool { return v != nil && v.profile != nil && v.isKept() }

func (v *Verified) isKept() bool { return !v.isJWT() && v.profile.kind != token.KindPeer }

// isJWT reports whether the credential is a JWT rather than an opaque token.
func (v *Verified) isJWT() bool { return v.profile.kind == token.KindAccess }
