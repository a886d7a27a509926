package proof_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// awkward gives texts that a page, a log, a terminal, a spreadsheet, a query or
// a database might take for something else than text, one for each way that is
// known, and those of the lists beside the checkout.
func awkward(t testing.TB) []string {
	t.Helper()
	texts := []string{
		"", " ", "plain", `<b onmouseover="alert(1)">x</b>`, "</textarea><script>alert(1)</script>", "javascript:alert(1)", "{{.Token}}", "${7*7}",
		"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "one\r\n{\"level\":\"ERROR\",\"msg\":\"forged\"}", "a\nb", "a\rb",
		"\x1b[2J", "\x1b]0;title\x07", "\u009b31m", "\x00", "a\x00b", "\x7f", "\x08\x08", "\u2028", "\u2029", "\ufeffx", "zero\u200bwidth",
		"\u202egnp.exe", "\u2066x\u2069", "\xff\xfe", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "e\u0301", "é", "ß", "ſ", "K", "İ", "ＡＤＭＩＮ", "аdmin",
		"'; DROP TABLE tokens; --", "' OR '1'='1", `" OR ""="`, "1; SELECT pg_sleep(9)", "%", "_", `\`, "%_%", "*", "?1", "$1", ":name", "{$ne:1}",
		"../../../etc/passwd", `..\..\x`, "/dev/null", "CON", "nul.txt", "a/b", "%2e%2e%2f", "__proto__", "constructor", "null", "NaN", "undefined", "[object Object]",
		strings.Repeat("x", 256), strings.Repeat("é", 1000), strings.Repeat("😀", 250), strings.Repeat("a\u0301", 300),
	}
	for _, line := range corpus(t, "names.txt") {
		line, _, _ = strings.Cut(line, " (")
		texts = append(texts, unescape(line))
	}
	return append(texts, naughty(t)...)
}

// literal writes a text as JSON and leaves alone what is not valid in it.
func literal(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c < 0x20, c == '"', c == '\\':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// field is a place where a text of a client's choice is kept, or refused.
type field struct {
	name string
	// put sends the text; n is a number that is used once.
	put func(v visitor, raw string, n int, text string) reply
	// kept finds the text in an answer.
	kept func(body []byte) (string, error)
	// shut is true when the field takes so few characters that nothing of the
	// list but plain words gets in.
	shut bool
}

// fields are all places for text of the administrative API and of the REST of
// service tokens.
func fields() []field {
	post := func(target, format string) func(visitor, string, int, string) reply {
		return func(v visitor, raw string, n int, text string) reply {
			body := strings.ReplaceAll(strings.ReplaceAll(format, "NUMBER", fmt.Sprint(n)), "TEXT", literal(text))
			return v.json(http.MethodPost, target, raw, body)
		}
	}
	member := func(names ...string) func([]byte) (string, error) {
		return func(body []byte) (string, error) {
			var value any
			if err := json.Unmarshal(body, &value); err != nil {
				return "", err
			}
			for _, name := range names {
				object, _ := value.(map[string]any)
				value = object[name]
			}
			text, _ := value.(string)
			return text, nil
		}
	}
	const service = "/api/access-tokens/service"
	return []field{
		{"description of a service token", post(service, `{"name":"d-NUMBER","description":TEXT,"groupEntityRef":"platform","scopes":["`+held+`"]}`), member("token", "description"), false},
		{"description of a token", post(api.Base+api.PathTokens, `{"kind":"service","name":"e-NUMBER","description":TEXT,"owner":"platform","scopes":["`+held+`"]}`), member("token", "description"), false},
		{"name of a user", post(api.Base+api.PathUsers, `{"ref":"user:default/u-NUMBER","name":TEXT}`), member("name"), false},
		{"name of a service token", post(service, `{"name":TEXT,"description":"d","groupEntityRef":"platform","scopes":["`+held+`"]}`), member("token", "name"), true},
		{"ref of a user", post(api.Base+api.PathUsers, `{"ref":TEXT}`), member("ref"), true},
		{"ref of a group", post(api.Base+api.PathGroups, `{"ref":TEXT}`), member("ref"), true},
		{"name of a workspace", post(api.Base+api.PathWorkspaces, `{"name":TEXT}`), member("name"), true},
		{"scope", post(service, `{"name":"s-NUMBER","description":"d","groupEntityRef":"platform","scopes":[TEXT]}`), member("token", "scopes"), true},
		{"role", post(api.Base+api.PathRoleGrant, `{"ref":"user:default/bob","role":TEXT}`), member("role"), true},
		{"search", func(v visitor, raw string, _ int, text string) reply {
			return v.json(http.MethodGet, service+"?q="+url.QueryEscape(text), raw, "")
		}, nil, true},
	}
}

// Rows H-01, H-02, H-04, H-05, H-09: a text is kept as it was sent or refused,
// never a fault, and both databases answer alike. What is answered is never
// taken for a page.
func TestH05EveryTextIsKeptOrRefusedAlikeOnBothDatabases(t *testing.T) {
	t.Parallel()
	const many = "limits: {requests_per_minute: 1000000}"
	lite := visit(t, tokentest.WithConfig(many))
	post := visit(t, tokentest.WithConfig(many), tokentest.WithDatabase(postgresDatabase(t, pgtest.Start(t))))
	adminLite, adminPost := lite.s.UserToken("user:default/admin"), post.s.UserToken("user:default/admin")
	texts, all := awkward(t), fields()
	kept := map[string]int{}
	for i, text := range texts {
		if !full() && i > 120 && i%4 != 0 {
			continue
		}
		for k, f := range all {
			// In the gate the texts go round the fields that refuse nearly
			// all of them alike, and the long list round all fields.
			if !full() && (f.shut || i > 100) && i%len(all) != k {
				continue
			}
			got, other := f.put(lite, adminLite, i, text), f.put(post, adminPost, i, text)
			if got.status != other.status {
				t.Errorf("%s %.60q: SQLite %d %s\nPostgreSQL %d %s", f.name, text, got.status, got.body, other.status, other.body)
			}
			if again := keepsOrRefuses(t, f, text, got); again {
				kept[f.name]++
			}
		}
	}
	for _, f := range all {
		if f.kept != nil && !f.shut && kept[f.name] < 20 {
			t.Errorf("%s: only %d texts were kept", f.name, kept[f.name])
		}
	}
}

// keepsOrRefuses judges one answer, and reports whether the text was kept.
func keepsOrRefuses(t *testing.T, f field, text string, got reply) bool {
	t.Helper()
	kind := got.header.Get("Content-Type")
	if !strings.HasPrefix(kind, "application/") || got.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s %.60q: %s %v", f.name, text, kind, got.header)
	}
	switch {
	case got.status == http.StatusConflict && f.shut, got.status == http.StatusRequestHeaderFieldsTooLarge,
		got.status == http.StatusRequestURITooLong, got.status == http.StatusBadRequest, got.status == http.StatusUnprocessableEntity:
		return false
	case !got.acknowledged():
		t.Errorf("%s %.60q: %d %s", f.name, text, got.status, got.body)
		return false
	case f.kept == nil:
		return true
	}
	stored, err := f.kept(got.body)
	if err != nil {
		t.Errorf("%s %.60q: %v: %s", f.name, text, err, got.body)
	}
	if !f.shut && stored != text {
		t.Errorf("%s: %.60q was kept as %.60q", f.name, text, stored)
	}
	return true
}

// Row H-04: names by which things are told apart have an alphabet in which no
// two look alike, and one spelling. A twin of a name that is taken is refused
// as odd, or as taken.
func TestH04NoNameHasATwin(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		admin := v.s.UserToken("user:default/admin")
		v.s.Issue(platform, "build", held)
		names := map[string]struct{ taken, target, format string }{
			"token":     {"build", "/api/access-tokens/service", `{"name":TEXT,"description":"d","groupEntityRef":"platform","scopes":["` + held + `"]}`},
			"user":      {"alice", api.Base + api.PathUsers, `{"ref":TEXT}`},
			"group":     {"platform", api.Base + api.PathGroups, `{"ref":TEXT}`},
			"workspace": {"demo", api.Base + api.PathWorkspaces, `{"name":TEXT}`},
		}
		for what, n := range names {
			for _, twin := range twins(n.taken) {
				got := v.json(http.MethodPost, n.target, admin, strings.ReplaceAll(n.format, "TEXT", literal(twin)))
				if got.status != http.StatusConflict && got.status != http.StatusUnprocessableEntity {
					t.Errorf("%s %q beside %q: %d %s", what, twin, n.taken, got.status, got.body)
				}
			}
		}
	})
}

// twins gives names that look like another one, or become it by folding.
func twins(name string) []string {
	list := []string{
		name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:], name + " ", " " + name, name + "\u200b", "\ufeff" + name, name + "\u0301",
		"\u202e" + name, name + "\u00ad", name + "\x00", name + "\u2060", name[:1] + "\u200d" + name[1:],
	}
	wide := strings.Map(func(r rune) rune { return r + 0xfee0 }, name)
	looks := strings.NewReplacer("a", "а", "e", "е", "o", "о", "l", "ӏ", "i", "і", "b", "Ь", "d", "ԁ").Replace(name)
	mathematical := strings.Map(func(r rune) rune { return r - 'a' + 0x1d41a }, name)
	return append(list, wide, looks, mathematical, strings.Replace(name, name[:1], name[:1]+"\u0307", 1))
}

// Row H-13: what stands for any text in a query language stands for itself.
func TestH13WildcardsFindThemselves(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, v visitor) {
		admin := v.s.UserToken("user:default/admin")
		const service = "/api/access-tokens/service"
		texts := map[string]string{"percent": "100% sure", "under": "a_,b", "back": `c\d`, "star": "e*f", "plain": "nothing", "question": "what?", "bracket": "[x]"}
		for name, text := range texts {
			body := fmt.Sprintf(`{"name":%q,"description":%s,"groupEntityRef":"platform","scopes":[%q]}`, name, literal(text), held)
			if got := v.json(http.MethodPost, service, admin, body); !got.acknowledged() {
				t.Fatalf("%s: %d %s", name, got.status, got.body)
			}
		}
		for q, want := range map[string]int{"%": 1, "_,": 1, `\`: 1, "*": 1, "?": 1, "[": 1, "a_,b": 1, "a%b": 0, `\_`: 0, "100%": 1, "%%": 0, "oth": 1} {
			got := v.json(http.MethodGet, service+"?q="+url.QueryEscape(q), admin, "")
			var page struct{ Total int }
			must(t, json.Unmarshal(got.body, &page))
			if page.Total != want {
				t.Errorf("q=%s finds %d, want %d", q, page.Total, want)
			}
		}
	})
}
