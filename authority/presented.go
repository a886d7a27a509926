package authority

import (
	"context"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// RevokePresented ends the token that somebody holds (RFC 7009): possession
// is enough, so that whoever finds a leaked token can kill it; the entry says
// so. Revoking a revoked token succeeds and changes nothing.
//
// Whoever holds a former secret ends that one alone: it was rotated away because
// others may have it, and they must not be able to end the new one (C7).
//
// An access JWT is named by its jti and, as its family, by what it came out of.
func (a *Authority) RevokePresented(ctx context.Context, by token.Principal, t token.Token) error {
	if t.Kind == token.KindAccess {
		return a.revokeAccess(ctx, by, t)
	}
	if !t.SecretEndsAt.IsZero() {
		return a.endFormer(ctx, by, t)
	}
	_, err := a.revoke(ctx, by, t, byHolder)
	if errors.Is(err, token.ErrAlreadyRevoked) || errors.Is(err, token.ErrNotFound) {
		return nil
	}
	return err
}

// byHolder is why a token ended that was presented for it.
const byHolder = "presented for revocation by its holder"

func (a *Authority) endFormer(ctx context.Context, by token.Principal, t token.Token) error {
	ctx, cancel := detach(ctx)
	defer cancel()
	entry := audit.NewEntry(audit.SecretEnded, by, a.Now()).About(t)
	entry.Reason = byHolder
	err := a.opts.Store.EndFormerSecret(ctx, t, entry)
	if errors.Is(err, token.ErrNotFound) {
		err = nil // it ended meanwhile; this node must know it too
	}
	if err == nil {
		a.opts.Listener(token.Change{TokenID: t.ID})
	}
	return err
}

// keptAfterEnd is how much longer than a JWT its revocation is known: clocks of
// nodes differ.
const keptAfterEnd = time.Minute

func (a *Authority) revokeAccess(ctx context.Context, by token.Principal, t token.Token) error {
	ctx, cancel := detach(ctx)
	defer cancel()
	entry := audit.NewEntry(audit.AccessTokenRevoked, by, a.Now()).About(t)
	entry.Reason = byHolder
	if t.Family != "" {
		entry = entry.With("session", string(t.Family))
	}
	if err := a.opts.Store.RevokeAccess(ctx, t.ID, t.ExpiresAt.Add(keptAfterEnd), entry); err != nil {
		return err
	}
	change, _, err := entry.Change()
	a.opts.Listener(change)
	return err
}
