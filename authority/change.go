package authority

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// MaxOverlap is the longest time a former secret may stay good.
const MaxOverlap = 7 * 24 * time.Hour

// RotateRequest asks for a new secret of a token.
type RotateRequest struct {
	Kind    token.Kind
	TokenID string
	// Overlap is how long the former secret stays good: 0 to MaxOverlap,
	// whole seconds, never past the token's expiry.
	Overlap time.Duration
	// From, when set, is the hint of the secret that is to be replaced; where it
	// is another meanwhile the error is token.ErrWasRotated.
	From string
	// Expiry replaces the token's expiry; the zero value leaves it.
	Expiry Expiry
	// Scopes narrow those of a workspace token; nil leaves them.
	Scopes []string
	// Fault is as in [Request].
	Fault error
}

// Rotate replaces a token's secret; id, name, scopes and subject stay. Any
// older overlap ends at once. Where the secret is made from the record a new
// record takes the place of the former one, and both name each other.
//
// Errors: those of Issue, token.ErrNotFound, token.ErrAlreadyRevoked,
// token.ErrHasExpired, token.ErrIsDisabled.
func (a *Authority) Rotate(ctx context.Context, by token.Principal, req RotateRequest) (token.Issued, error) {
	rules, err := a.Rules(req.Kind)
	if err != nil {
		return token.Issued{}, err
	}
	tgt := target{req.TokenID, rules.Write, audit.TokenRotated}
	if err := a.may(ctx, by, tgt.permission, a.entryOn(by, rules, tgt)); err != nil {
		return token.Issued{}, err
	}
	if contractOf(req.Kind).consented {
		return token.Issued{}, errNotRotated
	}
	// The fields come before the question whether the token exists.
	if req.Fault != nil {
		return token.Issued{}, req.Fault
	}
	if req.Overlap < 0 || req.Overlap > MaxOverlap {
		return token.Issued{}, token.Invalid("overlapSeconds must be a whole number from 0 to 604800")
	}
	r := token.Rotation{At: a.Now(), From: req.From}
	if req.Expiry != (Expiry{}) {
		if r.ExpiresAt, err = resolveExpiry(rules, req.Expiry, r.At); err != nil {
			return token.Issued{}, err
		}
	}
	t, err := a.changeable(ctx, by, rules, tgt)
	if err != nil {
		return token.Issued{}, err
	}
	r.TokenID = t.ID
	r.OverlapEndsAt = r.At.Add(req.Overlap)
	if rules.Mint != nil {
		return a.replace(ctx, by, t, replacing{rules, req, r})
	}
	return a.rotate(ctx, by, t, r)
}

func (a *Authority) rotate(ctx context.Context, by token.Principal, t token.Token, r token.Rotation) (token.Issued, error) {
	ctx, cancel := detach(ctx)
	defer cancel()
	secret, err := a.opts.Formats.Generate(t.Kind)
	if err != nil {
		return token.Issued{}, err
	}
	raw := secret.Reveal()
	r.Digest = a.opts.Digester.Digest(raw)
	r.Hint = contractOf(t.Kind).hint(raw, a.opts.Formats.Prefix(t.Kind))
	entry := audit.NewEntry(audit.TokenRotated, by, r.At).About(t).
		With("overlapSeconds", fmt.Sprint(int64(r.OverlapEndsAt.Sub(r.At)/time.Second)))
	rotated, err := a.opts.Store.RotateToken(ctx, r, entry)
	if err != nil {
		return token.Issued{}, explainState(err)
	}
	a.opts.Listener(token.Change{TokenID: t.ID, Issued: &r.Digest})
	return token.Issued{Token: rotated, Secret: secret}, nil
}

// Revoke ends a token for ever, with all its secrets. The reason is trimmed;
// it may be empty and has at most 500 UTF-16 code units. A token of another
// owner than the one that is wished for is not found.
//
// Errors: token.ErrDenied, token.ErrInvalid, token.ErrNotFound,
// token.ErrAlreadyRevoked (the first reason and time stay),
// token.ErrUnavailable (not known whether it happened: repeat it).
func (a *Authority) Revoke(ctx context.Context, by token.Principal, kind token.Kind, rev token.Revocation) (token.Token, error) {
	rules, err := a.Rules(kind)
	if err != nil {
		return token.Token{}, err
	}
	tgt := target{rev.TokenID, rules.Revoke, audit.TokenRevoked}
	if err := a.may(ctx, by, tgt.permission, a.entryOn(by, rules, tgt)); err != nil {
		return token.Token{}, err
	}
	if rev.Reason, err = a.checkReason(rev.Reason); err != nil {
		return token.Token{}, err
	}
	t, err := a.changeable(ctx, by, rules, tgt)
	switch {
	case err != nil:
		return token.Token{}, err
	case rev.Owner != "" && rev.Owner != t.Owner:
		return token.Token{}, errTokenNotFound
	}
	return a.revoke(ctx, by, t, rev.Reason)
}

