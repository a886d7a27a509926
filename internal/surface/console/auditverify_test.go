package console_test

import (
	"database/sql"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

const verifyPath = auditPath + "/verify"

// verified goes on with a verification to its end, as a browser without scripts
// does, and gives how many parts it took.
func verified(p *pagetest.Page) (last *pagetest.Page, parts int) {
	for parts = 1; p.Has("[data-continue]"); parts++ {
		p = p.Submit("[data-continue]")
	}
	return p, parts
}

// manyEntries makes a log of more entries than one part of a verification reads.
func manyEntries(t *testing.T, tw *tokentest.Server) {
	t.Helper()
	for i := range 600 {
		tw.Issue(platform, "browser-job-"+strconv.Itoa(i), "catalog:read")
	}
	placed(t, pagetest.SignIn(t, tw, admin), "?about=browser-job-599")
}

func TestTheLogIsVerifiedInPartsToItsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, with...)
		b := pagetest.SignIn(t, tw, admin)
		manyEntries(t, tw)
		first := b.Get(verifyPath).Submit("form.form")
		if got := first.Text("label[for=progress]"); !strings.HasPrefix(got, "500 of ") {
			t.Errorf("the first part says %q", got)
		}
		last, parts := verified(first)
		if got := last.Text("[data-said]"); parts != 2 || !strings.HasPrefix(got, "The log is whole. ") {
			t.Errorf("after %d parts: %q", parts, got)
		}
	})
}

func TestTheLogIsComparedWithACheckpointThatWasKept(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "build", "catalog:read")
	placed(t, b, "?about=build")
	kept := b.Get(auditPath + "/checkpoint").Source()
	tw.Issue(platform, "later", "catalog:read")
	placed(t, b, "?about=later")
	// As a form gives it: with other ends of lines, and without the last.
	typed := strings.TrimSpace(strings.ReplaceAll(kept, "\n", "\r\n"))
	last, _ := verified(b.Get(verifyPath).Submit("form.form", "checkpoint", typed))
	if !strings.Contains(last.Text(".note"), "The checkpoint that you kept is part of it.") {
		t.Errorf("it says %q", last.Text(".note"))
	}
	again := b.Get(verifyPath).Submit("form.form", "checkpoint", strings.Replace(kept, "\n", "\n1", 1))
	if again.Status != http.StatusUnprocessableEntity || !again.Has("#checkpoint-fault") {
		t.Errorf("what is no checkpoint: %d", again.Status)
	}
}

// How far a verification has come is sealed: nobody makes the page say that a log
// is whole of which it read the end alone.
func TestAVerificationCannotBeToldThatItCameFar(t *testing.T) {
	_, b := visit(t)
	p := b.Get(verifyPath)
	csrf := p.Attr("[name=csrf]", "value")
	for _, reached := range []string{"x", strings.Repeat("A", 120)} {
		if got := b.Post(verifyPath+"?reached="+reached, "csrf", csrf, "checkpoint", ""); got.Has("[data-said]") || got.Status < 400 {
			t.Errorf("%q: %d", reached, got.Status)
		}
	}
}

// Row K-15: an entry that was changed behind the server is found, and shown as a
// finding and no fault of the program.
func TestK15AChangedEntryIsFound(t *testing.T) {
	url := pgtest.Start(t).Database(t, nil)
	tw := tokentest.Start(t, tokentest.WithDatabase(url))
	b := pagetest.SignIn(t, tw, admin)
	tw.Issue(platform, "build", "catalog:read")
	entry := placed(t, b, "?about=build").URL.Path
	alter(t, url, `UPDATE audit_entries SET body = convert_to(replace(convert_from(body, 'UTF8'), 'catalog:read', 'catalog:write'), 'UTF8') WHERE action = 'token.issued'`)
	last, _ := verified(b.Get(verifyPath).Submit("form.form"))
	if last.Status != http.StatusOK || last.Text("[data-said]") != "The log was changed after it was written." {
		t.Errorf("%d: %q", last.Status, last.Text("[data-said]"))
	}
	if got := b.Get(entry).Text(".facts .badge.bad"); got != "Changed" {
		t.Errorf("the entry is %q", got)
	}
}

// An entry that does not go with its columns cannot be exported: what comes instead
// is a page, and no file that passes for the log.
func TestAnExportThatCannotBeginIsNoFile(t *testing.T) {
	url := pgtest.Start(t).Database(t, nil)
	tw := tokentest.Start(t, tokentest.WithDatabase(url))
	b := pagetest.SignIn(t, tw, admin)
	tw.Issue(platform, "build", "catalog:read")
	placed(t, b, "?about=build")
	alter(t, url, `UPDATE audit_entries SET kind = 'user' WHERE action = 'token.issued'`)
	for _, format := range []string{"jsonl", "csv"} {
		got := b.Get(auditPath + "/export?about=build&format=" + format)
		if kept := got.Header.Get("Content-Disposition"); got.Status < http.StatusBadRequest || kept != "" {
			t.Errorf("%s: %d, kept as %q", format, got.Status, kept)
		}
	}
}

// alter changes the database behind the server.
func alter(t *testing.T, url, change string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}
