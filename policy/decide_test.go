package policy_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

const (
	alice    = "user:default/alice"
	bob      = "user:default/bob"
	platform = "group:default/platform"
	data     = "group:default/data"
	robot    = "service-token:group:default/platform:robot"
)

func user(ref string, groups ...string) token.Principal {
	return token.Principal{Type: token.PrincipalUser, Ref: ref, Groups: groups}
}

func service(ref string) token.Principal {
	return token.Principal{Type: token.PrincipalService, Ref: ref, FromToken: true}
}

func local() token.Principal {
	return token.Principal{Type: token.PrincipalLocal, Ref: "local:root"}
}

func fromToken(p token.Principal) token.Principal {
	p.FromToken = true
	return p
}

func table(t *testing.T, doc policy.Document) policy.Table {
	t.Helper()
	built, warnings, err := policy.New(doc)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("New: %v, warnings %v", err, warnings)
	}
	return built
}

// sample: alice administers, the platform group may do everything to its own
// tokens and read those of data, robot may introspect.
func sample(t *testing.T) policy.Table {
	t.Helper()
	return table(t, policy.Document{
		Roles: map[string][]string{
			"token-admin":  {"access-tokens:service:read", "access-tokens:service:write", "access-tokens:service:revoke"},
			"reader":       {"access-tokens:service:read"},
			"introspector": {"access-tokens:introspect"},
		},
		Bindings: []policy.Binding{
			{Role: "administrator", To: []string{alice}},
			{Role: "token-admin", To: []string{platform}, Groups: []string{platform}},
			{Role: "reader", To: []string{platform}, Groups: []string{data}},
			{Role: "introspector", To: []string{robot}},
		},
	})
}

