package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func workspaceBehaviours() []behaviour {
	return []behaviour{
		{"what a user is in a workspace", standing},
		{"C-12: a disabled workspace is closed until it is enabled", workspaceDisabled},
		{"people and workspaces are found by their UUIDs", foundByUUID},
		{"a replaced token ends at once, and both name each other", replacedAtOnce},
		{"a replaced token ends with the overlap, but not later than it would have", replacedWithOverlap},
		{"what cannot be replaced", notReplaced},
		{"the new token takes the place of the former in the quota", replacedInQuota},
		{"of fifty replacements at once one succeeds", replacedOnce},
	}
}

func standing(r *rig) {
	u := r.addUser(alice)
	w := token.Workspace{Name: "acme", UUID: token.NewID(), CreatedAt: start()}
	r.must(r.store.AddWorkspace(r.ctx, w, admin()))
	is := func(what, user, workspace string, want token.Standing) {
		r.Helper()
		got, err := r.store.FindStanding(r.ctx, user, workspace)
		r.must(err)
		r.same(what, got, want)
	}
	is("no member", alice, "acme", token.Standing{Account: u.UUID, Workspace: w.UUID, Active: true})
	is("nobody", bob, "acme", token.Standing{Workspace: w.UUID})
	is("nowhere", alice, "none", token.Standing{Account: u.UUID, Active: true})
	is("strange text", alice, "a\x00b", token.Standing{})
	for _, role := range token.WorkspaceRoles() {
		r.must(r.store.JoinWorkspace(r.ctx, "acme", token.WorkspaceMember{User: alice, Role: role}, admin(), start()))
		is(role, alice, "acme", token.Standing{Account: u.UUID, Workspace: w.UUID, Active: true, Power: token.RolePower(role)})
	}
	r.must(r.store.SetUserDisabled(r.ctx, alice, true, admin(), start()))
	is("disabled", alice, "acme", token.Standing{Account: u.UUID, Workspace: w.UUID, Power: token.PowerReadOnlyGuest})
}

func workspaceDisabled(r *rig) {
	r.addUser(alice)
	w := token.Workspace{Name: "acme", UUID: token.NewID(), CreatedAt: start()}
	r.must(r.store.AddWorkspace(r.ctx, w, admin()))
	r.must(r.store.JoinWorkspace(r.ctx, "acme", token.WorkspaceMember{User: alice, Role: "owner"}, admin(), start()))
	closed := func(want bool) {
		r.Helper()
		got, err := r.store.FindStanding(r.ctx, alice, "acme")
		r.must(err)
		r.same("closed", got.Closed, want)
		r.same("power", got.Power, token.PowerOwner)
	}
	at := start().Add(time.Hour)
	for range 2 { // the second time nothing happens
		r.must(r.store.SetWorkspaceDisabled(r.ctx, "acme", true, admin(), at))
		at = at.Add(time.Minute)
	}
	closed(true)
	r.told(audit.WorkspaceDisabled, "acme", nil)
	list, err := r.store.ListWorkspaces(r.ctx)
	r.must(err)
	r.same("since", list[0].DisabledAt, start().Add(time.Hour))
	place, err := r.store.FindWorkspace(r.ctx, w.UUID)
	r.must(err)
	r.same("by its UUID", place.DisabledAt, start().Add(time.Hour))
	for range 2 {
		r.must(r.store.SetWorkspaceDisabled(r.ctx, "acme", false, admin(), at))
	}
	closed(false)
	r.told(audit.WorkspaceEnabled, "acme", nil)
	r.refused(r.store.SetWorkspaceDisabled(r.ctx, "none", true, admin(), at), token.ErrNotFound)
}

func foundByUUID(r *rig) {
	u := r.addUser(alice)
	w := token.Workspace{Name: "acme", UUID: token.NewID(), CreatedAt: start()}
	r.must(r.store.AddWorkspace(r.ctx, w, admin()))
	person, err := r.store.FindUserByUUID(r.ctx, u.UUID)
	r.must(err)
	r.same("person", person, u)
	place, err := r.store.FindWorkspace(r.ctx, w.UUID)
	r.must(err)
	r.same("workspace", place, w)
	for _, odd := range []string{"", w.UUID, "\x00"} {
		_, err := r.store.FindUserByUUID(r.ctx, odd)
		r.refused(err, token.ErrNotFound)
	}
	_, err = r.store.FindWorkspace(r.ctx, u.UUID)
	r.refused(err, token.ErrNotFound)
}

