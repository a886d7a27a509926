package page

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/token"
)

// Sheet is one page.
type Sheet struct {
	Title   string // in the visitor's words
	Content templ.Component
	// Tab is the path of the tab that the page belongs to; "" is that of the
	// page's own path.
	Tab string
	// Trail leads back to the pages above this one.
	Trail []Link
	// Status is 200 when it is 0.
	Status int
	// FormTarget is an origin or scheme, beside our own origin, to which a form
	// of the page leads in the end; see [FormTarget].
	FormTarget string
	// Narrow is a page for one decision: no navigation, a column in the middle.
	Narrow bool
	// First is the path of a script of ours that runs before anything else of
	// the page: before its style, its script, and its content. "" is none.
	First string
	// Live are the kinds of tokens that the page shows: where scripts run it looks
	// again when one of them changes. The answer to a POST is not live.
	Live []token.Kind
}

// Link is a text that leads to a path.
type Link struct{ Text, Path string }

// Write answers with a page, complete or not at all.
func (s *Site) Write(w http.ResponseWriter, v *Visitor, sheet Sheet) error {
	var out bytes.Buffer
	// No component waits for anything: what a page shows was read before.
	if err := document(v, sheet).Render(context.Background(), &out); err != nil {
		return fmt.Errorf("page: write %q: %w", sheet.Title, err)
	}
	if v.Notice != "" {
		s.cookies.set(w, noticeCookie, "", -time.Second) // said once
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policyOf(sheet.FormTarget))
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	body := out.Bytes()
	if v.zips {
		body = s.zippers.zip(body)
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Add("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if sheet.Status == 0 {
		sheet.Status = http.StatusOK
	}
	w.WriteHeader(sheet.Status)
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	return nil
}