func TestDecide(t *testing.T) {
	member := user(bob, platform)
	tests := []struct {
		name   string
		who    token.Principal
		action policy.Permission
		owner  string
		want   error
	}{
		{"an administrator may issue for any group", user(alice), policy.ServiceWrite, data, nil},
		{"an administrator may administer", user(alice), policy.Admin, "", nil},
		{"the local principal is an administrator without a binding", local(), policy.Admin, "", nil},
		{"the local principal may issue", local(), policy.ServiceWrite, data, nil},
		{"a member of a bound group may issue for it", member, policy.ServiceWrite, platform, nil},
		{"a service token may do what it is bound to", service(robot), policy.Introspect, "", nil},

		{"nobody may do nothing", token.Principal{}, policy.ServiceRead, platform, token.ErrNoCredential},
		{"a principal without a ref is nobody", user(""), policy.ServiceRead, platform, token.ErrNoCredential},
		{"a user without a binding is refused (SVC-20)", user(bob), policy.ServiceRead, platform, token.ErrPermission},
		{"issuing for another group is refused (SVC-21)", member, policy.ServiceWrite, data, token.ErrPermission},
		{"a limited binding covers no token without an owner", member, policy.ServiceWrite, "", token.ErrPermission},
		{"owners are compared whole (E-01)", member, policy.ServiceWrite, platform + "x", token.ErrPermission},
		{"owners are compared case-sensitively (E-01)", member, policy.ServiceWrite, "group:default/Platform", token.ErrPermission},
		{"reading does not imply writing (E-09)", member, policy.ServiceRevoke, data, token.ErrPermission},
		{"an unknown action is refused to an administrator", user(alice), "access-tokens:service", platform, token.ErrPermission},
		{"an unknown action is refused to the local principal", local(), "", platform, token.ErrPermission},
		{"a wildcard action is no wildcard (E-01)", user(alice), "*", platform, token.ErrPermission},
		{"user refs are compared whole (E-01)", user(alice + "2"), policy.ServiceRead, platform, token.ErrPermission},

		{"a token does not issue tokens (E-03)", service(robot), policy.ServiceWrite, platform, token.ErrTokensMintTokens},
		{"a user JWT out of a token does not issue tokens (SVC-43)", fromToken(user(alice)), policy.ServiceWrite, platform, token.ErrTokensMintTokens},
		{"a user JWT out of a token does not administer (E-03)", fromToken(user(alice)), policy.Admin, "", token.ErrTokensMintTokens},
		{"a user JWT out of a token may read (SVC-43)", fromToken(user(alice)), policy.ServiceRead, platform, nil},
		{"a user JWT out of a token may revoke (SVC-43)", fromToken(user(alice)), policy.ServiceRevoke, platform, nil},

		{"a service token with a user's ref is not that user (E-05)", service(alice), policy.ServiceRead, platform, token.ErrPermission},
		{"a user with a service token's ref is not that token (E-05)", user(robot), policy.Introspect, "", token.ErrPermission},
		{"a user whose ref is a group's is not that group (E-05)", user(platform), policy.ServiceRead, platform, token.ErrPermission},
		{"a service token belongs to no groups (E-05)", token.Principal{Type: token.PrincipalService, Ref: "service-token:x", Groups: []string{platform}}, policy.ServiceRead, platform, token.ErrPermission},
		{"a group among the groups cannot be a user's ref (E-05)", user(bob, alice), policy.ServiceRead, platform, token.ErrPermission},
		{"an unknown type of principal holds nothing", token.Principal{Type: "robot", Ref: alice}, policy.ServiceRead, platform, token.ErrPermission},
	}
	policyTable := sample(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			asked := token.Grant{Kind: token.KindService, Name: "ci", Owner: test.owner, Scopes: token.Scopes{"catalog:read"}, ExpiresAt: time.Unix(1, 0)}
			got, err := policyTable.Decide(test.who, test.action, asked)
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			want := asked
			if err != nil {
				want = token.Grant{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("grant (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecideHandsOutItsOwnScopes(t *testing.T) {
	asked := token.Grant{Owner: platform, Scopes: token.Scopes{"catalog:read"}}
	got, err := sample(t).Decide(user(alice), policy.ServiceWrite, asked)
	if err != nil {
		t.Fatal(err)
	}
	asked.Scopes[0] = "catalog:write"
	if got.Scopes[0] != "catalog:read" {
		t.Error("changing the request afterwards changed the grant")
	}
}

func TestZeroTableAllowsTheLocalPrincipalAlone(t *testing.T) {
	var none policy.Table
	for _, action := range policy.Permissions() {
		if err := none.May(local(), action); err != nil {
			t.Errorf("%s refused to the local principal: %v", action, err)
		}
		if err := none.May(user(alice, platform), action); err == nil {
			t.Errorf("%s allowed without any binding", action)
		}
	}
}

func TestOwners(t *testing.T) {
	tests := []struct {
		name   string
		who    token.Principal
		action policy.Permission
		owners []string
		all    bool
	}{
		{"unlimited: all", user(alice), policy.ServiceRead, nil, true},
		{"local: all", local(), policy.ServiceRead, nil, true},
		{"limited: the groups of every binding, sorted", user(bob, platform), policy.ServiceRead, []string{data, platform}, false},
		{"limited: per permission", user(bob, platform), policy.ServiceRevoke, []string{platform}, false},
		{"an unlimited binding wins over a limited one", user(alice, platform), policy.ServiceRevoke, nil, true},
		{"refused: an empty list, which is not nil", user(bob), policy.ServiceRead, []string{}, false},
		{"nobody: an empty list, which is not nil", token.Principal{}, policy.ServiceRead, []string{}, false},
		{"a token issues for nobody", fromToken(user(alice)), policy.ServiceWrite, []string{}, false},
	}
	policyTable := sample(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			owners, all := policyTable.Owners(test.who, test.action)
			if diff := cmp.Diff(test.owners, owners); diff != "" || all != test.all {
				t.Errorf("all = %v, want %v; owners (-want +got):\n%s", all, test.all, diff)
			}
		})
	}
}

func TestPermissionsOfAPrincipal(t *testing.T) {
	policyTable := sample(t)
	for _, test := range []struct {
		name string
		who  token.Principal
		want []policy.Permission
	}{
		{"an administrator holds all", user(alice), policy.Permissions()},
		{"a member holds those of the group", user(bob, platform), policy.ServicePermissions()},
		{"a service token holds its own", service(robot), []policy.Permission{policy.Introspect}},
		{"nobody holds none", token.Principal{}, []policy.Permission{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, policyTable.Permissions(test.who)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHoldersAreThoseWithoutALimit(t *testing.T) {
	policyTable := sample(t).With([]policy.Binding{{Role: "administrator", To: []string{data}}})
	if diff := cmp.Diff([]string{data, alice}, policyTable.Holders(policy.Admin)); diff != "" {
		t.Errorf("holders of admin (-want +got):\n%s", diff)
	}
	if slices.Contains(policyTable.Holders(policy.ServiceWrite), platform) {
		t.Error("a limited binding counts as a holder of the whole permission")
	}
}

// E-10: a service may be bound to the role and cannot administer, so it is no
// administrator that is left. It does hold what services may do.
func TestAServiceHoldsNothingThatServicesMayNotDo(t *testing.T) {
	const service = "service-token:group:default/platform:ci"
	table, _, err := policy.New(policy.Document{Bindings: []policy.Binding{{Role: policy.RoleAdministrator, To: []string{service}}}})
	if err != nil {
		t.Fatal(err)
	}
	if holders := table.Holders(policy.Admin); len(holders) > 0 {
		t.Errorf("administrators: %v", holders)
	}
	if holders := table.Holders(policy.AuditRead); !slices.Equal(holders, []string{service}) {
		t.Errorf("readers of the log: %v", holders)
	}
}