// workspaceToken is a draft without a secret of its own.
func workspaceToken(n *token.New) {
	n.Token.Kind, n.Token.Owner, n.Token.Workspace = token.KindWorkspace, alice, "acme"
	n.Digest = token.Digest{}
	n.Limits = token.Limits{Reuse: token.ReuseAlways}
}

// replacement wishes to replace a token an hour after the start.
func replacement(former token.Token, overlap time.Duration, change ...func(*token.New)) token.Replacement {
	n := draft(former.Name, append([]func(*token.New){workspaceToken}, change...)...)
	at := start().Add(time.Hour)
	n.Token.Replaces, n.Token.CreatedAt = former.ID, at
	return token.Replacement{TokenID: former.ID, New: n, At: at, OverlapEndsAt: at.Add(overlap)}
}

func (r *rig) replace(former token.Token, rep token.Replacement) error {
	return r.store.ReplaceToken(r.ctx, rep, entryAbout(audit.TokenIssued, rep.New.Token, rep.At),
		entryAbout(audit.TokenRotated, former, rep.At))
}

func replacedAtOnce(r *rig) {
	former := r.issued("one", workspaceToken)
	rep := replacement(former, 0)
	r.must(r.replace(former, rep))
	old, fresh := r.find(former.ID), r.find(rep.New.Token.ID)
	r.same("former names the new one", old.ReplacedBy, fresh.ID)
	r.same("the new one names the former", fresh.Replaces, old.ID)
	r.same("former is revoked at", old.RevokedAt, rep.At)
	r.same("by", old.RevokedBy, admin().Ref)
	r.same("the new one is good", fresh.Check(rep.At), error(nil))
	entries := r.history(audit.Query{TokenID: fresh.ID})
	r.same("entries of the new one", len(entries), 1)
	r.same("entry of the former", r.history(audit.Query{TokenID: old.ID})[0].Action, audit.TokenRotated)
	page, err := r.store.ListTokens(r.ctx, token.Query{Kind: token.KindWorkspace, Workspace: "acme", Now: rep.At, Limit: 10})
	r.must(err)
	r.same("listed, newest first", page, token.Page{Tokens: []token.Token{fresh, old}, Total: 2})
}

func replacedWithOverlap(r *rig) {
	former := r.issued("one", workspaceToken)
	rep := replacement(former, time.Minute)
	r.must(r.replace(former, rep))
	old := r.find(former.ID)
	r.same("still good", old.Check(rep.OverlapEndsAt.Add(-time.Microsecond)), error(nil))
	r.refused(old.Check(rep.OverlapEndsAt), token.ErrExpired)

	short := r.issued("short", workspaceToken, func(n *token.New) { n.Token.ExpiresAt = start().Add(2 * time.Hour) })
	rep = replacement(short, 7*24*time.Hour)
	r.must(r.replace(short, rep))
	r.same("ends when it would have", r.find(short.ID).ExpiresAt, short.ExpiresAt)
}

func notReplaced(r *rig) {
	revoked := r.issued("revoked", workspaceToken)
	_, err := r.revoke(revoked, "", start())
	r.must(err)
	disabled := r.issued("disabled", workspaceToken)
	_, err = r.setDisabled(disabled, true, start())
	r.must(err)
	expired := r.issued("expired", workspaceToken, func(n *token.New) { n.Token.ExpiresAt = start().Add(time.Minute) })
	replaced := r.issued("replaced", workspaceToken)
	r.must(r.replace(replaced, replacement(replaced, time.Hour)))
	for _, c := range []struct {
		former token.Token
		want   error
	}{
		{revoked, token.ErrAlreadyRevoked},
		{disabled, token.ErrIsDisabled},
		{expired, token.ErrHasExpired},
		{replaced, token.ErrExists},
		{token.Token{ID: token.NewID()}, token.ErrNotFound},
	} {
		rep := replacement(c.former, 0)
		r.refused(r.replace(c.former, rep), c.want)
		_, err := r.store.FindToken(r.ctx, rep.New.Token.ID)
		r.refused(err, token.ErrNotFound)
	}
}

func replacedInQuota(r *rig) {
	limited := func(n *token.New) { workspaceToken(n); n.Limits.MaxPerOwner = 1 }
	former := r.issued("one", limited)
	r.must(r.replace(former, replacement(former, time.Hour, limited)))
	r.refused(r.create(draft("two", limited)), token.ErrQuota)
}

func replacedOnce(r *rig) {
	former := r.issued("one", workspaceToken)
	r.oneWins(parallel(50, func(int) error { return r.replace(former, replacement(former, time.Hour)) }), 1, token.ErrExists)
}
