package authority

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// RevokeAllRequest selects tokens for a mass revocation. At least one field
// is set; set fields must all match. A zero IssuedBefore means "until now".
type RevokeAllRequest struct {
	Owner        string
	Workspace    string
	Kind         token.Kind
	IssuedBefore time.Time
	Reason       string
	// DryRun counts and changes nothing.
	DryRun bool
}

// RevokeAll revokes every token that matches by one row and one entry, and
// gives how many usable tokens that ended (or would end). For administrators.
func (a *Authority) RevokeAll(ctx context.Context, by token.Principal, req RevokeAllRequest) (int, error) {
	if err := a.Allow(ctx, by, policy.Admin, audit.TokensRevoked); err != nil {
		return 0, err
	}
	mark, err := a.markOf(by, req)
	if err != nil {
		return 0, err
	}
	count, err := a.opts.Store.CountCovered(ctx, mark)
	if err != nil || req.DryRun {
		return count, err
	}
	if mark.CreatedAt = a.Now(); req.IssuedBefore.IsZero() {
		mark.NotBefore = mark.CreatedAt // what was issued while it was counted ends too
	}
	ctx, cancel := detach(ctx)
	defer cancel()
	entry := audit.NewEntry(audit.TokensRevoked, by, mark.CreatedAt)
	entry.Owner, entry.Workspace, entry.Kind, entry.Reason = mark.Owner, mark.Workspace, mark.Kind, mark.Reason
	kept, err := a.opts.Store.AddMark(ctx, mark, entry.With("tokens", fmt.Sprint(count)))
	if err != nil {
		return 0, err
	}
	a.opts.Listener(token.Change{Mark: &kept})
	return count, nil
}

func (a *Authority) markOf(by token.Principal, req RevokeAllRequest) (token.Mark, error) {
	if req.Owner == "" && req.Workspace == "" && req.Kind == "" && req.IssuedBefore.IsZero() {
		return token.Mark{}, token.Invalid("name an owner, a workspace, a kind or a time: revoking everything must be asked for by --issued-before")
	}
	reason, err := a.checkReason(req.Reason)
	if err != nil {
		return token.Mark{}, err
	}
	owner, err := canonicalOwner(req.Owner)
	if err != nil {
		return token.Mark{}, err
	}
	if strings.TrimSpace(req.Workspace) != req.Workspace || len(req.Workspace) > maxWorkspaceName || !token.ValidText(req.Workspace) {
		return token.Mark{}, token.Invalid("workspace must be the name of a workspace, at most 100 bytes")
	}
	now := a.Now()
	notBefore := now
	if !req.IssuedBefore.IsZero() {
		if req.IssuedBefore.After(now) {
			return token.Mark{}, token.Invalid("issued-before must not be in the future")
		}
		// Strictly before: a mark covers what was created at its time too.
		notBefore = req.IssuedBefore.UTC().Truncate(time.Microsecond).Add(-time.Microsecond)
	}
	return token.Mark{
		ID: token.NewID(), Owner: owner, Workspace: req.Workspace, Kind: req.Kind,
		NotBefore: notBefore, Reason: reason, RevokedBy: by.Ref, CreatedAt: now,
	}, nil
}

func canonicalOwner(owner string) (string, error) {
	if owner == "" {
		return "", nil
	}
	if ref, ok := token.ParseUserRef(owner); ok && strings.Contains(owner, ":") {
		return ref, nil
	}
	if ref, ok := token.ParseGroupRef(owner); ok {
		return ref, nil
	}
	return "", token.Invalid("owner must be a group or user ref such as group:default/platform")
}
