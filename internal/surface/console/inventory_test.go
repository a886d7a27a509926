package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const (
	inventoryPath = "/admin/inventory"
	rowNames      = "tbody th a"
)

// rows are the names in the list of a page of the inventory.
func rows(p *pagetest.Page) []string { return p.Texts(".list " + rowNames) }

func TestTheInventoryShowsTokensOfEveryKind(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		tw.Issue(platform, "audit", "catalog:read")
		tw.Issue(data, "build", "catalog:write", "catalog:read")
		tw.Revoke(tw.Issue(data, "crawl", "catalog:read"))
		assign(t, tw, bob, "Camera", "upload")
		for query, want := range map[string][]string{
			"":                                {"Camera", "crawl", "build", "audit"},
			"?sort=name&order=asc":            {"Camera", "audit", "build", "crawl"},
			"?kind=user":                      {"Camera"},
			"?state=revoked":                  {"crawl"},
			"?state=usable":                   {"Camera", "build", "audit"},
			"?owner=group%3Adefault%2Fdata":   {"crawl", "build"},
			"?owner=user%3Adefault%2Fbob":     {"Camera"},
			"?scope=catalog%3Awrite":          {"build"},
			"?scope=catalog":                  nil,
			"?q=aud":                          {"audit"},
			"?unused=30":                      nil,
			"?kind=no&state=no&sort=no&from=": {"Camera", "crawl", "build", "audit"},
		} {
			page := b.Get(inventoryPath + query)
			if got := rows(page); page.Status != http.StatusOK || !cmp.Equal(got, want) {
				t.Errorf("%s: %d %q, want %q", query, page.Status, got, want)
			}
		}
	})
}

func TestALongInventoryIsReadPageByPage(t *testing.T) {
	tw, b := visit(t)
	var want []string
	for i := range 60 {
		name := fmt.Sprintf("job-%03d", i)
		if tw.Issue(platform, name, "catalog:read"); i%4 == 0 {
			assign(t, tw, alice, name+"-user", "upload")
			want = append(want, name, name+"-user")
			continue
		}
		want = append(want, name)
	}
	slices.Sort(want)
	first := b.Get(inventoryPath + "?sort=name&order=asc")
	second := first.Follow(".pager [rel=next]")
	if diff := cmp.Diff(want, slices.Concat(rows(first), rows(second))); diff != "" {
		t.Error(diff)
	}
	if second.Has(".pager [rel=next]") {
		t.Error("the last page leads on")
	}
}

func TestAFieldOfTheCalendarLeadsToWhatItCounts(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "year", "catalog:read")
	assign(t, tw, bob, "Camera", "upload")
	page := b.Get(inventoryPath)
	if got := len(page.Texts(".heat td")); got != 54 {
		t.Errorf("%d weeks", got)
	}
	cells := page.Attrs(".heat td a", "href")
	var named []string
	for _, path := range cells {
		named = append(named, rows(b.Get(path))...)
	}
	if slices.Sort(named); !cmp.Equal(named, []string{"Camera", "year"}) {
		t.Errorf("%q lead to %q", cells, named)
	}
}

func TestPicturesOfTheInventoryAreOfAllTokens(t *testing.T) {
	clock := tokentest.NewClock(time.Now().Add(-40 * 24 * time.Hour))
	tw := tokentest.Start(t, tokentest.WithClock(clock))
	tw.Issue(platform, "old", "catalog:read")
	used := tw.Issue(platform, "used", "catalog:read")
	clock.Advance(40 * 24 * time.Hour)
	tw.Issue(data, "new", "catalog:read")
	use(t, tw, used.Secret, "catalog:read", "")
	tw.WriteUsage()
	b := pagetest.SignIn(t, tw, admin)
	page := b.Get(inventoryPath)
	if got := page.Texts(".tiles .tile"); !slices.Contains(got, "3 Active") || !slices.Contains(got, "1 Not used for 30 days") || !slices.Contains(got, "0 Not used for 90 days") {
		t.Errorf("the tiles say %q", got)
	}
	if got := page.Text(".legend-good"); got != "1 use" {
		t.Errorf("all tokens were used %q", got)
	}
	if got := rows(b.Get(inventoryPath + "?unused=30")); !cmp.Equal(got, []string{"old"}) {
		t.Errorf("unused are %q", got)
	}
	if b.Get(inventoryPath + "?q=old").Has(".heat") {
		t.Error("a filtered list has pictures of all tokens")
	}
}

// revoked counts entries of the log.
func entries(tw *tokentest.Server, action audit.Action) int {
	return len(tw.Entries(audit.Query{Actions: []audit.Action{action}}))
}

func TestTickedTokensAreRevokedAfterAPreview(t *testing.T) {
	tw, b := visit(t)
	one, two := tw.Issue(platform, "one", "catalog:read"), assign(t, tw, bob, "two", "upload")
	tw.Issue(platform, "three", "catalog:read")
	gone := tw.Issue(platform, "gone", "catalog:read")
	tw.Revoke(gone)
	before := entries(tw, audit.TokenRevoked)
	ask := b.Get(inventoryPath + "/change?action=revoke&id=service:" + one.Token.ID + "&id=user:" + two.Token.ID + "&id=service:" + gone.Token.ID + "&id=service:none")
	if got := ask.Text("h1"); got != "Revoke 2 tokens?" {
		t.Fatalf("it asks %q", got)
	}
	if got := ask.Texts("#hits li"); !cmp.Equal(got, []string{"Service token: 1", "User token: 1"}) {
		t.Errorf("it hits %q", got)
	}
	if got := len(tw.Entries(audit.Query{Actions: []audit.Action{audit.TokenRevoked}})); got != before {
		t.Fatal("the question has changed something")
	}
	after := ask.Submit("form.form", "reason", "clean-up")
	if after.Status != http.StatusOK || after.Text(".toast") != "The tokens are revoked" {
		t.Errorf("%d %q", after.Status, after.Text(".toast"))
	}
	if got := rows(b.Get(inventoryPath + "?state=usable")); !cmp.Equal(got, []string{"three"}) {
		t.Errorf("usable are %q", got)
	}
	if got := entries(tw, audit.TokenRevoked) - before; got != 2 {
		t.Errorf("%d entries in the log", got)
	}
}

