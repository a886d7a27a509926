package console_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const auditPath = "/admin/audit"

// auditor may read the log and nothing else.
const auditor = `roles: {log-reader: [access-tokens:audit:read]}
bindings: [{role: log-reader, to: ["user:default/alice"]}]`

// codes are the names of the actions of a list.
func codes(p *pagetest.Page) []string { return p.Texts("tbody th code") }

func TestTheLogIsNarrowedByItsFilters(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		build := tw.Issue(platform, "build-images", "catalog:read")
		tw.Revoke(build)
		tw.Issue(data, "crawl", "catalog:read")
		tomorrow := time.Now().Add(24 * time.Hour).UTC().Format("2006-01-02T15:04")
		for query, want := range map[string][]string{
			"?about=build-images": {"token.revoked", "token.issued"},
			"?about=build":        {"token.revoked", "token.issued"},
			"?about=" + build.Token.ID + "&action=token.issued": {"token.issued"},
			"?owner=" + data:                                         {"token.issued"},
			"?about=nothing":                                         nil,
			"?about=" + strings.Repeat("x", 200):                     nil,
			"?action=session.begun&actor=admin":                      {"session.begun"},
			"?action=token.revoked&outcome=refused":                  nil,
			"?action=token.revoked&outcome=nonsense&from=no":         {"token.revoked"},
			"?action=token.revoked&from=" + tomorrow:                 nil,
			"?action=token.revoked&until=" + tomorrow:                {"token.revoked"},
			"?action=token.revoked&actor=user%3Adefault%2Fnobody":    nil,
			"?action=token.revoked&until=2020-01-01&from=2019-01-01": nil,
		} {
			got := b.Get(auditPath + query)
			if got.Status != http.StatusOK {
				t.Errorf("%s: %d", query, got.Status)
			}
			if diff := cmp.Diff(want, codes(got)); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
		}
	})
}

func TestActionsAndOutcomesAreSaidInWords(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "build", "catalog:read")
	p := b.Get(auditPath + "?about=build")
	if got := p.Text("tbody th a"); got != "Token created" {
		t.Errorf("the action is %q", got)
	}
	if got := p.Text("tbody .badge"); got != "Allowed" {
		t.Errorf("the outcome is %q", got)
	}
	for _, option := range p.Texts("#filter-action option") {
		if strings.Contains(option, ".") {
			t.Errorf("an action without words: %s", option)
		}
	}
}

func TestALongLogIsReadForwardAndBack(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		var all []string
		for i := range 120 {
			all = append(all, "job-"+strconv.Itoa(i))
			tw.Issue(platform, all[i], "catalog:read")
		}
		slices.Reverse(all)
		names := func(p *pagetest.Page) []string { return p.Texts("tbody [data-label=About] a") }
		first := b.Get(auditPath + "?action=token.issued")
		if got := first.Text(".pager span"); got != "120 entries" {
			t.Errorf("it counts %q", got)
		}
		second := first.Follow("[rel=next]")
		third := second.Follow("[rel=next]")
		if diff := cmp.Diff(all, slices.Concat(names(first), names(second), names(third))); diff != "" {
			t.Errorf("the pages (-want +got):\n%s", diff)
		}
		if third.Has("[rel=next]") {
			t.Error("there is something behind the end")
		}
		back := third.Follow("[rel=prev]")
		if diff := cmp.Diff(names(second), names(back)); diff != "" {
			t.Errorf("the way back (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(names(first), names(back.Follow("[rel=prev]"))); diff != "" {
			t.Errorf("the beginning (-want +got):\n%s", diff)
		}
		if got := b.Get(auditPath + "?action=token.issued&after=no-such-entry"); !cmp.Equal(names(got), names(first)) {
			t.Error("a place that does not exist is not the beginning")
		}
	})
}

// placed gives the page of the newest entry of a query, once it has its place.
func placed(t *testing.T, b *pagetest.Browser, query string) *pagetest.Page {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if p := b.Get(auditPath + query).Follow("tbody th a"); p.Has("a[download]") {
			return p
		}
	}
	t.Fatal("the entry gets no place in the log")
	return nil
}

