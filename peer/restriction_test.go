package peer_test

import (
	"errors"
	"testing"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// The recorded answers of the reference's probe plugin.
func TestRestrictionsLimitPluginsPermissionsAndActions(t *testing.T) {
	r := peer.Restrictions{
		{Plugin: "catalog"},
		{Plugin: "probe", Actions: []string{"read"}},
		{Plugin: "tech", Permissions: []string{"tech.create", "tech.update"}},
	}
	for _, tc := range []struct {
		plugin, permission, action string
		want                       bool
	}{
		{"catalog", "anything", "", true},
		{"probe", "probe.read", "read", true},
		{"probe", "probe.create", "create", false},
		{"probe", "probe.use", "", false}, // an action limit denies what has none
		{"tech", "tech.create", "create", true},
		{"tech", "tech.delete", "delete", false},
		{"search", "search.read", "read", false},
	} {
		err := r.Check(tc.plugin, tc.permission, tc.action)
		if (err == nil) != tc.want || err != nil && !errors.Is(err, token.ErrRestricted) {
			t.Errorf("%s %s: error = %v, want allowed: %v", tc.plugin, tc.permission, err, tc.want)
		}
	}
	if err := r.Check("search", "x", ""); err.Error() != "This token's access is restricted to plugin(s) 'catalog', 'probe', 'tech'" {
		t.Errorf("the message is %q", err)
	}
	if err := peer.Restrictions(nil).Check("search", "x", ""); err != nil {
		t.Errorf("without restrictions: %v", err)
	}
}

// PEER-20.
func TestRestrictionsLimitWhatMayBePassedOn(t *testing.T) {
	r := peer.Restrictions{{Plugin: "permission"}, {Plugin: "probe", Actions: []string{"read"}}}
	for target, want := range map[string]string{
		"permission": "",
		"probe":      "Access to target plugin 'probe' is restricted and cannot be delegated",
		"catalog":    "Access to target plugin 'catalog' is not included in token's access restrictions",
	} {
		err := r.CheckDelegation(target)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want || !errors.Is(err, token.ErrRestricted)) {
			t.Errorf("%s: error = %v, want %q", target, err, want)
		}
	}
}

func TestScopesAndRestrictionsMustBothAllow(t *testing.T) {
	limit := peer.Restrictions{{Plugin: "catalog", Actions: []string{"read"}}}
	for _, tc := range []struct {
		name   string
		holder peer.Principal
		scope  string
		want   bool
	}{
		{"nothing (PEER-10)", peer.Principal{}, "catalog:read", false},
		{"a scope", peer.Principal{Scopes: token.Scopes{"catalog:read"}}, "catalog:read", true},
		{"another scope", peer.Principal{Scopes: token.Scopes{"catalog:read"}}, "catalog:write", false},
		{"everything", peer.Principal{Scopes: token.Scopes{"*"}}, "catalog:write", true},
		{"a plugin", peer.Principal{Restrictions: limit}, "catalog:read", true},
		{"a name with dots", peer.Principal{Restrictions: limit}, "catalog.entity.read", true},
		{"another action", peer.Principal{Restrictions: limit}, "catalog:delete", false},
		{"another plugin", peer.Principal{Restrictions: limit}, "catalogue:read", false},
		{"both", peer.Principal{Scopes: token.Scopes{"catalog:read"}, Restrictions: limit}, "catalog:read", true},
		{"the scope alone", peer.Principal{Scopes: token.Scopes{"search:read"}, Restrictions: limit}, "search:read", false},
		{"the restriction alone", peer.Principal{Scopes: token.Scopes{"search:read"}, Restrictions: limit}, "catalog:read", false},
	} {
		if got := tc.holder.Covers(tc.scope); got != tc.want {
			t.Errorf("%s: %s is covered: %v, want %v", tc.name, tc.scope, got, tc.want)
		}
	}
}
