package proof_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/tokenwright/tokenwright/api"
)

// Rows H-01, H-02, H-03 and H-14 (B-07, MUST-75, MUST-93): texts of strangers
// are one event of the log in one line, one row of a listing, one cell of an
// export, and never the name of a file.
func TestH02H03H14TextsOfStrangersStayTexts(t *testing.T) {
	t.Parallel()
	place := install(t)
	place.config += "log: {level: debug, format: json}\n"
	p := place.start()
	before := filesBelow(t, place.data)
	c := newCaller(p, p.userToken("user:default/admin"))
	texts := awkward(t)[:amount(60, 90)]
	issued := issueMany(p, platform, len(texts))
	var added atomic.Int64
	inParallel(len(texts), func(i int) {
		body := fmt.Sprintf(`{"ref":"user:default/u-%d","name":%s}`, i, literal(texts[i]))
		if c.do(t.Context(), http.MethodPost, api.Base+api.PathUsers, c.jwt, []byte(body)).acknowledged() {
			added.Add(1)
		}
		reason := `{"reason":` + literal(texts[i]) + `}`
		c.do(t.Context(), http.MethodPost, api.Base+"/tokens/"+issued[i].Token.ID+"/revoke", c.jwt, []byte(reason))
		shout(t, p, texts[i])
	})
	users := int(added.Load()) + 3 // of the demonstration
	if users < 25 {
		t.Fatalf("only %d texts were kept", users)
	}

	t.Run("listings", func(t *testing.T) {
		for _, args := range [][]string{{"user", "list"}, {"token", "list"}, {"audit", "list"}, {"user", "list", "-o", "json"}} {
			onlyPlain(t, strings.Join(args, " "), place.run("", args...))
		}
		if lines := strings.Count(place.run("", "user", "list"), "\n"); lines != users+1 {
			t.Errorf("%d lines for %d users and a head", lines, users)
		}
	})
	t.Run("export", func(t *testing.T) {
		entries := strings.Count(place.run("", "audit", "export"), "\n")
		records, err := csv.NewReader(strings.NewReader(place.run("", "audit", "export", "--format", "csv"))).ReadAll()
		must(t, err)
		if len(records) < entries-3 || len(records) > entries+3 { // exports are recorded too
			t.Errorf("%d rows of CSV, %d lines of JSON", len(records), entries)
		}
		for _, cell := range slices.Concat(records[1:]...) {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\x00") {
				t.Errorf("the cell %.60q is a formula", cell)
			}
		}
	})
	p.stop()
	checkEvents(t, p.said.all())
	if after := filesBelow(t, place.data); !slices.Equal(before, after) {
		t.Errorf("files before: %q, after: %q", before, after)
	}
}

// shout sends a text in every part of a request that a log might repeat.
func shout(t *testing.T, p *process, text string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	// The server may have heard enough before all of it was sent.
	_, _ = conn.Write(request("G"+text, "/"+text, "User-Agent: "+text, "X-Request-Id: "+text, "X-Forwarded-For: "+text, "Authorization: Bearer "+text, text+": x"))
	_ = conn.(*net.TCPConn).CloseWrite()
	_, _ = conn.Read(make([]byte, 1))
}

// onlyPlain fails for characters that a terminal obeys.
func onlyPlain(t *testing.T, what, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Fatalf("%s: U+%04X reaches the terminal", what, r)
		}
	}
}

// checkEvents reads a log: each line is one event with a constant message.
func checkEvents(t *testing.T, log []byte) {
	t.Helper()
	constant := regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9 ,;:'()-]*$`)
	events := 0
	for line := range bytes.Lines(log) {
		var event struct{ Time, Level, Msg string }
		if err := json.Unmarshal(line, &event); err != nil || event.Time == "" || event.Level == "" {
			t.Errorf("a line is no event: %.200q", line)
			continue
		}
		events++
		if event.Msg == "forged" || !constant.MatchString(event.Msg) {
			t.Errorf("a message is not constant: %.200q", event.Msg)
		}
		if i := bytes.IndexFunc(bytes.TrimSuffix(line, []byte("\n")), func(r rune) bool { return r < 0x20 || r == 0x7f }); i >= 0 {
			t.Errorf("a control character stands in the log: %.200q", line)
		}
	}
	if events < 5 {
		t.Errorf("the log has %d events", events)
	}
}

// filesBelow lists the files of a folder. Those that a database makes and
// drops by itself are left out.
func filesBelow(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	must(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-shm") && e.Type() != os.ModeSocket {
			names = append(names, path)
		}
		return err
	}))
	return names
}

// Row H-01 (MUST-80, J-05): the page of a link shows no text of strangers, and its
// policy would not run any.
func TestH01ThePageShowsNoTextOfStrangers(t *testing.T) {
	t.Parallel()
	v := visit(t)
	want := v.send(http.MethodGet, "/sign-in/abc", http.Header{}, "")
	for _, text := range awkward(t)[:90] {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			got := v.send(method, "/sign-in/"+url.PathEscape(text), http.Header{"Referer": {"x"}, "Accept-Language": {"<b>"}}, "")
			switch {
			case got.status == http.StatusTooManyRequests:
				continue // 30 a minute; the first ones were answered
			case got.status >= 500 || method == http.MethodPost && got.acknowledged():
				t.Errorf("%s with %q: %d", method, text, got.status)
			case method == http.MethodGet && got.status == http.StatusOK && !bytes.Equal(got.body, want.body):
				t.Errorf("the page depends on the code %q:\n%s", text, got.body)
			}
			if bytes.Contains(got.body, []byte("<script>")) || bytes.Contains(got.body, []byte("onmouseover")) {
				t.Errorf("%s with %q is repeated: %s", method, text, got.body)
			}
			if policy := got.header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
				t.Errorf("policy %q", policy)
			}
		}
	}
}
