package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/verify"
)

// verifyAny demands nothing but a good token.
func verifyAny() verify.Expect { return verify.Expect{} }

const names = "tbody th a"

func TestFiltersAndOrderAreTheURL(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "build", "catalog:read")
	tw.Issue(platform, "audit", "catalog:read")
	tw.Revoke(tw.Issue(data, "crawl", "catalog:read"))
	for query, want := range map[string][]string{
		"?sort=name&order=asc":                    {"audit", "build", "crawl"},
		"?sort=name&order=desc":                   {"crawl", "build", "audit"},
		"?state=revoked":                          {"crawl"},
		"?group=" + platform + "&q=aud":           {"audit"},
		"?q=nothing":                              nil,
		"?group=no+such+group":                    nil,
		"?state=unheard-of&sort=bad&after=no-one": {"crawl", "audit", "build"},
	} {
		got := b.Get(servicePath + query)
		if got.Status != http.StatusOK {
			t.Errorf("%s: %d", query, got.Status)
		}
		if diff := cmp.Diff(want, got.Texts(names)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

func TestAFilterWithoutRowsLeadsBackToAll(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "build", "catalog:read")
	if got := b.Get(servicePath + "?q=nothing").Follow(".blank a").Texts(names); !cmp.Equal(got, []string{"build"}) {
		t.Errorf("it shows %q", got)
	}
}

func TestALongListIsReadForwardAndBack(t *testing.T) {
	tw, b := visit(t)
	var all []string
	for i := range 120 {
		name := fmt.Sprintf("job-%03d", i)
		tw.Issue(platform, name, "catalog:read")
		all = append(all, name)
	}
	newest := slices.Clone(all)
	slices.Reverse(newest)
	for query, want := range map[string][]string{"?sort=name&order=asc": all, "": newest, "?sort=lastUsedAt": newest} {
		first := b.Get(servicePath + query)
		if got := first.Text(".pager"); got != "120 tokens Next" {
			t.Errorf("%s: %q", query, got)
		}
		second := first.Follow(".pager [rel=next]")
		third := second.Follow(".pager [rel=next]")
		got := slices.Concat(first.Texts(names), second.Texts(names), third.Texts(names))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
		if third.Has(".pager [rel=next]") {
			t.Errorf("%s: the last page leads on", query)
		}
		if query == "?sort=lastUsedAt" {
			continue // backwards in what was never used is the first page
		}
		back := third.Follow(".pager [rel=prev]")
		if diff := cmp.Diff(second.Texts(names), back.Texts(names)); diff != "" {
			t.Errorf("%s: back: %s", query, diff)
		}
	}
}
