package peer_test

import (
	"context"
	"fmt"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// Search calls catalog, which lists its key; the way back is closed, because
// search does not list that of catalog.
func ExampleTokenManager() {
	ctx := context.Background()
	catalogKey := peer.Key{Caller: peer.Caller{Name: "catalog"}, Secret: peer.GenerateSecret()}
	searchKey := peer.Key{Caller: peer.Caller{Name: "search", Scopes: token.Scopes{"catalog:read"}}, Secret: peer.GenerateSecret()}

	catalog, err := peer.New(peer.Options{Keys: []peer.Key{catalogKey, searchKey}})
	if err != nil {
		fmt.Println(err)
		return
	}
	search, err := peer.New(peer.Options{Keys: []peer.Key{searchKey}})
	if err != nil {
		fmt.Println(err)
		return
	}

	raw, _ := search.GetToken(ctx)
	caller, err := catalog.Authenticate(ctx, raw.Reveal())
	fmt.Println(caller.Name, caller.Covers("catalog:read"), caller.Covers("catalog:write"), err)

	raw, _ = catalog.GetToken(ctx)
	_, err = search.Authenticate(ctx, raw.Reveal())
	fmt.Println(token.ReasonOf(err))
	// Output:
	// search true false <nil>
	// signature
}

// Everything that is wrong is said at once.
func ExampleNew_faults() {
	_, err := peer.New(peer.Options{Keys: []peer.Key{
		{Caller: peer.Caller{Name: "catalog"}, Secret: token.NewSecret("c2hvcnQ=")},
		{Caller: peer.Caller{Name: "Search"}, Secret: peer.GenerateSecret()},
	}})
	fmt.Println(err)
	// Output:
	// peer.keys[0]: peer "catalog": key 1 decodes to 5 bytes, at least 32 are needed
	// peer.keys[1].name: must be 1 to 63 lower-case letters, digits or hyphens
}

// A caller that is restricted to some plugins may do nothing elsewhere, and
// passes on only what is not limited.
func ExampleRestrictions() {
	restrictions, err := peer.ParseRestrictions([]byte(`[
		{"plugin": "permission"},
		{"plugin": "catalog", "permissionAttribute": {"action": "read"}}
	]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(restrictions.Check("catalog", "catalog.entity.read", "read"))
	fmt.Println(restrictions.Check("search", "search.query", "read"))
	fmt.Println(restrictions.CheckDelegation("catalog"))
	// Output:
	// <nil>
	// This token's access is restricted to plugin(s) 'permission', 'catalog'
	// Access to target plugin 'catalog' is restricted and cannot be delegated
}
