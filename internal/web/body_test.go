package web_test

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/internal/web"
)

// reading is a surface that tells what it read from a body.
func reading() web.Surface {
	return web.Surface{Dialect: web.Problem{}, Routes: []web.Route{
		{Method: "POST", Pattern: "/json", Access: web.Users(""), Handle: readJSON((*web.Request).JSON)},
		{Method: "POST", Pattern: "/fields", Access: web.Users(""), Handle: readJSON((*web.Request).FieldJSON)},
		{Method: "POST", Pattern: "/form", Access: web.Users(""), Handle: readForm},
		{Method: "GET", Pattern: "/query", Access: web.Users(""), Handle: readQuery},
	}}
}

func readJSON(read func(*web.Request) (web.JSON, error)) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		body, err := read(r)
		if err != nil {
			return err
		}
		object, err := body.Object()
		if err != nil {
			return err
		}
		value, _ := object.Find("a")
		text, _ := value.Text()
		return web.WriteJSON(w, http.StatusOK, text)
	}
}

func readForm(w http.ResponseWriter, r *web.Request) error {
	form, err := r.FormBody()
	if err != nil {
		return err
	}
	return writeParam(w, form)
}

func readQuery(w http.ResponseWriter, r *web.Request) error {
	query, err := r.Query()
	if err != nil {
		return err
	}
	return writeParam(w, query)
}

func writeParam(w http.ResponseWriter, p web.Params) error {
	value, err := p.One("a")
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, value)
}

func TestH11H12JSONBodies(t *testing.T) {
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}" }
	var members strings.Builder
	for i := range 1001 {
		members.WriteString(`,"k` + itoa(i) + `":1`)
	}
	const json = "application/json"
	tests := []struct {
		name, contentType, body string
		status                  int
	}{
		{"an object", json, `{"a":"x"}`, 200},
		{"with a charset", "Application/JSON; Charset=UTF-8", `{"a":"x"}`, 200},
		{"empty", "", "", 200},
		{"empty of any type", "text/plain", "", 200},
		{"as text", "text/plain", `{"a":"x"}`, 415},
		{"as a form", "application/x-www-form-urlencoded", `{"a":"x"}`, 415},
		{"without a type", "", `{"a":"x"}`, 415},
		{"other charset", json + "; charset=utf-16", `{"a":"x"}`, 415},
		{"a longer type", "application/json+x", `{"a":"x"}`, 415},
		{"two types", json + ", text/plain", `{"a":"x"}`, 415},
		{"an array", json, `[]`, 400},
		{"a number", json, `1`, 400},
		{"white space alone", json, ` `, 400},
		{"trailing data", json, `{"a":"x"} {}`, 400},
		{"duplicate", json, `{"a":"x","a":"y"}`, 400},
		{"duplicate, escaped", json, `{"a":"x","\u0061":"y"}`, 400},
		{"case twin", json, `{"a":"x","A":"y"}`, 400},
		{"deep", json, deep(32), 200},
		{"too deep", json, deep(33), 400},
		{"many members", json, `{"a":"x"` + members.String() + `}`, 400},
		{"BOM", json, "\xef\xbb\xbf{}", 400},
		{"NaN", json, `{"a":NaN}`, 400},
		{"invalid UTF-8", json, "{\"a\":\"\xff\"}", 400},
		{"half a pair", json, `{"a":"\ud800"}`, 400},
		{"long", json, `{"a":"` + strings.Repeat("x", 65536-8) + `"}`, 200},
		{"too long", json, `{"a":"` + strings.Repeat("x", 65536-7) + `"}`, 413},
		{"the type comes before the size", "text/plain", strings.Repeat("x", 70000), 415},
	}
	s := start(t, nil, reading())
	for _, test := range tests {
		if got := s.post("/json", test.contentType, test.body); got.status != test.status {
			t.Errorf("%s = %d, want %d: %s", test.name, got.status, test.status, got.body)
		}
	}
}

