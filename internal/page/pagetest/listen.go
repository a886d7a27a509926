package pagetest

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"time"
)

// patience is how long a test waits for an event that takes milliseconds.
const patience = 20 * time.Second

// Hearing is what a page hears that listens for changes.
type Hearing struct {
	Status int
	Header http.Header

	browser *Browser
	events  chan string
	close   context.CancelFunc
}

// Listen begins to listen, as the script of a page does. It ends with the test, or
// by Close.
func (b *Browser) Listen(path string) *Hearing {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	b.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.server.URL+path, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.client.Do(req) //nolint:bodyclose // whoever reads it closes it, below
	if err != nil {
		b.t.Fatal(err)
	}
	h := &Hearing{Status: res.StatusCode, Header: res.Header, browser: b, events: make(chan string, 100), close: cancel}
	go func() {
		defer close(h.events)
		defer func() { _ = res.Body.Close() }()
		name := ""
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			switch field, value, _ := strings.Cut(lines.Text(), ": "); field {
			case "event":
				name = value
			case "data":
				h.events <- strings.TrimSpace(name + " " + value)
			}
		}
	}()
	return h
}

// Next waits for the next event and gives its name and what it says: "change
// service". It is "" when nothing comes any more.
func (h *Hearing) Next() string {
	h.browser.t.Helper()
	select {
	case event := <-h.events:
		return event
	case <-time.After(patience):
		h.browser.t.Fatal("nothing is heard")
		return ""
	}
}

// Close stops listening.
func (h *Hearing) Close() { h.close() }
