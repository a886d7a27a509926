package directory_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// administer gives a client of the admin socket.
func administer(t *testing.T, tw *tokentest.Server) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{Socket: tw.Socket()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// as gives a client that acts as a user.
func as(t *testing.T, tw *tokentest.Server, ref string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{URL: tw.URL, Token: token.NewSecret(tw.UserToken(ref))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestTwoSpellingsAreOneUser(t *testing.T) {
	c := administer(t, tokentest.Start(t))
	for _, spelling := range []string{"alice", "Alice", "default/alice", "USER:Default/ALICE", " user:default/alice "} {
		if _, err := c.AddUser(t.Context(), spelling, ""); !errors.Is(err, token.ErrExists) {
			t.Errorf("%q: error %v, want exists", spelling, err)
		}
	}
	for _, odd := range []string{"", "group:default/alice", "a/b/c", "\u212aate", "user:default/a b", "x\x00"} {
		if _, err := c.AddUser(t.Context(), odd, ""); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%q: error %v, want invalid", odd, err)
		}
	}
	if _, err := c.AddUser(t.Context(), "carol", "Ca\u202erol"); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("a name that reorders text (H-04): error %v", err)
	}
}

func TestADisabledUserIsRefusedAtOnceWithWhatTheyHold(t *testing.T) {
	tw := tokentest.Start(t)
	local := administer(t, tw)
	if err := local.Grant(t.Context(), "user:default/bob", "administrator"); err != nil {
		t.Fatal(err) // of several administrators each can be disabled
	}
	admin := as(t, tw, "user:default/admin")
	if _, err := admin.Users(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := local.DisableUser(t.Context(), "admin"); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Users(t.Context()); !errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("disabled: error %v", err)
	}
	if _, err := local.MakeLink(t.Context(), "admin"); !errors.Is(err, token.ErrIsDisabled) {
		t.Errorf("a link for a disabled user: error %v", err)
	}
	if err := local.EnableUser(t.Context(), "admin"); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Users(t.Context()); err != nil {
		t.Errorf("enabled: error %v", err)
	}
}

func TestAGrantedRoleCountsAtOnceAndSoDoesItsWithdrawal(t *testing.T) {
	tw := tokentest.Start(t)
	local, bob := administer(t, tw), as(t, tw, "user:default/bob")
	for _, ref := range []string{"user:default/bob", "group:default/data"} {
		if _, err := bob.Users(t.Context()); !errors.Is(err, token.ErrDenied) {
			t.Fatalf("before: error %v", err)
		}
		if err := local.Grant(t.Context(), ref, "administrator"); err != nil {
			t.Fatal(err)
		}
		if _, err := bob.Users(t.Context()); err != nil {
			t.Errorf("granted to %s: error %v", ref, err)
		}
		if err := local.Withdraw(t.Context(), ref, "administrator"); err != nil {
			t.Fatal(err)
		}
		if _, err := bob.Users(t.Context()); !errors.Is(err, token.ErrDenied) {
			t.Errorf("withdrawn from %s: error %v", ref, err)
		}
	}
}

func TestTwoAdministratorsCannotRemoveEachOther(t *testing.T) {
	tw := tokentest.Start(t)
	local := administer(t, tw)
	refs := []string{"user:default/admin", "user:default/bob"}
	if err := local.Grant(t.Context(), refs[1], "administrator"); err != nil {
		t.Fatal(err)
	}
	var removing sync.WaitGroup
	errs := make([]error, len(refs))
	for i, ref := range refs {
		removing.Go(func() { errs[i] = local.Withdraw(t.Context(), ref, "administrator") })
	}
	removing.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), token.ErrLastAdmin) {
		t.Errorf("errors %v, want one of them (E-10)", errs)
	}
	roles, err := local.Roles(t.Context())
	if err != nil || len(roles.Grants) != 1 {
		t.Errorf("grants %+v, %v", roles.Grants, err)
	}
}

// Row E-10: being disabled ends a right as surely as losing the role does.
func TestTheLastEnabledAdministratorCannotBeDisabled(t *testing.T) {
	tw := tokentest.Start(t)
	local := administer(t, tw)
	ctx := t.Context()
	if err := local.DisableUser(ctx, "admin"); !errors.Is(err, token.ErrLastAdmin) {
		t.Fatalf("the only one: error %v", err)
	}
	if err := local.Grant(ctx, "user:default/bob", "administrator"); err != nil {
		t.Fatal(err)
	}
	if err := local.DisableUser(ctx, "bob"); err != nil {
		t.Fatalf("one of two: error %v", err)
	}
	if err := local.Withdraw(ctx, "user:default/admin", "administrator"); !errors.Is(err, token.ErrLastAdmin) {
		t.Errorf("beside one who is disabled: error %v", err)
	}
	if err := local.DisableUser(ctx, "alice"); err != nil {
		t.Errorf("somebody else: error %v", err)
	}
}

func TestALinkIsForTheOnlyAdministratorOrForWhomIsNamed(t *testing.T) {
	tw := tokentest.Start(t)
	local := administer(t, tw)
	link, err := local.MakeLink(t.Context(), "")
	if err != nil || link.User != "user:default/admin" {
		t.Fatalf("%+v, %v", link, err)
	}
	if left := time.Until(link.ExpiresAt); left > 15*time.Minute || left < 14*time.Minute {
		t.Errorf("the link is good for %s", left)
	}
	if _, err := local.MakeLink(t.Context(), "nobody"); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("a link for nobody: error %v", err)
	}
	if err := local.Grant(t.Context(), "user:default/bob", "administrator"); err != nil {
		t.Fatal(err)
	}
	if _, err := local.MakeLink(t.Context(), ""); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("a link for one of two: error %v", err)
	}
}

func TestEveryChangeOfTheDirectoryIsInTheLog(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithoutDemonstration())
	c := administer(t, tw)
	ctx := t.Context()
	_, err1 := c.AddUser(ctx, "carol", "Carol")
	_, err2 := c.AddGroup(ctx, "ops")
	_, err3 := c.AddWorkspace(ctx, "lab")
	err := errors.Join(err1, err2, err3,
		c.JoinGroup(ctx, "ops", "carol"), c.LeaveGroup(ctx, "ops", "carol"),
		c.JoinWorkspace(ctx, "lab", api.WorkspaceMember{User: "carol", Role: "owner"}), c.LeaveWorkspace(ctx, "lab", "carol"),
		c.DisableUser(ctx, "carol"), c.EnableUser(ctx, "carol"),
		c.Grant(ctx, "user:default/carol", "auditor"), c.Withdraw(ctx, "user:default/carol", "auditor"),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{
		"user.added", "group.added", "workspace.added", "group.joined", "group.left", "workspace.joined",
		"workspace.left", "user.disabled", "user.enabled", "role.granted", "role.withdrawn",
	} {
		page, err := c.Entries(ctx, client.EntryQuery{Action: action})
		if err != nil {
			t.Fatal(err)
		}
		ours := 0
		for _, e := range page.Entries {
			if e.ActorType == "local" && e.Outcome == "allowed" && e.Actor != "local:tokenwright" {
				ours++
			}
		}
		if ours != 1 {
			t.Errorf("%s: %d entries of ours, want 1", action, ours)
		}
	}
}
