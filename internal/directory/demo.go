package directory

import (
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// SeedDemo adds the demonstration directory of development mode: the users
// admin (administrator), alice and bob, the groups platform (alice) and data
// (bob), and the workspace demo (alice owner, bob user). What is there already
// stays, and nothing happens on a directory that was seeded before.
func (d *Directory) SeedDemo(ctx context.Context, by token.Principal) error {
	const (
		admin          = FirstAdmin
		alice, bob     = "user:default/alice", "user:default/bob"
		platform, data = "group:default/platform", "group:default/data"
		demo           = "demo"
	)
	switch _, err := d.AddWorkspace(ctx, by, demo); {
	case errors.Is(err, token.ErrExists):
		return nil
	case err != nil:
		return err
	}
	addUser := func(ref, name string) error { _, err := d.AddUser(ctx, by, ref, name); return err }
	addGroup := func(ref string) error { _, err := d.AddGroup(ctx, by, ref); return err }
	join := func(user, role string) error {
		return d.JoinWorkspace(ctx, by, demo, token.WorkspaceMember{User: user, Role: role})
	}
	for _, step := range []func() error{
		func() error { return addUser(admin, "Administrator") },
		func() error { return d.GrantRole(ctx, by, admin, policy.RoleAdministrator) },
		func() error { return addUser(alice, "Alice") },
		func() error { return addUser(bob, "Bob") },
		func() error { return addGroup(platform) },
		func() error { return addGroup(data) },
		func() error { return d.JoinGroup(ctx, by, platform, alice) },
		func() error { return d.JoinGroup(ctx, by, data, bob) },
		func() error { return join(alice, "owner") },
		func() error { return join(bob, "user") },
	} {
		if err := step(); err != nil && !errors.Is(err, token.ErrExists) {
			return err
		}
	}
	return nil
}
