package page_test

import (
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/page"
)

func TestAHeatMapLeadsToWhatItsCellsHold(t *testing.T) {
	var out strings.Builder
	heat := page.Heat{Title: "Ends", Rows: []page.HeatRow{{Label: "May", Cells: []page.HeatCell{
		{Title: "none"}, {Title: "one ends <now>", Count: 1, Path: "/x?week=1"}, {Title: "many end", Count: 40, Path: "/x?week=2"},
	}}}}
	if err := page.HeatOf(heat).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`class="heat-0"`, `class="heat-1"`, `class="heat-4"`, `href="/x?week=2"`, "one ends &lt;now&gt;"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%s is not in %s", part, out.String())
		}
	}
}
