package policy_test

import (
	"errors"
	"testing"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// While it is not known who may do what, nobody is allowed anything and nobody
// is told that they may not (row C10). Whoever can open the admin socket may
// mend it.
func TestAnUnknownPolicyIsUnavailable(t *testing.T) {
	table := policy.Table{}.With([]policy.Binding{{Role: policy.RoleAdministrator, To: []string{"user:default/admin"}}})
	unknown := table.Unknown()
	for _, who := range []string{"user:default/admin", "user:default/bob"} {
		by := token.Principal{Type: token.PrincipalUser, Ref: who}
		if err := unknown.May(by, policy.ServiceRead); !errors.Is(err, token.ErrUnavailable) {
			t.Errorf("%s: May = %v, want ErrUnavailable", who, err)
		}
		if _, err := unknown.Decide(by, policy.ServiceRead, token.Grant{Owner: "group:default/a"}); !errors.Is(err, token.ErrUnavailable) {
			t.Errorf("%s: Decide = %v, want ErrUnavailable", who, err)
		}
		if owners, all := unknown.Owners(by, policy.ServiceRead); all || len(owners) > 0 {
			t.Errorf("%s: Owners = %v, %v", who, owners, all)
		}
	}
	if err := unknown.May(token.Principal{Type: token.PrincipalLocal, Ref: "local:root"}, policy.Admin); err != nil {
		t.Errorf("the admin socket: %v", err)
	}
	if err := table.May(token.Principal{Type: token.PrincipalUser, Ref: "user:default/admin"}, policy.Admin); err != nil {
		t.Errorf("the table it was made from has changed: %v", err)
	}
}
