package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

func noOwners(r *rig) {
	r.issued("ci")
	for _, q := range []token.Query{
		{Owners: []string{}},
		{Owner: platform, Owners: []string{}},
		{Owner: platform, Owners: []string{data}},
		{Owner: "group:default/nobody"},
	} {
		q.Kind, q.Now, q.Limit = token.KindService, start(), 10
		page, err := r.store.ListTokens(r.ctx, q)
		r.must(err)
		r.same("page", len(page.Tokens), 0)
		r.same("total", page.Total, 0)
	}
}

// manyOwners lists more owners than a list reads one by one.
func manyOwners(r *rig) {
	var owners, want []string
	for i := range 30 {
		owner := "group:default/" + numbered("g", i)
		t := r.issued("ci", of(owner), at(start().Add(time.Duration(i)*time.Second)))
		if i%2 == 0 {
			owners, want = append(owners, owner, owner), append(want, t.ID)
		}
	}
	for n := range len(want) + 1 {
		page, err := r.store.ListTokens(r.ctx, token.Query{
			Kind: token.KindService, Owners: append([]string{}, owners[:2*n]...), Now: start(), Asc: true, Limit: 100,
		})
		r.must(err)
		r.same("page", ids(page.Tokens), append([]string{}, want[:n]...))
		r.same("total", page.Total, n)
	}
	page, err := r.store.ListTokens(r.ctx, token.Query{Now: start(), Limit: 100})
	r.must(err)
	r.same("all kinds", page.Total, 30)
}

func searchesAtOnce(r *rig) {
	found := r.issued("found")
	r.issued("other")
	gone, cancel := context.WithCancel(r.ctx)
	cancel()
	for i, err := range parallel(20, func(i int) error {
		ctx := r.ctx
		if i%4 == 0 {
			ctx = gone
		}
		page, err := r.store.ListTokens(ctx, token.Query{Kind: token.KindService, Text: "foun", Now: start(), Limit: 5})
		if err == nil && (len(page.Tokens) != 1 || page.Tokens[0].ID != found.ID) {
			err = fmt.Errorf("search %d found %d tokens", i, len(page.Tokens))
		}
		return err
	}) {
		if i%4 == 0 {
			r.refused(err, token.ErrUnavailable)
			continue
		}
		r.must(err)
	}
}

func (r *rig) search(text string) []string {
	r.Helper()
	page, err := r.store.ListTokens(r.ctx, token.Query{
		Kind: token.KindService, Text: text, Now: start(), Sort: token.SortName, Asc: true, Limit: 100,
	})
	r.must(err)
	r.same("total", page.Total, len(page.Tokens))
	names := []string{}
	for _, t := range page.Tokens {
		names = append(names, t.Name)
	}
	return names
}

func searchIsLiteral(r *rig) {
	described := func(text string) func(*token.New) { return func(n *token.New) { n.Token.Description = text } }
	r.issued("percent", described("100% sure"))
	r.issued("underscore", described("snake_case"))
	r.issued("backslash", described(`C:\temp`))
	r.issued("plain", described("snakeXcase"))
	r.issued("umlaut", described("Überprüfung ÄÖÜ straße Ελλάδα"))
	r.issued("hinted", func(n *token.New) { n.Token.Hint = "bsat_QwErTy" })
	for text, want := range map[string][]string{
		"%":          {"percent"},
		"_":          {"backslash", "hinted", "percent", "plain", "umlaut", "underscore"}, // every hint has one
		"snake_case": {"underscore"},
		`\`:          {"backslash"},
		`c:\TEMP`:    {"backslash"},
		"ÜBERPRÜF":   {"umlaut"},
		"äöü":        {"umlaut"},
		"ελλάδα":     {"umlaut"},
		"STRASSE":    {},
		"qwerty":     {"hinted"},
		"PLAIN":      {"plain"},
		"' OR 1=1":   {},
		"$1?":        {},
	} {
		r.same("search for "+text, r.search(text), want)
	}
}

func searchWithinFields(r *rig) {
	r.issued("front", func(n *token.New) { n.Token.Description = "back" })
	r.same("across", r.search("frontback"), []string{})
	r.same("within", r.search("back"), []string{"front"})
}

func workspaceLimits(r *rig) {
	in := func(workspace string) func(*token.New) {
		return func(n *token.New) { n.Token.Workspace = workspace }
	}
	first := r.issued("first", in("acme"))
	r.issued("second", in("other"))
	r.issued("third")
	page, err := r.store.ListTokens(r.ctx, token.Query{Kind: token.KindService, Workspace: "acme", Now: start(), Limit: 10})
	r.must(err)
	r.same("page", ids(page.Tokens), []string{first.ID})
	r.same("total", page.Total, 1)
}

// totalsStayRight makes enough changes for tokens to be settled several
// times, and asks for totals at instants between all expiries.
func totalsStayRight(r *rig) {
	var all []token.Token
	for i := range 160 {
		all = append(all, r.issued(numbered("ci", i), func(n *token.New) {
			n.Token.ExpiresAt = start().Add(time.Duration(i*i*i) * time.Second) // from one second to 47 days
			if i%3 == 0 {
				n.Token.Owner = data
			}
		}))
		if i%4 == 0 {
			disabled, err := r.setDisabled(all[i], true, start())
			r.must(err)
			all[i] = disabled
		}
		if i%5 == 0 {
			revoked, err := r.revoke(all[i], "", start())
			r.must(err)
			all[i] = revoked
		}
		if i%20 == 0 {
			r.sequence()
		}
	}
	check := func(first int) {
		r.Helper()
		for i := first; i < 160; i += 21 {
			for _, owner := range []string{"", platform, data} {
				for _, state := range append(token.States(), "") {
					q := token.Query{
						Kind: token.KindService, Owner: owner, Now: all[i].ExpiresAt.Add(-time.Microsecond),
						Notice: token.Notice{Window: time.Duration(i) * time.Hour},
					}
					if state != "" {
						q.States = []token.State{state}
					}
					page, err := r.store.ListTokens(r.ctx, q)
					r.must(err)
					if want := len(table{tokens: all}.expect(q)); page.Total != want {
						r.Fatalf("total of %s %q at %d: %d, want %d", owner, state, i, page.Total, want)
					}
				}
			}
		}
	}
	check(0)
	r.sequence()
	check(0)
	r.sweepAll(all[21].ExpiresAt.Add(-time.Microsecond))
	check(21)
}

func totalAlone(r *rig) {
	r.issued("ci")
	page, err := r.store.ListTokens(r.ctx, token.Query{Kind: token.KindService, Now: start()})
	r.must(err)
	r.same("total", page.Total, 1)
	r.same("page", len(page.Tokens), 0)
	page, err = r.store.ListTokens(r.ctx, token.Query{Kind: token.KindService, Now: start(), Limit: 5, NoTotal: true})
	r.must(err)
	r.same("total not asked for", page.Total, 0)
	r.same("page", len(page.Tokens), 1)
}
