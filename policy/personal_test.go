package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// everybody is a policy whose default role is the built-in one, with alice as
// its administrator and bob in a role that reads personal tokens.
func everybody(t *testing.T, defaultRole string) policy.Table {
	t.Helper()
	return table(t, policy.Document{
		Roles: map[string][]string{"reader": {"access-tokens:user:read"}},
		Bindings: []policy.Binding{
			{Role: "administrator", To: []string{alice}},
			{Role: "reader", To: []string{bob, robot}},
		},
		DefaultRole: defaultRole,
	})
}

func TestPersonalTokensAreTheirOwnersAlone(t *testing.T) {
	const carol = "user:default/carol"
	for _, test := range []struct {
		name        string
		who         token.Principal
		defaultRole string
		action      policy.Permission
		owners      []string
		all         bool
	}{
		{"a person by the default role (PER-52)", user(carol), policy.RoleUser, policy.PersonalRead, []string{carol}, false},
		{"the same, making one", user(carol), policy.RoleUser, policy.PersonalWrite, []string{carol}, false},
		{"the same, ending one", user(carol), policy.RoleUser, policy.PersonalRevoke, []string{carol}, false},
		{"the default role taken away", user(carol), policy.NoRole, policy.PersonalRead, []string{}, false},
		{"no default role at all", user(carol), "", policy.PersonalRead, []string{}, false},
		{"a role reads its holder's own tokens and no others", user(bob), policy.NoRole, policy.PersonalRead, []string{bob}, false},
		{"and does not give more (E-09)", user(bob), policy.NoRole, policy.PersonalWrite, []string{}, false},
		{"an administrator reads all", user(alice), policy.NoRole, policy.PersonalRead, nil, true},
		{"whoever opens the admin socket, too", local(), policy.NoRole, policy.PersonalRevoke, nil, true},
		{"a service has no personal tokens", service("service-token:x"), policy.RoleUser, policy.PersonalRead, []string{}, false},
		{"a user whose ref is a group's is nobody (E-05)", user(platform), policy.RoleUser, policy.PersonalRead, []string{}, false},
		{"what came out of a token makes none (PER-51)", fromToken(user(carol)), policy.RoleUser, policy.PersonalWrite, []string{}, false},
		{"but reads and ends its user's", fromToken(user(carol)), policy.RoleUser, policy.PersonalRevoke, []string{carol}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			owners, all := everybody(t, test.defaultRole).Owners(test.who, test.action)
			if diff := cmp.Diff(test.owners, owners); diff != "" || all != test.all {
				t.Errorf("all %v, want %v; owners (-want +got):\n%s", all, test.all, diff)
			}
		})
	}
}

func TestTheRefusalOfAMintSaysWhy(t *testing.T) {
	policyTable := everybody(t, policy.RoleUser)
	if err := policyTable.May(fromToken(user(bob)), policy.PersonalWrite); !errors.Is(err, token.ErrTokensMintTokens) {
		t.Errorf("a JWT out of a token: %v", err)
	}
	grant := token.Grant{Kind: token.KindPersonal, Owner: alice}
	if _, err := policyTable.Decide(user(bob), policy.PersonalWrite, grant); !errors.Is(err, token.ErrPermission) {
		t.Errorf("for somebody else: %v", err)
	}
	if holders := policyTable.Holders(policy.PersonalRead); !cmp.Equal(holders, []string{alice}) {
		t.Errorf("holders of all personal tokens: %v", holders)
	}
}

func TestTheDefaultRoleStaysWithRolesGivenAtRunTime(t *testing.T) {
	policyTable := everybody(t, policy.RoleUser).With([]policy.Binding{{Role: "auditor", To: []string{bob}}})
	if diff := cmp.Diff([]string{"auditor", "reader", "user"}, policyTable.RolesOf(user(bob))); diff != "" {
		t.Error(diff)
	}
	if roles := policyTable.RolesOf(service(robot)); !cmp.Equal(roles, []string{"reader"}) {
		t.Errorf("roles of a service: %v", roles)
	}
}

func TestADefaultRoleMustBeHarmless(t *testing.T) {
	for role, text := range map[string]string{
		"king":          "default_role: there is no such role; use none or one of administrator, auditor, user, writer",
		"administrator": "default_role: role administrator holds access-tokens:service:write, access-tokens:user-admin:write, ",
		"writer":        "default_role: role writer holds access-tokens:service:write, which cannot be given to everybody",
		"auditor":       "",
		"user":          "",
		"none":          "",
	} {
		_, _, err := policy.New(policy.Document{
			Roles: map[string][]string{"writer": {"access-tokens:service:write"}}, DefaultRole: role,
		})
		if text == "" && err != nil || text != "" && (err == nil || !strings.HasPrefix(err.Error(), text)) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if _, _, err := policy.New(policy.Document{Roles: map[string][]string{"none": {"access-tokens:user:read"}}}); err == nil {
		t.Error("a role may be called none")
	}
}
