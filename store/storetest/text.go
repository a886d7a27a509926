package storetest

import (
	"strings"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func textBehaviours() []behaviour {
	return []behaviour{
		{"a refusal is recorded whatever text it holds", strangeEntries},
		{"a record with strange text is kept as it is or refused, never cut or changed", strangeRecords},
		{"a search for strange text finds nothing and breaks nothing", strangeSearch},
		{"a look-up by strange text finds nothing", strangeLookups},
	}
}

// strange is text that the edges refuse; a store must stand it all the same
// (H-05).
func strange() []string {
	return []string{
		"nul\x00inside", "\x00", "\xff\xfe", "cut \xe2\x82", "\xed\xa0\x80", "line\u2028separator",
		"\u202egnitirw", "\uFFFD", `\ufffd`, `{"a":"b"}`, "<script>&", "'; DROP TABLE tokens; --", "\uFEFF",
		strings.Repeat("long ", 20_000),
	}
}

func strangeEntries(r *rig) {
	for _, s := range strange() {
		e := audit.NewEntry(audit.AccessRefused, admin(), start())
		e.Actor, e.Name, e.Owner, e.Address = s, s, s, s
		r.must(r.store.AppendEntry(r.ctx, e.With("path", s).Refuse(token.ErrMalformed)))
	}
	r.sequence()
	r.same("verified", r.verified().Entries, int64(len(strange())))
	r.same("history", len(r.history(audit.Query{})), len(strange()))
}

func strangeRecords(r *rig) {
	for i, s := range strange() {
		n := draft(numbered("ci", i), func(n *token.New) { n.Token.Description, n.Token.Hint = s, s })
		if r.create(n) == nil {
			r.same("record", r.find(n.Token.ID), n.Token)
		} else {
			_, err := r.store.FindToken(r.ctx, n.Token.ID)
			r.refused(err, token.ErrNotFound)
		}
	}
	r.issued("after")
}

func strangeSearch(r *rig) {
	r.issued("ci")
	for _, s := range strange() {
		for _, q := range []token.Query{{Text: s}, {Owner: s}, {Workspace: s}, {Owners: []string{s}}} {
			q.Kind, q.Now, q.Limit = token.KindService, start(), 5
			page, err := r.store.ListTokens(r.ctx, q)
			r.must(err)
			r.same("found", len(page.Tokens), 0)
			r.same("total", page.Total, 0)
		}
	}
	r.same("afterwards", r.search("ci"), []string{"ci"})
}

func strangeLookups(r *rig) {
	r.issued("ci")
	for _, s := range strange() {
		_, err := r.store.FindToken(r.ctx, s)
		r.refused(err, token.ErrNotFound)
		_, err = r.store.FindUser(r.ctx, s)
		r.refused(err, token.ErrNotFound)
		_, err = r.store.FindEntryPosition(r.ctx, s)
		r.refused(err, token.ErrNotFound)
		has, err := r.store.HasGroup(r.ctx, s)
		r.must(err)
		r.same("has group", has, false)
		of, err := r.store.GroupsOf(r.ctx, s)
		r.must(err)
		r.same("groups", len(of), 0)
		for _, q := range []audit.Query{{TokenID: s}, {Owner: s}, {Actor: s}, {Kind: token.Kind(s)}} {
			r.same("entries", len(r.history(q)), 0)
			r.must(r.store.IterateEntries(r.ctx, q, func(audit.Stored) error { return token.ErrExists }))
		}
	}
}
