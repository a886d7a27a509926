package storetest

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func directoryBehaviours() []behaviour {
	return []behaviour{
		{"users are added, found and listed", users},
		{"a user is disabled and enabled; the same again changes nothing", usersDisabled},
		{"groups are added, joined, left and listed", groups},
		{"workspaces are added, joined, left and listed", workspaces},
		{"of fifty joins at once one changes something", joinedAtOnce},
	}
}

// told fails unless the newest entry is this action on this name.
func (r *rig) told(action audit.Action, name string, details map[string]string) {
	r.Helper()
	e := r.history(audit.Query{Limit: 1})[0]
	r.same("action", e.Action, action)
	r.same("name", e.Name, name)
	r.same("details", e.Details, details)
	r.same("actor", e.Actor, admin().Ref)
}

func (r *rig) addUser(ref string) token.User {
	r.Helper()
	u := token.User{Ref: ref, UUID: token.NewID(), Name: "Somebody", CreatedAt: start()}
	r.must(r.store.AddUser(r.ctx, u, admin()))
	return u
}

func users(r *rig) {
	second, first := r.addUser(bob), r.addUser(alice)
	r.told(audit.UserAdded, alice, nil)
	r.refused(r.store.AddUser(r.ctx, first, admin()), token.ErrExists)
	got, err := r.store.FindUser(r.ctx, bob)
	r.must(err)
	r.same("user", got, second)
	_, err = r.store.FindUser(r.ctx, "user:default/nobody")
	r.refused(err, token.ErrNotFound)
	list, err := r.store.ListUsers(r.ctx)
	r.must(err)
	r.same("users", list, []token.User{first, second})
	r.same("entries", len(r.history(audit.Query{})), 2)
}

func usersDisabled(r *rig) {
	u := r.addUser(alice)
	at := start().Add(time.Minute)
	r.must(r.store.SetUserDisabled(r.ctx, alice, true, admin(), at))
	r.told(audit.UserDisabled, alice, nil)
	r.must(r.store.SetUserDisabled(r.ctx, alice, true, admin(), at.Add(time.Hour)))
	got, err := r.store.FindUser(r.ctx, alice)
	r.must(err)
	r.same("disabled at", got.DisabledAt, at)
	r.must(r.store.SetUserDisabled(r.ctx, alice, false, admin(), at.Add(2*time.Hour)))
	r.told(audit.UserEnabled, alice, nil)
	r.must(r.store.SetUserDisabled(r.ctx, alice, false, admin(), at.Add(3*time.Hour)))
	got, err = r.store.FindUser(r.ctx, alice)
	r.must(err)
	r.same("enabled", got, u)
	r.refused(r.store.SetUserDisabled(r.ctx, bob, true, admin(), at), token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), 3)
}

func groups(r *rig) {
	r.addUser(alice)
	r.addUser(bob)
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: platform, CreatedAt: start()}, admin()))
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: data, CreatedAt: start().Add(time.Second)}, admin()))
	r.told(audit.GroupAdded, data, nil)
	r.refused(r.store.AddGroup(r.ctx, token.Group{Ref: data, CreatedAt: start()}, admin()), token.ErrExists)
	later := start().Add(time.Minute)
	r.must(r.store.JoinGroup(r.ctx, platform, bob, admin(), later))
	r.must(r.store.JoinGroup(r.ctx, platform, alice, admin(), later.Add(time.Second)))
	r.told(audit.GroupJoined, platform, map[string]string{"user": alice})
	r.must(r.store.JoinGroup(r.ctx, data, alice, admin(), later))
	entries := len(r.history(audit.Query{}))
	r.must(r.store.JoinGroup(r.ctx, data, alice, admin(), later))
	r.refused(r.store.JoinGroup(r.ctx, "group:default/none", alice, admin(), later), token.ErrNotFound)
	r.refused(r.store.JoinGroup(r.ctx, data, "user:default/nobody", admin(), later), token.ErrNotFound)
	r.refused(r.store.LeaveGroup(r.ctx, data, bob, admin(), later), token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), entries)

	list, err := r.store.ListGroups(r.ctx)
	r.must(err)
	r.same("groups", list, []token.Group{
		{Ref: data, CreatedAt: start().Add(time.Second), Members: []string{alice}},
		{Ref: platform, CreatedAt: start(), Members: []string{alice, bob}},
	})
	of, err := r.store.GroupsOf(r.ctx, alice)
	r.must(err)
	r.same("groups of alice", of, []string{data, platform})
	r.must(r.store.LeaveGroup(r.ctx, platform, alice, admin(), later.Add(time.Minute)))
	r.told(audit.GroupLeft, platform, map[string]string{"user": alice})
	of, err = r.store.GroupsOf(r.ctx, alice)
	r.must(err)
	r.same("groups of alice later", of, []string{data})
	for ref, want := range map[string]bool{platform: true, "group:default/none": false} {
		has, err := r.store.HasGroup(r.ctx, ref)
		r.must(err)
		r.same("has "+ref, has, want)
	}
}

func workspaces(r *rig) {
	r.addUser(alice)
	acme := token.Workspace{Name: "acme", UUID: token.NewID(), CreatedAt: start()}
	r.must(r.store.AddWorkspace(r.ctx, acme, admin()))
	r.told(audit.WorkspaceAdded, "acme", nil)
	r.refused(r.store.AddWorkspace(r.ctx, token.Workspace{Name: "acme", CreatedAt: start()}, admin()), token.ErrExists)
	later := start().Add(time.Minute)
	owner := token.WorkspaceMember{User: alice, Role: "owner"}
	r.must(r.store.JoinWorkspace(r.ctx, "acme", token.WorkspaceMember{User: alice, Role: "guest"}, admin(), later))
	r.must(r.store.JoinWorkspace(r.ctx, "acme", owner, admin(), later.Add(time.Second)))
	r.told(audit.WorkspaceJoined, "acme", map[string]string{"user": alice, "role": "owner"})
	entries := len(r.history(audit.Query{}))
	r.must(r.store.JoinWorkspace(r.ctx, "acme", owner, admin(), later))
	r.refused(r.store.JoinWorkspace(r.ctx, "none", owner, admin(), later), token.ErrNotFound)
	nobody := token.WorkspaceMember{User: "user:default/nobody", Role: "guest"}
	r.refused(r.store.JoinWorkspace(r.ctx, "acme", nobody, admin(), later), token.ErrNotFound)
	r.refused(r.store.LeaveWorkspace(r.ctx, "acme", bob, admin(), later), token.ErrNotFound)
	r.same("entries", len(r.history(audit.Query{})), entries)
	list, err := r.store.ListWorkspaces(r.ctx)
	r.must(err)
	r.same("workspaces", list, []token.Workspace{
		{Name: "acme", UUID: acme.UUID, CreatedAt: start(), Members: []token.WorkspaceMember{owner}},
	})
	r.must(r.store.LeaveWorkspace(r.ctx, "acme", alice, admin(), later.Add(time.Minute)))
	r.told(audit.WorkspaceLeft, "acme", map[string]string{"user": alice})
}

func joinedAtOnce(r *rig) {
	r.addUser(alice)
	r.must(r.store.AddGroup(r.ctx, token.Group{Ref: data, CreatedAt: start()}, admin()))
	for _, err := range parallel(50, func(int) error {
		return r.store.JoinGroup(r.ctx, data, alice, admin(), start().Add(time.Minute))
	}) {
		r.must(err)
	}
	r.same("entries", len(r.history(audit.Query{Actions: []audit.Action{audit.GroupJoined}})), 1)
}