func TestAnEntryIsShownWholeAndItsInclusionIsProved(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		issued := tw.Issue(platform, "build", "catalog:read")
		p := placed(t, b, "?about=build")
		if got := p.Text("h1"); got != "Token created" {
			t.Errorf("it is about %q", got)
		}
		var stored audit.Entry
		if err := json.Unmarshal([]byte(p.Text("#stored")), &stored); err != nil || stored.TokenID != issued.Token.ID {
			t.Errorf("stored is %q: %v", p.Text("#stored"), err)
		}
		facts := strings.Join(p.Texts(".facts dd"), "\n")
		for _, part := range []string{issued.Token.ID, platform, stored.ID, stored.Actor, "catalog:read", "Proved"} {
			if !strings.Contains(facts, part) {
				t.Errorf("the facts do not say %s", part)
			}
		}
		proof := p.Follow("a[download]")
		var read audit.Proof
		if err := json.Unmarshal([]byte(proof.Text("body")), &read); err != nil || read.Entry != p.Text("#stored") {
			t.Errorf("the proof is %s: %v", proof.Text("body"), err)
		}
		if got := proof.Header.Get("Content-Disposition"); got != `attachment; filename="proof-`+stored.ID+`.json"` {
			t.Errorf("it is kept as %s", got)
		}
		if got := b.Get(auditPath + "/" + issued.Token.ID).Status; got != http.StatusNotFound {
			t.Errorf("an entry that there is not: %d", got)
		}
	})
}

// Row H-03: what is exported is what the filters show, and no cell is a formula.
func TestH03TheSelectionIsExported(t *testing.T) {
	tw, b := visit(t)
	made := b.Get(userPath+"/new").Submit("form.form", "name", "=cmd|' /C calc'!A0", "user", alice, "scopes", "upload")
	if made.Status != http.StatusOK {
		t.Fatalf("%d %s", made.Status, made.Text("h1"))
	}
	tw.Issue(platform, "build", "catalog:read")
	placed(t, b, "?about=build")
	list := b.Get(auditPath + "?about=%3Dcmd")
	links := list.Attrs("a[download]", "href")
	table := b.Get(links[1])
	rows, err := csv.NewReader(strings.NewReader(table.Source())).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	name := slices.Index(rows[0], "name")
	if got := rows[1][name]; got != "'=cmd|' /C calc'!A0" {
		t.Errorf("the cell is %q", got)
	}
	lines := strings.Split(strings.TrimSpace(b.Get(links[0]).Source()), "\n")
	if len(lines) != 2 || lines[1] != `{"end":true,"entries":1}` || !strings.Contains(lines[0], `"name":"=cmd`) {
		t.Errorf("lines: %q", lines)
	}
	if got := table.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="audit-`) || !strings.HasSuffix(got, `.csv"`) {
		t.Errorf("it is kept as %s", got)
	}
}

func TestAnAuditorSeesTheLogAndOthersDoNot(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(auditor))
	reader, other := pagetest.SignIn(t, tw, alice), pagetest.SignIn(t, tw, bob)
	tw.Issue(platform, "build", "catalog:read")
	entry := placed(t, reader, "?about=build").URL.Path
	for _, path := range []string{"", "/verify", "/export?format=csv", "/checkpoint"} {
		if got := reader.Get(auditPath + path).Status; got != http.StatusOK {
			t.Errorf("the auditor gets %d for %s", got, path)
		}
		if got := other.Get(auditPath + path).Status; got != http.StatusForbidden {
			t.Errorf("somebody gets %d for %s", got, path)
		}
	}
	if got := other.Get(entry).Status; got != http.StatusForbidden {
		t.Errorf("somebody gets %d for an entry", got)
	}
	if got := reader.Get("/admin/keys").Status; got != http.StatusForbidden {
		t.Errorf("the auditor gets %d for the keys", got)
	}
}
