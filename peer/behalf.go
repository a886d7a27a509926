package peer

import (
	"context"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// Claims of the token of a plugin that acts for somebody.
const (
	// claimUser holds the limited-user JWT of the user for whom it acts.
	claimUser = "obo"
	// claimCaller holds the caller on whose behalf it acts, with the
	// restrictions that go on with the call. It is ours alone: the reference
	// writes none and passes over it.
	claimCaller = "tokenwright_caller"
)

// actsFor verifies the limited-user JWT within the token of a plugin, if there
// is one, and lets the principal speak for that user. It is no credential
// anywhere else (PEER-26), and ends no sooner than what carries it.
//
// The token of the plugin may be younger than what the user was given, and
// everything that the user was given before a mass revocation ends with it: the
// older of the two counts.
func (m *TokenManager) actsFor(ctx context.Context, outer statement, now time.Time, p *Principal) error {
	if _, acts := outer.object.Find(claimUser); !acts {
		return nil
	}
	raw, ok := outer.text(claimUser)
	if !ok {
		return refuse(token.ErrMalformed, "obo is no text")
	}
	if m.users == nil {
		return refuse(token.ErrIssuer, "no issuer of users is configured")
	}
	opened, inner, err := openPublished(ctx, raw, m.users)
	if err != nil {
		return err
	}
	switch {
	case opened.Header.Algorithm != jwt.ES256:
		return refuse(token.ErrAlgorithm, "obo: alg is not ES256")
	case !opened.Header.HasType(limitedUserType):
		return refuse(token.ErrWrongKind, "obo: typ is not that of a limited user")
	case inner.issued.IsZero():
		return refuse(token.ErrClaimType, "obo: iat is missing")
	}
	if err := inner.checkTimes(now, m.leeway); err != nil {
		return err
	}
	if inner.expires.Before(outer.expires) {
		return refuse(token.ErrLifetime, "obo ends before the token that carries it")
	}
	sub, _ := inner.subject.Text()
	if ref, ok := token.ParseUserRef(sub); !ok || ref != sub {
		return refuse(token.ErrSubject, "obo: sub is no user in canonical spelling")
	}
	p.Actor, p.Subject, p.user = p.Subject, token.Subject(sub), token.NewSecret(raw)
	if made := inner.issued.Add(-m.leeway); made.Before(p.MadeAfter) {
		p.MadeAfter = made
	}
	return nil
}

// handedOn applies the restrictions of the caller on whose behalf a plugin acts
// (PEER-20). They are what the plugin says, and can do nothing but take away:
// the principal stays the plugin, and the restrictions are no rights of it.
func (m *TokenManager) handedOn(said statement, p *Principal) error {
	value, found := said.object.Find(claimCaller)
	if !found {
		return nil
	}
	object, err := strictjson.ParseObject(value, strictjson.Limits{})
	if err != nil {
		return refuse(token.ErrMalformed, claimCaller+" is no object")
	}
	if name, unknown := object.Unknown("subject", "accessRestrictions"); unknown {
		return refuse(token.ErrMalformed, claimCaller+" has the unknown member "+name)
	}
	member, _ := object.Find("subject")
	subject, ok := member.Text()
	if !ok || subject == "" || len(subject) > maxSubject || strings.ContainsFunc(subject, notVisible) {
		return refuse(token.ErrMalformed, claimCaller+": subject is missing or not visible ASCII")
	}
	list, _ := object.Find("accessRestrictions")
	limits, err := ParseRestrictions(list)
	if err != nil || len(limits) == 0 {
		return refuse(token.ErrMalformed, claimCaller+": accessRestrictions are missing or not well written")
	}
	if err := limits.CheckDelegation(m.pluginID); err != nil {
		return err
	}
	p.OnBehalfOf, p.Restrictions = token.Subject(subject), limits
	return nil
}

// notVisible reports what has no place in a subject.
func notVisible(r rune) bool { return r <= 0x20 || r >= 0x7f }

// CheckDelegation says whether a call on behalf of the caller may go on to a
// plugin: nil, or an error of reason token.ErrRestricted in the words of the
// reference.
//
// What goes on with the call are restrictions and nothing else. So a caller that
// holds scopes cannot be acted for, since the next plugin would not know them,
// nor one that holds nothing: the next plugin would take that for no limit.
func (p *Principal) CheckDelegation(target string) error {
	switch {
	case p.Actor != "" || strings.HasPrefix(string(p.Subject), pluginLead):
		// A plugin holds no scopes here: it goes on with what came with it.
	case p.unrestricted():
		return nil
	case len(p.Scopes) > 0:
		return cannotDelegate(target)
	case len(p.Restrictions) == 0:
		return notIncluded(target)
	}
	return p.Restrictions.CheckDelegation(target)
}

// unrestricted reports whether the caller may do everything.
func (p *Principal) unrestricted() bool { return len(p.Scopes) == 1 && p.Scopes[0] == "*" }
