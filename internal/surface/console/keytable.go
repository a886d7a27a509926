package console

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/token"
)

// keyTable is the keys of one use as a table.
type keyTable struct {
	use   token.KeyUse
	table page.Table
}

func tableOfKeys(v *page.Visitor, use keyUse) keyTable {
	table := page.Table{
		Caption: useText(v, "use", use.use),
		Columns: []page.Column{
			{Title: v.Text("keys.kid")},
			{Title: v.Text("keys.state")},
			{Title: v.Text("keys.algorithm")},
			{Title: v.Text("keys.made")},
			{Title: v.Text("keys.until")},
			{},
		},
		Empty: page.Empty{Title: v.Text("keys.none"), Text: useText(v, "none", use.use)},
	}
	for _, one := range use.keys {
		table.Rows = append(table.Rows, page.Row{ID: "key-" + one.KID, Cells: []templ.Component{
			kidCell(one), keyStateCell(v, one), algorithmCell(one), keyMadeCell(v, one), keyUntilCell(v, one), keyMenu(v, one),
		}})
	}
	return keyTable{use.use, table}
}

// peerTable lists the services that sign by keys of the configuration.
func peerTable(v *page.Visitor, peers []Peer) page.Table {
	table := page.Table{
		Caption: v.Text("keys.peers"),
		Columns: []page.Column{
			{Title: v.Text("keys.peer")},
			{Title: v.Text("keys.state")},
			{Title: v.Text("keys.peer.types")},
			{Title: v.Text("keys.peer.subject")},
		},
		Empty: page.Empty{Title: v.Text("keys.peers.none"), Text: v.Text("keys.peers.none.text")},
	}
	for _, one := range peers {
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			peerCell(one), peerStateCell(v, one), codeCell(strings.Join(one.Types, ", ")), codeCell(one.Subject),
		}})
	}
	return table
}
