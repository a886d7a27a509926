package client_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
	"github.com/tokenwright/tokenwright/tokentest"
)

// exported gives the ids of an export, in its order.
func exported(t *testing.T, c *client.Client, q client.EntryQuery) []string {
	t.Helper()
	var ids []string
	for line, err := range c.Export(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		var e api.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

// waitSequenced waits until every entry has its place in the log.
func waitSequenced(t *testing.T, c *client.Client) int {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		page, err := c.Entries(t.Context(), client.EntryQuery{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		head, err := c.LogHead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if head.Size == int64(page.Total) {
			return page.Total
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d entries, %d of them in the log", page.Total, head.Size)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestPagesOfTheLogHoldEveryEntryOnce(t *testing.T) {
	tw := tokentest.Start(t)
	c := open(t, client.Options{Socket: tw.Socket()})
	for _, name := range []string{"a", "b", "c"} {
		issue(t, c, name)
	}
	total := waitSequenced(t, c)
	var paged []string
	for q := (client.EntryQuery{Limit: 4}); ; {
		page, err := c.Entries(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			paged = append(paged, e.ID)
		}
		if q.Before = page.Next; q.Before == "" {
			break
		}
	}
	all := exported(t, c, client.EntryQuery{})
	if len(paged) != total || len(all) != total {
		t.Fatalf("%d entries: pages hold %d, the export %d", total, len(paged), len(all))
	}
	seen := map[string]bool{}
	for _, id := range append(paged, all...) {
		seen[id] = true
	}
	if len(seen) != total {
		t.Errorf("%d different entries, want %d", len(seen), total)
	}
}

func TestAnExportIsNarrowedByItsFilters(t *testing.T) {
	tw := tokentest.Start(t)
	c := open(t, client.Options{Socket: tw.Socket()})
	issued := issue(t, c, "one")
	if _, err := c.Revoke(t.Context(), issued.Token.ID, ""); err != nil {
		t.Fatal(err)
	}
	waitSequenced(t, c)
	for _, tc := range []struct {
		name string
		q    client.EntryQuery
		want int
	}{
		{"token", client.EntryQuery{TokenID: issued.Token.ID}, 2},
		{"token and action", client.EntryQuery{TokenID: issued.Token.ID, Action: "token.revoked"}, 1},
		{"two actions", client.EntryQuery{Action: "token.issued,token.revoked"}, 2},
		{"owner in another spelling", client.EntryQuery{Owner: "Platform", Action: "token.issued"}, 1},
		{"the future", client.EntryQuery{Since: time.Now().Add(time.Hour)}, 0},
	} {
		if got := exported(t, c, tc.q); len(got) != tc.want {
			t.Errorf("%s: %d entries, want %d", tc.name, len(got), tc.want)
		}
	}
}

func TestPagesOfTokensHoldEveryTokenOnce(t *testing.T) {
	tw := tokentest.Start(t)
	c := open(t, client.Options{Socket: tw.Socket()})
	want := map[string]bool{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		want[issue(t, c, name).Token.ID] = true
	}
	pages := 0
	for q := (client.TokenQuery{Limit: 2}); ; {
		page, err := c.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if pages++; page.Total != 5 {
			t.Errorf("total %d, want 5", page.Total)
		}
		for _, one := range page.Tokens {
			if !want[one.ID] {
				t.Errorf("token %s is there twice, or not ours", one.Name)
			}
			delete(want, one.ID)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if len(want) > 0 || pages != 3 {
		t.Errorf("%d pages, and %d tokens were on none", pages, len(want))
	}
}
