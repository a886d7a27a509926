package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// TestHoldingsSayWhatGivesARole: being a person, one's own name, a group; each as
// often as it is given, grants behind the configuration.
func TestHoldingsSayWhatGivesARole(t *testing.T) {
	table, _, err := policy.New(policy.Document{
		DefaultRole: policy.RoleUser,
		Roles:       map[string][]string{"keeper": {string(policy.ServiceRead)}},
		Bindings: []policy.Binding{
			{Role: "auditor", To: []string{alice, platform}},
			{Role: "keeper", To: []string{platform}, Groups: []string{platform}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	table = table.With([]policy.Binding{{Role: "auditor", To: []string{alice}}})
	want := []policy.Holding{
		{Role: "user"},
		{Role: "auditor", By: alice},
		{Role: "auditor", By: alice},
		{Role: "auditor", By: platform},
		{Role: "keeper", By: platform, Groups: []string{platform}},
	}
	who := token.Principal{Type: token.PrincipalUser, Ref: alice, Groups: []string{platform}}
	if diff := cmp.Diff(want, table.Holdings(who)); diff != "" {
		t.Error(diff)
	}
	if got := table.Holdings(token.Principal{Type: token.PrincipalService, Ref: alice}); got != nil {
		t.Errorf("E-05: a service with the ref of a person holds %v", got)
	}
	if diff := cmp.Diff([]string{"administrator", "auditor", "keeper"}, table.RolesWith(policy.ServiceRead)); diff != "" {
		t.Error(diff)
	}
}
