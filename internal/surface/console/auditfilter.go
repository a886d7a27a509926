package console

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// auditFilter is which entries of the log are shown, as the URL says it.
type auditFilter struct {
	actor, owner, token string
	action, outcome     string
	from, until         string // "2026-11-22T10:00", UTC
	format              string // of an export
	after, before       string // ids of entries
}

// readAuditFilter reads the query of the list and of an export. What means
// nothing is as good as none; what was given twice is an error.
func readAuditFilter(r *web.Request) (auditFilter, error) {
	params, err := r.Query()
	if err != nil {
		return auditFilter{}, err
	}
	var f auditFilter
	for name, into := range f.fields() {
		if *into, err = params.One(name); err != nil {
			return auditFilter{}, err
		}
		*into = strings.TrimSpace(*into)
	}
	if !slices.Contains(audit.Actions(), audit.Action(f.action)) {
		f.action = ""
	}
	if f.outcome != string(audit.Allowed) && f.outcome != string(audit.Refused) {
		f.outcome = ""
	}
	for _, at := range []*string{&f.from, &f.until} {
		if _, ok := auditTime(*at); !ok {
			*at = ""
		}
	}
	return f, nil
}

// fields gives what the parameters of the URL are read into.
func (f *auditFilter) fields() map[string]*string {
	return map[string]*string{
		"actor": &f.actor, "owner": &f.owner, "about": &f.token, "action": &f.action, "outcome": &f.outcome,
		"from": &f.from, "until": &f.until, "format": &f.format, "after": &f.after, "before": &f.before,
	}
}

// auditTime reads an instant of a filter: as a browser's field for date and time
// writes it, or a day.
func auditTime(text string) (at time.Time, ok bool) {
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly, time.RFC3339Nano} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), at.Year() > 0 && at.Year() < 10000
		}
	}
	return time.Time{}, false
}

// values gives the filter as the URL has it, without the place.
func (f auditFilter) values() url.Values {
	f.format, f.after, f.before = "", "", ""
	values := url.Values{}
	for name, value := range f.fields() {
		if *value != "" {
			values.Set(name, *value)
		}
	}
	return values
}

// active reports whether the list shows a part alone.
func (f auditFilter) active() bool { return len(f.values()) > 0 }

// exported gives where the entries of the filter come as a file.
func (f auditFilter) exported(format string) string {
	values := f.values()
	values.Set("format", format)
	return at(auditPath+"/export", values)
}

// auditQuery puts the filter into a query of the log. ok is false when nothing
// can match it.
func (h handlers) auditQuery(ctx context.Context, f auditFilter) (q audit.Query, ok bool, err error) {
	q = audit.Query{Actor: f.actor, Owner: f.owner, Outcome: audit.Outcome(f.outcome)}
	q.Since, _ = auditTime(f.from)
	q.Until, _ = auditTime(f.until)
	if f.action != "" {
		q.Actions = []audit.Action{audit.Action(f.action)}
	}
	if ref, ok := token.ParseUserRef(f.actor); ok {
		q.Actor = ref // others act, too: services, the command line
	}
	for _, kind := range []string{"user", "group"} {
		if ref, ok := token.ParseRef(kind, f.owner); ok && (kind == "user" || strings.Contains(f.owner, ":")) {
			q.Owner = ref
		}
	}
	if f.token == "" {
		return q, true, nil
	}
	if len(f.token) > maxSearch || !token.ValidText(f.token) {
		return q, false, nil
	}
	q.TokenIDs, err = h.Audit.TokensNamed(ctx, f.token)
	if isID(f.token) {
		q.TokenIDs = append(q.TokenIDs, f.token)
	}
	return q, len(q.TokenIDs) > 0, err
}

// isID reports whether a text has the shape of an id: a UUID in lower case.
func isID(text string) bool {
	return len(text) == 36 && strings.Trim(text, "0123456789abcdef-") == ""
}

// foundEntries is a part of the log, with what is beside it.
type foundEntries struct {
	entries    []audit.Entry
	total      int
	less, more bool // there is something before it, or behind it
}

// countedEntries is how far matching entries are counted: a number beyond it
// says nothing more to a person.
const countedEntries = 10_000

// seekEntries reads the part of the log that the filter names. A place is the id
// of an entry: one that does not exist is the beginning.
func (h handlers) seekEntries(r *web.Request, f auditFilter) (foundEntries, error) {
	q, ok, err := h.auditQuery(r.Context(), f)
	if err != nil || !ok {
		return foundEntries{}, err
	}
	q.Limit = pageLength + 1 // one more tells whether there is more
	if f.active() {
		q.CountTo = countedEntries + 1
	}
	if q.Before, err = h.placeOf(r.Context(), f.after); err != nil {
		return foundEntries{}, err
	}
	if q.After, err = h.placeOf(r.Context(), f.before); err != nil {
		return foundEntries{}, err
	}
	found, err := h.Audit.Log.ListEntries(r.Context(), q)
	if err != nil {
		return foundEntries{}, unreadable(err)
	}
	p := foundEntries{entries: found.Entries, total: found.Total, less: q.Before != nil}
	switch over := len(p.entries) > pageLength; {
	case q.After != nil && !over: // the beginning is reached
		f.before = ""
		return h.seekEntries(r, f)
	case q.After != nil:
		p.entries, p.less, p.more = p.entries[1:], true, true
	case over:
		p.entries, p.more = p.entries[:pageLength], true
	}
	return p, nil
}

// placeOf gives the place of an entry in the order of the list, nil for none.
func (h handlers) placeOf(ctx context.Context, id string) (*audit.Before, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // the list then begins at its beginning
	}
	e, err := h.Audit.Log.FindEntry(ctx, id)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return nil, nil //nolint:nilnil // as above
	case err != nil:
		return nil, unreadable(err)
	}
	return &audit.Before{At: e.At, ID: e.ID}, nil
}

// pages leads from a part of the log to those beside it.
func (f auditFilter) pages(found foundEntries) page.Pages {
	to := func(name, id string) string {
		values := maps.Clone(f.values())
		values.Set(name, id)
		return at(auditPath, values)
	}
	var p page.Pages
	if n := len(found.entries); n > 0 {
		if found.more {
			p.Next = to("after", found.entries[n-1].ID)
		}
		if found.less {
			p.First, p.Previous = at(auditPath, f.values()), to("before", found.entries[0].ID)
		}
	}
	return p
}
