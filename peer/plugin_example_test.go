package peer_test

import (
	"context"
	"fmt"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// The plugin probe was called by ci, which is restricted to two plugins, and
// calls others for it.
func ExamplePluginTokens() {
	ci := &peer.Principal{Subject: "external:ci", Restrictions: peer.Restrictions{
		{Plugin: "catalog"}, {Plugin: "probe", Actions: []string{"read"}},
	}}
	call := func(ctx context.Context, caller *peer.Principal) error {
		probe, err := peer.NewPluginTokens(peer.PluginOptions{ID: "probe"})
		if err != nil {
			return err
		}
		raw, err := probe.GetToken(ctx, "catalog", peer.Behalf{Caller: caller})
		if err != nil {
			return err
		}
		atCatalog, err := peer.New(peer.Options{PluginID: "catalog", Plugins: []peer.Plugin{{ID: "probe", Keys: probe}}})
		if err != nil {
			return err
		}
		who, err := atCatalog.Authenticate(ctx, raw.Reveal())
		if err != nil {
			return err
		}
		fmt.Println(who.Subject, "for", who.OnBehalfOf)
		_, err = probe.GetToken(ctx, "search", peer.Behalf{Caller: who})
		return err
	}
	fmt.Println(token.Message(call(context.Background(), ci)))
	// Output:
	// plugin:probe for external:ci
	// Access to target plugin 'search' is not included in token's access restrictions
}