func (a *Authority) revoke(ctx context.Context, by token.Principal, t token.Token, reason string) (token.Token, error) {
	ctx, cancel := detach(ctx)
	defer cancel()
	rev := token.Revocation{TokenID: t.ID, By: by.Ref, Reason: reason, At: a.Now()}
	entry := audit.NewEntry(audit.TokenRevoked, by, rev.At).About(t)
	entry.Reason = reason
	revoked, err := a.opts.Store.RevokeToken(ctx, rev, entry)
	if err == nil || errors.Is(err, token.ErrAlreadyRevoked) {
		// Also when another node, or a request whose answer was lost, was first:
		// the caller learns that the token is revoked, and from here on this
		// node must not accept it either (C-03).
		a.opts.Listener(token.Change{TokenID: t.ID})
	}
	if err != nil {
		return token.Token{}, explainState(err)
	}
	return revoked, nil
}

// Disable refuses a token everywhere until it is enabled again. For
// administrators.
func (a *Authority) Disable(ctx context.Context, by token.Principal, kind token.Kind, id string) (token.Token, error) {
	return a.setDisabled(ctx, by, kind, target{id, policy.Admin, audit.TokenDisabled})
}

// Enable undoes Disable. For administrators.
func (a *Authority) Enable(ctx context.Context, by token.Principal, kind token.Kind, id string) (token.Token, error) {
	return a.setDisabled(ctx, by, kind, target{id, policy.Admin, audit.TokenEnabled})
}

func (a *Authority) setDisabled(ctx context.Context, by token.Principal, kind token.Kind, tgt target) (token.Token, error) {
	rules, err := a.Rules(kind)
	if err != nil {
		return token.Token{}, err
	}
	t, err := a.changeable(ctx, by, rules, tgt)
	if err != nil {
		return token.Token{}, err
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	entry := audit.NewEntry(tgt.action, by, a.Now()).About(t)
	changed, err := a.opts.Store.SetDisabled(ctx, t.ID, tgt.action == audit.TokenDisabled, entry)
	if err != nil {
		return token.Token{}, explainState(err)
	}
	a.opts.Listener(token.Change{TokenID: t.ID})
	return changed, nil
}

// target is one token, what is to be done to it, and the permission for it.
type target struct {
	id         string
	permission policy.Permission
	action     audit.Action
}

// changeable is the gate of verbs on one token: permission first, then
// whether the token exists for this principal, then the permission for
// exactly this token's owner.
func (a *Authority) changeable(ctx context.Context, by token.Principal, rules KindRules, tgt target) (token.Token, error) {
	entry := a.entryOn(by, rules, tgt)
	if err := a.may(ctx, by, tgt.permission, entry); err != nil {
		return token.Token{}, err
	}
	t, err := a.visible(ctx, by, rules, tgt)
	if err != nil {
		return token.Token{}, err
	}
	try := attempt{entry: entry.About(t), grant: token.Grant{
		Kind: t.Kind, Name: t.Name, Owner: t.Owner, Workspace: t.Workspace,
		Subject: t.Subject, Scopes: t.Scopes, ExpiresAt: t.ExpiresAt,
	}}
	if _, err := a.decide(ctx, by, tgt.permission, try); err != nil {
		return token.Token{}, err
	}
	return t, nil
}

// entryOn begins the entry of a change to a token of which only the id is
// known so far. An id that no token can have is a stranger's text and stays
// out of the log.
func (a *Authority) entryOn(by token.Principal, rules KindRules, tgt target) audit.Entry {
	entry := audit.NewEntry(tgt.action, by, a.Now())
	entry.Kind = rules.Kind
	if validID(tgt.id) {
		entry.TokenID = tgt.id
	}
	return entry
}

// explainState gives conflicts with a token's state the words of the
// contract.
func explainState(err error) error {
	switch {
	case errors.Is(err, token.ErrNotFound):
		return errTokenNotFound
	case errors.Is(err, token.ErrAlreadyRevoked):
		return token.NewError(token.ErrAlreadyRevoked, "Token already revoked", nil)
	case errors.Is(err, token.ErrHasExpired):
		return token.NewError(token.ErrHasExpired, "Token has expired", nil)
	case errors.Is(err, token.ErrIsDisabled):
		return token.NewError(token.ErrIsDisabled, "Token is disabled", nil)
	}
	return err
}

func (a *Authority) checkReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if token.UTF16Length(reason) > maxReasonLength {
		return "", token.Invalid("reason must be at most 500 characters")
	}
	if err := a.CheckText("reason", reason); err != nil {
		return "", err
	}
	return reason, nil
}
