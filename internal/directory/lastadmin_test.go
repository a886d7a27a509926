package directory_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	theAdmin  = "user:default/admin"
	bobsGroup = "group:default/data" // of the demonstration: bob alone is in it
	service   = "service-token:group:default/platform:ci"
	role      = "administrator"
)

// Row E-10, where the role is held by a group.
func TestTheLastAdministratorDoesNotLeaveTheirGroup(t *testing.T) {
	local, ctx := administer(t, tokentest.Start(t)), t.Context()
	if err := errors.Join(local.Grant(ctx, bobsGroup, role), local.Withdraw(ctx, theAdmin, role)); err != nil {
		t.Fatal(err)
	}
	err := local.LeaveGroup(ctx, bobsGroup, "bob")
	if !errors.Is(err, token.ErrLastAdmin) || !strings.Contains(err.Error(), "tokenwright admin grant") {
		t.Errorf("the only member: error %v", err)
	}
	if err := local.JoinGroup(ctx, bobsGroup, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := local.LeaveGroup(ctx, bobsGroup, "bob"); err != nil {
		t.Errorf("one of two: error %v", err)
	}
}

// Row E-10 and decision 11: a service may hold the role and cannot administer.
func TestAServiceIsNoAdministratorThatIsLeft(t *testing.T) {
	local, ctx := administer(t, tokentest.Start(t)), t.Context()
	if err := local.Grant(ctx, service, role); err != nil {
		t.Fatal(err)
	}
	if err := local.Withdraw(ctx, theAdmin, role); !errors.Is(err, token.ErrLastAdmin) {
		t.Errorf("withdrawn beside a service: error %v", err)
	}
	if err := local.DisableUser(ctx, theAdmin); !errors.Is(err, token.ErrLastAdmin) {
		t.Errorf("disabled beside a service: error %v", err)
	}
	if err := local.Withdraw(ctx, service, role); err != nil {
		t.Errorf("the service's own grant: error %v", err)
	}
}

// Row E-10: whatever way each of two administrators takes to remove the other,
// and on whichever node, one of them stays.
func TestOfTwoAdministratorsWhoRemoveEachOtherOnTwoNodesOneWins(t *testing.T) {
	type removal func(*client.Client, context.Context) error
	disable := func(ref string) removal {
		return func(c *client.Client, ctx context.Context) error { return c.DisableUser(ctx, ref) }
	}
	withdraw := func(ref string) removal {
		return func(c *client.Client, ctx context.Context) error { return c.Withdraw(ctx, ref, role) }
	}
	leave := func(c *client.Client, ctx context.Context) error { return c.LeaveGroup(ctx, bobsGroup, "bob") }
	a, b := twoNodes(t)
	first, second := administer(t, a), administer(t, b)
	for name, remove := range map[string][2]removal{
		"withdrawn and withdrawn": {withdraw(theAdmin), withdraw(bobsGroup)},
		"disabled and disabled":   {disable(theAdmin), disable("user:default/bob")},
		"withdrawn and disabled":  {withdraw(theAdmin), disable("user:default/bob")},
		"disabled and left":       {disable(theAdmin), leave},
	} {
		t.Run(name, func(t *testing.T) {
			for range 5 {
				restore(t, first)
				var errs [2]error
				var removing sync.WaitGroup
				removing.Go(func() { errs[0] = remove[0](first, t.Context()) })
				removing.Go(func() { errs[1] = remove[1](second, t.Context()) })
				removing.Wait()
				if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), token.ErrLastAdmin) {
					t.Errorf("errors %v, want one of them", errs)
				}
			}
		})
	}
}

// restore makes two administrators: one by name, and bob by his group.
func restore(t *testing.T, c *client.Client) {
	t.Helper()
	ctx := t.Context()
	err := errors.Join(c.EnableUser(ctx, theAdmin), c.EnableUser(ctx, "bob"), c.JoinGroup(ctx, bobsGroup, "bob"),
		c.Grant(ctx, theAdmin, role), c.Grant(ctx, bobsGroup, role))
	if err != nil {
		t.Fatal(err)
	}
}

// Row H-05: what cannot be the name of a role never reaches the store.
func TestWhatIsNoRoleIsNotLookedUp(t *testing.T) {
	local := administer(t, tokentest.Start(t))
	for _, odd := range []string{"", "a\x00b", "Administrator", "a role", "-x", string(make([]byte, 64)), "\u202eadmin"} {
		if err := local.Withdraw(t.Context(), theAdmin, odd); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("withdraw %q: error %v, want invalid", odd, err)
		}
		if err := local.Grant(t.Context(), theAdmin, odd); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("grant %q: error %v, want invalid", odd, err)
		}
	}
	if err := local.Withdraw(t.Context(), theAdmin, "left-the-configuration"); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("a role that is none any more: error %v", err)
	}
}

// Where a service alone is bound to the role there is no administrator yet.
func TestTheFirstAdministratorIsMadeBesideAService(t *testing.T) {
	local := administer(t, tokentest.Start(t, tokentest.WithoutDemonstration(),
		tokentest.WithConfig("bindings: [{role: administrator, to: ['"+service+"']}]")))
	link, err := local.MakeLink(t.Context(), "")
	if err != nil || link.User != theAdmin {
		t.Fatalf("%+v, %v", link, err)
	}
	roles, err := local.Roles(t.Context())
	if err != nil || len(roles.Grants) != 1 || roles.Grants[0].Ref != theAdmin {
		t.Errorf("%+v, %v", roles.Grants, err)
	}
}
