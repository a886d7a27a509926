package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func TestNewReportsEveryFaultAtOnce(t *testing.T) {
	_, _, err := policy.New(policy.Document{
		Roles: map[string][]string{
			"administrator": {"access-tokens:introspect"},
			"Token Admin":   {"access-tokens:introspect"},
			"empty":         {},
			"reader":        {"access-tokens:service:read", "access-tokens:service:Read", "access-tokens:*"},
		},
		Bindings: []policy.Binding{
			{Role: "raeder", To: []string{alice}},
			{Role: "reader"},
			{Role: "reader", To: []string{"alice", "user:", "service-token:group:default/platform", alice}},
			{Role: "reader", To: []string{alice}, Groups: []string{}},
			{Role: "reader", To: []string{alice}, Groups: []string{"platform", "user:default/bob"}},
			{Role: "auditor", To: []string{alice}, Groups: []string{platform}},
		},
	})
	const names = "access-tokens:service:read, access-tokens:service:write, access-tokens:service:revoke, " +
		"access-tokens:user:read, access-tokens:user:write, access-tokens:user:revoke, " +
		"access-tokens:user-admin:read, access-tokens:user-admin:write, access-tokens:user-admin:revoke, " +
		"access-tokens:introspect, access-tokens:feed:read, access-tokens:audit:read, access-tokens:client:register, access-tokens:admin"
	const ref = "must be user:<namespace>/<name>, group:<namespace>/<name>, service-token:group:<namespace>/<name>:<token name> or external:<peer>"
	want := strings.Join([]string{
		"roles.Token Admin: the name of a role must be a lower-case letter, then lower-case letters, digits or hyphens, at most 63 characters",
		"roles.administrator: this role is built in and cannot be changed; choose another name",
		"roles.empty: the role holds no permission; list at least one of " + names,
		"roles.reader[1]: there is no such permission; use one of " + names,
		"roles.reader[2]: there is no such permission; use one of " + names,
		"bindings[0].role: there is no such role; use one of administrator, auditor, user, Token Admin, empty, reader",
		"bindings[1].to: the binding names nobody; list users, groups or service tokens",
		"bindings[2].to[0]: " + ref,
		"bindings[2].to[1]: " + ref,
		"bindings[2].to[2]: " + ref,
		"bindings[3].groups: the list is empty; name groups, or leave groups out to bind the role for the tokens of every owner",
		"bindings[4].groups[1]: must be a group such as group:default/platform",
		"bindings[5].groups: role auditor holds access-tokens:audit:read, which cannot be limited to groups; leave groups out or bind another role",
	}, "\n")
	if err == nil {
		t.Fatal("no fault found")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if !errors.Is(err, token.ErrInvalid) {
		t.Error("the faults do not mean ErrInvalid")
	}
}

func TestFormerNames(t *testing.T) {
	tests := []struct {
		written string
		grants  policy.Permission
		warning string
	}{
		{"service-tokens:read", policy.ServiceRead, "service-tokens:read is an old name; write access-tokens:service:read"},
		{"service-tokens:write", policy.ServiceWrite, "service-tokens:write is an old name; write access-tokens:service:write"},
		{"service-tokens:revoke", policy.ServiceRevoke, "service-tokens:revoke is an old name; write access-tokens:service:revoke"},
		{"service-tokens.admin", policy.ServiceRead, "service-tokens.admin is an old name that grants reading alone; write access-tokens:service:read, and add access-tokens:service:write or access-tokens:service:revoke where they are meant"},
		{"access-tokens.admin", policy.ServiceRead, "access-tokens.admin is an old name that grants reading alone; write access-tokens:service:read, and add access-tokens:service:write or access-tokens:service:revoke where they are meant"},
	}
	for _, test := range tests {
		t.Run(test.written, func(t *testing.T) {
			built, warnings, err := policy.New(policy.Document{
				Roles:    map[string][]string{"old": {test.written}},
				Bindings: []policy.Binding{{Role: "old", To: []string{alice}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]policy.Warning{{Field: "roles.old[0]", Message: test.warning}}, warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]policy.Permission{test.grants}, built.Permissions(user(alice))); diff != "" {
				t.Errorf("granted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeprecatedAdminConstantIsRead(t *testing.T) {
	if policy.ServiceTokensAdmin != policy.ServiceRead {
		t.Error("the deprecated admin permission grants more than reading")
	}
}

func TestServicePermissionsInDocumentedOrder(t *testing.T) {
	var got []string
	for _, p := range policy.ServicePermissions() {
		got = append(got, string(p)+" "+p.Action())
	}
	want := []string{"access-tokens:service:read read", "access-tokens:service:write create", "access-tokens:service:revoke delete"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnOlderSpellingOfARefMatches(t *testing.T) {
	built := table(t, policy.Document{
		Roles: map[string][]string{"reader": {"access-tokens:service:read"}},
		Bindings: []policy.Binding{
			{Role: "reader", To: []string{" GROUP:Platform "}, Groups: []string{"Data"}},
			{Role: "administrator", To: []string{"User:Alice"}},
		},
	})
	if err := built.May(user(alice), policy.Admin); err != nil {
		t.Errorf("User:Alice is not %s: %v", alice, err)
	}
	if _, err := built.Decide(user(bob, platform), policy.ServiceRead, token.Grant{Owner: data}); err != nil {
		t.Errorf("GROUP:Platform is not %s, or Data is not %s: %v", platform, data, err)
	}
}

func TestParseRef(t *testing.T) {
	for written, want := range map[string]string{
		"user:alice":                                 alice,
		"group:Default/Platform":                     platform,
		"service-token:platform:robot":               robot,
		"service-token:group:default/platform:robot": robot,
		"alice":         "",
		"default/alice": "",
		"":              "",
		":alice":        "",
		"service-token:group:default/platform:Robot":  "",
		"service-token:group:default/platform:":       "",
		"service-to\u212aen:group:default/platform:r": "",
		"local:root": "",
		"*":          "",
		"user:*":     "",
	} {
		got, err := policy.ParseRef(written)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseRef(%q) = %q, %v; want %q", written, got, err, want)
		}
	}
}

func TestWithAddsRunTimeGrants(t *testing.T) {
	configured := sample(t)
	extended := configured.With([]policy.Binding{
		{Role: "administrator", To: []string{bob}},
		{Role: "left-the-file", To: []string{bob}},
		{Role: "auditor", To: []string{"nonsense"}},
		{Role: "administrator", To: []string{"user:default/carol"}, Groups: []string{platform}},
	})
	if err := extended.May(user(bob), policy.Admin); err != nil {
		t.Errorf("granted role is not held: %v", err)
	}
	if err := configured.May(user(bob), policy.Admin); err == nil {
		t.Error("With changed the table it was called on")
	}
	if err := extended.May(user("user:default/carol"), policy.ServiceRead); err == nil {
		t.Error("a binding that New would refuse gives rights")
	}
}

func TestValidateNamesTheFields(t *testing.T) {
	policyTable := sample(t)
	if err := policyTable.Validate(policy.Binding{Role: "auditor", To: []string{alice}}); err != nil {
		t.Errorf("a good binding is refused: %v", err)
	}
	err := policyTable.Validate(policy.Binding{Role: "king", To: []string{"alice"}})
	var first *policy.Fault
	if !errors.As(err, &first) || first.Field != "role" || !strings.Contains(err.Error(), "\nto[0]: ") {
		t.Errorf("faults: %v", err)
	}
}

func TestRoles(t *testing.T) {
	policyTable := sample(t)
	if diff := cmp.Diff([]string{"administrator", "auditor", "user", "introspector", "reader", "token-admin"}, policyTable.Roles()); diff != "" {
		t.Error(diff)
	}
	if held, ok := policyTable.RolePermissions("auditor"); !ok || len(held) != 2 {
		t.Errorf("auditor holds %v, %v", held, ok)
	}
	if _, ok := policyTable.RolePermissions("king"); ok {
		t.Error("an unknown role is known")
	}
}