func TestI02BodiesOfUnknownLengthAreLimitedToo(t *testing.T) {
	s := start(t, nil, reading())
	chunked := func(contentType, body string) answer {
		return s.raw("POST /json HTTP/1.1\r\nHost: x\r\n" + as(alices) + "\r\nContent-Type: " + contentType +
			"\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body)
	}
	if got := chunked("application/json", "9\r\n{\"a\":\"x\"}\r\n0\r\n\r\n"); got.status != 200 {
		t.Errorf("chunked = %d", got.status)
	}
	if got := chunked("text/plain", "0\r\n\r\n"); got.status != 200 {
		t.Errorf("empty chunked = %d", got.status)
	}
	if got := chunked("text/plain", "1\r\n{\r\n0\r\n\r\n"); got.status != 415 {
		t.Errorf("chunked of another type = %d", got.status)
	}
	if got := chunked("application/json", "10001\r\n"+strings.Repeat(" ", 0x10001)+"\r\n0\r\n\r\n"); got.status != 413 {
		t.Errorf("chunked and too long = %d", got.status)
	}
}

func TestI01ASlowBodyIsGivenUp(t *testing.T) {
	s := start(t, nil, reading())
	server := web.NewServer(s.mux, slog.New(slog.DiscardHandler))
	server.ReadTimeout = 50 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	s.address = listener.Addr().String()
	got := s.raw("POST /json HTTP/1.1\r\nHost: x\r\n" + as(alices) + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	if got.status != 408 {
		t.Errorf("a body that does not come = %d", got.status)
	}
}

func TestI02CompressedBodiesAreRefused(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 1<<20))
	_ = z.Close()
	s := start(t, nil, reading())
	if got := s.post("/json", "application/json", bomb.String(), "Content-Encoding: gzip"); got.status != 415 {
		t.Errorf("gzip = %d", got.status)
	}
}

func TestHalfAPairInAFieldIsReadAsNUL(t *testing.T) {
	s := start(t, nil, reading())
	for body, want := range map[string]string{
		`{"a":"\ud800"}`:              `"\u0000"`,
		`{"a":"x\uDC00y"}`:            `"x\u0000y"`,
		`{"a":"\ud83d\ude00"}`:        "\"\U0001F600\"",
		`{"a":"\ud83d\ud83d\ude00"}`:  "\"\\u0000\U0001F600\"",
		`{"a":"\\ud800\ud800"}`:       `"\\ud800\u0000"`,
		`{"a":"\ud800\u0041","b":[]}`: `"\u0000A"`,
	} {
		if got := s.post("/fields", "application/json", body); got.status != 200 || got.body != want {
			t.Errorf("%s = %d %s, want %s", body, got.status, got.body, want)
		}
	}
	if got := s.post("/fields", "application/json", `{"a":"\ud800","a":1}`); got.status != 400 {
		t.Errorf("a duplicate beside half a pair = %d", got.status)
	}
}

func TestFormsAndQueriesHaveOneValuePerName(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	s := start(t, nil, reading())
	tests := []struct {
		name string
		got  answer
		want int
		body string
	}{
		{"form", s.post("/form", form, "a=x%20y"), 200, `"x y"`},
		{"form without it", s.post("/form", form, "b=1"), 200, `""`},
		{"the query is no part of the form", s.post("/form?a=q", form, "b=1"), 200, `""`},
		{"form twice", s.post("/form", form, "a=1&a=2"), 400, ""},
		{"form with a semicolon", s.post("/form", form, "a=1;b=2"), 400, ""},
		{"form with a bad escape", s.post("/form", form, "a=%zz"), 400, ""},
		{"form of invalid UTF-8", s.post("/form", form, "a=%ff"), 422, ""},
		{"JSON as a form", s.post("/form", "application/json", `{"a":"x"}`), 415, ""},
		{"query", s.send("GET", "/query?a=x%26y", as(alices)), 200, `"x&y"`},
		{"query twice", s.send("GET", "/query?a=1&%61=2", as(alices)), 400, ""},
	}
	for _, test := range tests {
		if test.got.status != test.want || test.body != "" && test.got.body != test.body {
			t.Errorf("%s = %d %s, want %d %s", test.name, test.got.status, test.got.body, test.want, test.body)
		}
	}
}

func FuzzFieldJSON(f *testing.F) {
	for _, seed := range []string{`{"a":"\ud800"}`, `{"a":"\\ud800"}`, `{"a":"\ud83d\ude00"}`, `{"a":`, `[]`, "", `{"a":"x","A":1}`} {
		f.Add([]byte(seed))
	}
	mux, err := web.NewMux((&site{}).options())
	if err != nil {
		f.Fatal(err)
	}
	if err := mux.Mount(reading()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest("POST", "/fields", bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+alices)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		switch w.Code {
		case 200, 400, 413:
		default:
			t.Errorf("%q = %d", body, w.Code)
		}
		if !utf8.Valid(w.Body.Bytes()) {
			t.Errorf("%q gave invalid UTF-8", body)
		}
	})
}