func TestAnOwnerIsRevokedByOneEntry(t *testing.T) {
	tw, b := visit(t)
	for i := range 30 {
		tw.Issue(data, fmt.Sprintf("job-%02d", i), "catalog:read")
	}
	kept := tw.Issue(platform, "kept", "catalog:read")
	list := b.Get(inventoryPath + "?owner=group%3Adefault%2Fdata")
	ask := list.Follow("#revoke-all")
	if got := ask.Text("h1"); got != "Revoke 30 tokens?" {
		t.Fatalf("it asks %q", got)
	}
	later := tw.Issue(data, "made-meanwhile", "catalog:read")
	ask.Submit("form.form", "reason", "left the company")
	if got := tw.Entries(audit.Query{Actions: []audit.Action{audit.TokensRevoked}}); len(got) != 1 || got[0].Reason != "left the company" {
		t.Errorf("the log says %v", got)
	}
	if got, want := rows(b.Get(inventoryPath+"?state=usable")), []string{later.Token.Name, kept.Token.Name}; !cmp.Equal(got, want) {
		t.Errorf("usable are %q, want %q", got, want)
	}
}

// The list shows tokens alone, so nothing else ends (row C-12): one entry for each
// kind, and the person stays signed in.
func TestTheTokensOfAPersonAreRevokedAndTheyStaySignedIn(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b, hers := pagetest.SignIn(t, tw, admin), pagetest.SignIn(t, tw, alice)
		assign(t, tw, alice, "one", "upload")
		inDemo(t, tw, "Two")
		inDemo(t, tw, "Three")
		ask := b.Get(inventoryPath + "?owner=" + url.QueryEscape(alice)).Follow("#revoke-all")
		if got := ask.Text("h1"); got != "Revoke 3 tokens?" {
			t.Fatalf("it asks %q", got)
		}
		if got := ask.Texts("#hits li"); !cmp.Equal(got, []string{"Workspace token: 2", "User token: 1"}) {
			t.Errorf("it hits %q", got)
		}
		if !strings.Contains(ask.Text("#keeps"), "stay signed in") {
			t.Error("it does not say what stays")
		}
		ask.Submit("form.form")
		if got := rows(b.Get(inventoryPath + "?state=usable")); len(got) > 0 {
			t.Errorf("usable are %q", got)
		}
		if got := hers.Get(sessionsPath).URL.Path; got != sessionsPath {
			t.Errorf("she was signed out, and is at %s", got)
		}
		var kinds []string
		for _, e := range tw.Entries(audit.Query{Actions: []audit.Action{audit.TokensRevoked}}) {
			kinds = append(kinds, string(e.Kind))
		}
		if slices.Sort(kinds); !cmp.Equal(kinds, []string{"user", "workspace"}) {
			t.Errorf("the log has entries of the kinds %q", kinds)
		}
	})
}

func TestManyTokensAreDisabledStepByStep(t *testing.T) {
	tw, b := visit(t)
	for i := range 60 {
		tw.Issue(platform, fmt.Sprintf("job-%02d", i), "catalog:read")
	}
	tw.Issue(platform, "kept", "catalog:read")
	page := b.Get(inventoryPath + "?q=job-").Follow("#disable-all")
	if got := page.Text("h1"); got != "Disable 60 tokens?" {
		t.Fatalf("it asks %q", got)
	}
	tw.Issue(platform, "job-made-meanwhile", "catalog:read")
	page = page.Submit("form.form")
	var said []string
	for steps := 0; page.Has("form[data-continue]") && steps < 9; steps++ {
		said = append(said, page.Text("[role=status]"))
		page = page.Submit("form[data-continue]")
	}
	if want := []string{"25 of 60 done", "50 of 60 done", "60 of 60 done"}; !cmp.Equal(said, want) {
		t.Errorf("on its way it says %q, want %q", said, want)
	}
	if got := entries(tw, audit.TokenDisabled); got != 60 {
		t.Errorf("%d were disabled", got)
	}
	if got := rows(b.Get(inventoryPath + "?state=usable&sort=name&order=asc")); !cmp.Equal(got, []string{"job-made-meanwhile", "kept"}) {
		t.Errorf("usable are %q", got)
	}
}

func TestWithoutAFilterNotEverythingCanBeRevoked(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "kept", "catalog:read")
	if b.Get(inventoryPath).Has("#revoke-all") {
		t.Error("the whole inventory can be revoked by one press")
	}
	for _, query := range []string{"?action=revoke&all=yes", "?action=burn&all=yes&q=k", ""} {
		if got := b.Get(inventoryPath + "/change" + query).Status; got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, got)
		}
	}
	nothing := b.Get(inventoryPath + "/change?action=revoke")
	if nothing.Status != http.StatusOK || !strings.Contains(nothing.Text(".blank"), "Nothing to change") {
		t.Errorf("%d %q", nothing.Status, nothing.Text(".blank"))
	}
}

func TestTheInventoryIsForAdministrators(t *testing.T) {
	tw, _ := visit(t)
	b := pagetest.SignIn(t, tw, alice)
	for _, path := range []string{inventoryPath, inventoryPath + "/change?action=revoke"} {
		if got := b.Get(path).Status; got != http.StatusForbidden {
			t.Errorf("%s: %d", path, got)
		}
	}
}
