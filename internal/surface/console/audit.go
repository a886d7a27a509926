package console

import (
	"context"
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
)

// auditPath is the list of the entries of the log.
const auditPath = adminBase + "/audit"

// Log reads the audit log. The stores implement it.
type Log interface {
	audit.Reader
	EntryReader
}

// EntryReader reads entries as people do.
type EntryReader interface {
	ListEntries(ctx context.Context, q audit.Query) (audit.Page, error)
	IterateEntries(ctx context.Context, q audit.Query, do func(audit.Stored) error) error
	// FindEntry gives one entry, or token.ErrNotFound. Its position is -1 while
	// it has none.
	FindEntry(ctx context.Context, id string) (audit.Stored, error)
}

// AuditOptions are what the pages about the log are made of. All are required.
type AuditOptions struct {
	Log    Log
	Origin string // first line of the log's checkpoints
	// TokensNamed gives the ids of the tokens whose names begin so, the first of
	// them.
	TokensNamed func(ctx context.Context, beginning string) ([]string, error)
	// Cursors seal how far a verification has come.
	Cursors wire.Cursors
}

// auditRoutes are the pages that answer at once, below adminBase.
func (h handlers) auditRoutes() []web.Route {
	reader := web.Browsers(string(policy.AuditRead))
	return append([]web.Route{
		{Method: http.MethodGet, Pattern: "/audit", Access: reader, Handle: h.listEntries},
		{Method: http.MethodGet, Pattern: "/audit/checkpoint", Access: reader, Handle: h.downloadCheckpoint},
		{Method: http.MethodGet, Pattern: "/audit/{id}", Access: reader, Handle: h.showEntry},
		{Method: http.MethodGet, Pattern: "/audit/{id}/proof", Access: reader, Handle: h.downloadProof},
	}, change("/audit/verify", reader, h.askVerify, h.verifyLog)...)
}

// exportRoutes are those that take as long as the log is long.
func (h handlers) exportRoutes() []web.Route {
	return []web.Route{{
		Method: http.MethodGet, Pattern: "/audit/export", Access: web.Browsers(string(policy.AuditRead)), Handle: h.exportEntries,
	}}
}

// withoutEnd gives limits for answers that take as long as they take.
func withoutEnd(limits web.Limits) web.Limits {
	limits.Timeout = -1
	return limits
}

// entryView is an entry of the log as pages show it.
type entryView struct {
	ID, Path                 string
	At                       time.Time
	Action, Code             string // in words, and as it is stored
	Refused                  bool
	Actor, ActorType, Via    string
	TokenID, TokenPath, Name string
	Owner, Subject           string
	Kind, Workspace          string
	Reason                   string
	Address, Request         string
	Details                  []entryDetail
}

// entryDetail is a text by name.
type entryDetail struct{ Name, Value string }

// listedEntries is a part of the log.
type listedEntries struct {
	filter auditFilter
	table  page.Table
	people []string // to choose from
}

func (h handlers) listEntries(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	filter, err := readAuditFilter(r)
	if err != nil {
		return err
	}
	found, err := h.seekEntries(r, filter)
	if err != nil {
		return err
	}
	people, err := h.People(r.Context())
	if err != nil {
		return err
	}
	list := listedEntries{filter: filter, people: people, table: h.entryTable(v, filter, found)}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("audit.title"), Tab: auditPath, Content: auditList(v, list)})
}

// exportEntries gives the entries of a filter as a file.
func (h handlers) exportEntries(w http.ResponseWriter, r *web.Request) error {
	filter, err := readAuditFilter(r)
	if err != nil {
		return err
	}
	write, ending := wire.WriteEntryLines, "jsonl"
	if filter.format == "csv" {
		write, ending = wire.WriteEntryTable, "csv"
	}
	query, ok, err := h.auditQuery(r.Context(), filter)
	if err != nil {
		return err
	}
	attach(w, "audit-"+h.Authority.Now().Format(time.DateOnly)+"."+ending)
	return write(w, func(do func(audit.Stored) error) error {
		if !ok {
			return nil // nothing can match
		}
		return unreadable(h.Audit.Log.IterateEntries(r.Context(), query, do))
	})
}

// attach has the browser keep the answer as a file. The name is ours alone (row
// H-14).
func attach(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
