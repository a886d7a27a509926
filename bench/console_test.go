package bench_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// consoleTokens is how many tokens the list is a page of.
const consoleTokens = 100_000

// BenchmarkConsole measures the list of service tokens as people see it: what the
// server takes for it beside the JSON API, which gives the same data, and what a
// browser that never saw it takes, loads and moves.
func BenchmarkConsole(b *testing.B) {
	b.Setenv("TOKENWRIGHT_LIMITS_REQUESTS_PER_MINUTE", "1000000")
	p := startTokenwright(b) // makes the data folder
	must(b, p.end())
	fillSQLite(b, filepath.Join(p.data, "tokenwright.db"), formats(b), consoleTokens)
	p.restart(b)
	p.compareList(b)
	p.showList(b)
	for b.Loop() { // the figures are in the report
	}
}

// compareList asks for the first 50 tokens as a page and as JSON, in turn.
func (p *process) compareList(b *testing.B) {
	b.Helper()
	host := " HTTP/1.1\r\nHost: " + p.addr + "\r\n"
	page := [][]byte{[]byte("GET /admin/access-tokens" + host + "Accept-Encoding: gzip\r\nCookie: " + p.session(b) + "\r\n\r\n")}
	data := [][]byte{[]byte("GET /api/access-tokens/service?limit=50" + host + "Authorization: Bearer " + p.admin + "\r\n\r\n")}
	var ratios, pages []float64
	for range rounds {
		asJSON := load{p.addr, data, 2, "200"}.run(b, p.pid, time.Second)
		asPage := load{p.addr, page, 2, "200"}.run(b, p.pid, time.Second)
		ratios, pages = append(ratios, asPage.perRequest()/asJSON.perRequest()), append(pages, asPage.perRequest())
	}
	report.set(figure{
		"Q1", "console, list of 50 out of " + human(consoleTokens) + ", beside the JSON API",
		fmt.Sprintf("%.2fx of its CPU (%.1f ms a page)", median(ratios), median(pages)/1e3), "at most 3x",
	})
}

// session signs an administrator in and gives the cookie.
func (p *process) session(b *testing.B) string {
	b.Helper()
	link := strings.TrimSpace(p.run(b, "admin", "link"))
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, link, http.NoBody)
	must(b, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := http.DefaultTransport.RoundTrip(req)
	must(b, err)
	defer answer.Body.Close()
	for _, cookie := range answer.Cookies() {
		if strings.HasPrefix(cookie.Value, "session_") {
			return cookie.Name + "=" + cookie.Value
		}
	}
	b.Fatalf("the sign-in answered %s without a session", answer.Status)
	return ""
}

// showList opens the list in a real browser, each time with an empty cache.
func (p *process) showList(b *testing.B) {
	b.Helper()
	cmd := exec.Command("node", "timings.mjs")
	cmd.Dir = filepath.Join("..", "e2e", "console")
	cmd.Env = append(cmd.Environ(), "ORIGIN=http://"+p.addr, "LINK="+strings.TrimSpace(p.run(b, "admin", "link")),
		"LIST=/admin/access-tokens", fmt.Sprint("ROUNDS=", rounds))
	out, err := cmd.Output()
	if err != nil {
		report.set(figure{"Q2", "console in a browser", "not measured: " + err.Error(), "needs Chromium and npm ci in e2e/console"})
		return
	}
	var sizes, moves, paints []float64
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var seen struct{ Bytes, Shifts, Painted, Rows float64 }
		must(b, json.Unmarshal(lines.Bytes(), &seen))
		if seen.Rows != 50 {
			b.Fatalf("the list has %v rows", seen.Rows)
		}
		sizes, moves, paints = append(sizes, seen.Bytes), append(moves, seen.Shifts), append(paints, seen.Painted)
	}
	report.set(figure{
		"Q2", "console, the same in Chromium with an empty cache",
		fmt.Sprintf("%.0f kB in all, first text after %.0f ms, shift %.3f", median(sizes)/1e3, median(paints), median(moves)),
		"under 100 kB, under 1 s, none",
	})
}
