package policy_test

import (
	"fmt"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

func ExampleTable_Decide() {
	table, _, err := policy.New(policy.Document{
		Roles: map[string][]string{"token-admin": {"access-tokens:service:read", "access-tokens:service:write"}},
		Bindings: []policy.Binding{{
			Role:   "token-admin",
			To:     []string{"group:default/platform"},
			Groups: []string{"group:default/platform"},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	alice := token.Principal{Type: token.PrincipalUser, Ref: "user:default/alice", Groups: []string{"group:default/platform"}}

	grant, err := table.Decide(alice, policy.ServiceWrite, token.Grant{Owner: "group:default/platform", Name: "ci"})
	fmt.Println(grant.Name, err)

	_, err = table.Decide(alice, policy.ServiceWrite, token.Grant{Owner: "group:default/data", Name: "ci"})
	fmt.Println(err)

	owners, all := table.Owners(alice, policy.ServiceRead)
	fmt.Println(owners, all)
	// Output:
	// ci <nil>
	// permission
	// [group:default/platform] false
}
