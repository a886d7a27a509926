package console_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// The inventory and the landing page in a real browser.
func TestTheInventoryInABrowser(t *testing.T) {
	node := needBrowser(t)
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		if len(with) > 0 && !everything() {
			t.Skip("on PostgreSQL with TOKENWRIGHT_PROOF=full")
		}
		tw := tokentest.Start(t, with...)
		for i := range 60 {
			tw.Issue(platform, fmt.Sprintf("bulk-%02d", i), "catalog:read")
		}
		for i := range 30 {
			tw.Issue(data, fmt.Sprintf("plain-%02d", i), "catalog:read")
		}
		used := tw.Issue(data, "used", "catalog:read")
		use(t, tw, used.Secret, "catalog:read", "")
		use(t, tw, used.Secret, "catalog:write", "")
		tw.WriteUsage()
		links := make([]string, 5)
		for i := range links {
			links[i] = pagetest.Link(t, tw, admin)
		}
		runScript(t, node, "inventory.mjs", "ORIGIN="+tw.URL, "LINKS="+strings.Join(links, ","))
	})
}
