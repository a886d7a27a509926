package policy_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

var roles = map[string][]string{
	"reader":  {"access-tokens:service:read"},
	"writer":  {"access-tokens:service:write"},
	"revoker": {"access-tokens:service:revoke"},
	"trio":    {"access-tokens:service:read", "access-tokens:service:write", "access-tokens:service:revoke"},
	"follow":  {"access-tokens:feed:read", "access-tokens:introspect"},
}

func drawGroups(label string) *rapid.Generator[[]string] {
	return rapid.Custom(func(t *rapid.T) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{platform, data, "group:ops/night"}), 0, 3, rapid.ID[string]).Draw(t, label)
	})
}

// drawBinding gives only bindings that New accepts.
func drawBinding(t *rapid.T) policy.Binding {
	limitable := []string{"reader", "writer", "revoker", "trio"}
	b := policy.Binding{
		Role: rapid.SampledFrom(append([]string{"administrator", "auditor", "follow"}, limitable...)).Draw(t, "role"),
		To:   rapid.SliceOfN(rapid.SampledFrom([]string{alice, bob, platform, data, robot}), 1, 3).Draw(t, "to"),
	}
	if groups := drawGroups("limit").Draw(t, "groups"); slices.Contains(limitable, b.Role) && len(groups) > 0 {
		b.Groups = groups
	}
	return b
}

func drawPrincipal(t *rapid.T) token.Principal {
	return token.Principal{
		Type:      rapid.SampledFrom([]token.PrincipalType{"", token.PrincipalUser, token.PrincipalService, "odd"}).Draw(t, "type"),
		Ref:       rapid.SampledFrom([]string{"", alice, bob, platform, robot}).Draw(t, "ref"),
		Groups:    drawGroups("member").Draw(t, "member of"),
		FromToken: rapid.Bool().Draw(t, "from token"),
	}
}

func drawGrant(t *rapid.T) token.Grant {
	return token.Grant{
		Kind:      token.KindService,
		Owner:     rapid.SampledFrom([]string{"", platform, data, "group:ops/night"}).Draw(t, "owner"),
		Scopes:    rapid.SliceOf(rapid.SampledFrom([]string{"catalog:read", "catalog:write", "*"})).Draw(t, "scopes"),
		ExpiresAt: time.Unix(rapid.Int64Range(0, 1e9).Draw(t, "expiry"), 0),
	}
}

func drawTable(t *rapid.T) policy.Table {
	built, _, err := policy.New(policy.Document{Roles: roles, Bindings: rapid.SliceOfN(rapid.Custom(drawBinding), 0, 6).Draw(t, "bindings")})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return built
}

func drawAction(t *rapid.T) policy.Permission {
	return rapid.SampledFrom(append(policy.Permissions(), "", "*", "access-tokens:*")).Draw(t, "action")
}

func TestDecideNeverWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := drawGrant(t)
		got, err := drawTable(t).Decide(drawPrincipal(t), drawAction(t), asked)
		if err != nil {
			return
		}
		for _, scope := range got.Scopes {
			if !slices.Contains(asked.Scopes, scope) {
				t.Fatalf("scope %s was not asked for", scope)
			}
		}
		if got.Owner != asked.Owner || got.Kind != asked.Kind || got.ExpiresAt.After(asked.ExpiresAt) {
			t.Fatalf("asked %+v, got %+v", asked, got)
		}
	})
}

func TestWithoutABindingEverythingIsDenied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		built, _, err := policy.New(policy.Document{Roles: roles})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := built.Decide(drawPrincipal(t), drawAction(t), drawGrant(t)); err == nil {
			t.Fatal("allowed without a binding")
		}
	})
}

func TestAddingABindingNeverTakesARightAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, who, action, grant := drawTable(t), drawPrincipal(t), drawAction(t), drawGrant(t)
		after := before.With([]policy.Binding{drawBinding(t)})
		if _, err := before.Decide(who, action, grant); err != nil {
			return
		}
		if _, err := after.Decide(who, action, grant); err != nil {
			t.Fatalf("allowed before, now %v", err)
		}
	})
}

func TestDecideMayAndOwnersAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		built, who, action, grant := drawTable(t), drawPrincipal(t), drawAction(t), drawGrant(t)
		_, err := built.Decide(who, action, grant)
		owners, all := built.Owners(who, action)
		if listed := all || slices.Contains(owners, grant.Owner); listed != (err == nil) {
			t.Fatalf("Decide says %v, Owners says %v, %v", err, owners, all)
		}
		if err == nil && built.May(who, action) != nil {
			t.Fatal("Decide allows what May refuses")
		}
		if !all && owners == nil {
			t.Fatal("nil owners would mean all in a query")
		}
	})
}

func TestNoCredentialOutOfATokenEverIssues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		who := drawPrincipal(t)
		who.FromToken = true
		if _, err := drawTable(t).Decide(who, policy.ServiceWrite, drawGrant(t)); err == nil {
			t.Fatal("a token made a token (E-03)")
		}
	})
}
