package audit_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

func TestAnEntryIsReadAsItWasWritten(t *testing.T) {
	by := token.Principal{Type: token.PrincipalUser, Ref: "user:default/alice", RequestID: "r-1", Address: "192.0.2.1"}
	e := audit.NewEntry(audit.TokenIssued, by, time.Date(2026, 11, 1, 12, 0, 0, 123456789, time.FixedZone("x", 3600))).
		With("b", "<&>").With("a", "\u2028\x00\"").Refuse(token.ErrQuota)
	body, err := e.Encode()
	must(t, err)
	got, err := audit.Decode(body)
	must(t, err)
	if diff := cmp.Diff(e, got); diff != "" {
		t.Errorf("entry (-written +read):\n%s", diff)
	}
	if e.Reason != "quota" || !errors.Is(token.ErrQuota, token.ErrConflict) {
		t.Errorf("reason %q", e.Reason)
	}
}

// TestARefusalKeepsLittleOfAStrangersText: whoever may do nothing cannot fill the
// log (I-06). What happened is kept whole, and so is what is in a log already.
func TestARefusalKeepsLittleOfAStrangersText(t *testing.T) {
	long := strings.Repeat("é\x01", 20_000)
	happened := audit.NewEntry(audit.TokenIssued, token.Principal{Ref: "user:default/alice"}, time.UnixMicro(0)).With("scopes", long)
	happened.Workspace, happened.Name = long, "short"
	body, err := happened.Encode()
	must(t, err)
	kept, err := audit.Decode(body)
	must(t, err)
	if diff := cmp.Diff(happened, kept); diff != "" {
		t.Errorf("what happened (-written +read):\n%s", diff)
	}

	refused, err := happened.Refuse(token.ErrRole).With("path", long).Encode()
	must(t, err)
	e, err := audit.Decode(refused)
	must(t, err)
	for name, text := range map[string]string{"workspace": e.Workspace, "scopes": e.Details["scopes"], "path": e.Details["path"]} {
		if len(text) > 256 || len(text) < 250 || !strings.HasSuffix(text, "…") || !strings.HasPrefix(long, strings.TrimSuffix(text, "…")) {
			t.Errorf("%s has %d bytes: %.80q", name, len(text), text)
		}
	}
	if e.Name != "short" || len(refused) > 10_000 {
		t.Errorf("the refusal has %d bytes and the name %q", len(refused), e.Name)
	}

	before := bytes.Replace(body, []byte(`"outcome":"allowed"`), []byte(`"outcome":"refused"`), 1)
	if _, err := audit.Decode(before); err != nil {
		t.Errorf("a long refusal of a former version: %v", err)
	}
}

func TestAnEntryHasOneSpelling(t *testing.T) {
	body := `{"id":"x","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed","details":{"a":"1","b":"2"}}`
	_, err := audit.Decode([]byte(body))
	must(t, err)
	for _, other := range []string{
		"", "{}", body + " ", " " + body, body + body, body + "\n",
		`{"at":"2026-11-01T12:00:00.123456Z","id":"x","action":"token.issued","outcome":"allowed"}`,
		`{"id":"x","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed","actor":""}`,
		`{"id":"x","at":"2026-11-01T12:00:00.1234567Z","action":"token.issued","outcome":"allowed"}`,
		`{"id":"x","at":"2026-11-01T12:00:00.123456+00:00","action":"token.issued","outcome":"allowed"}`,
		`{"id":"\u0078","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed"}`,
		`{"id":"x","id":"x","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed"}`,
		`{"ID":"x","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed"}`,
		`{"id":"x","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed","secret":"y"}`,
		`{"id":"x","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed","details":{"b":"2","a":"1"}}`,
		`{"id":"x","at":"2026-11-01T12:00:00.123456Z","action":"token.issued","outcome":"allowed","details":{}}`,
	} {
		if e, err := audit.Decode([]byte(other)); err == nil {
			t.Errorf("%s was read as %+v", other, e)
		}
	}
}

// FuzzEntry: whatever text an entry is given, it can be written and read, and
// reading what was written gives the same bytes again (H-05).
func FuzzEntry(f *testing.F) {
	f.Add("plain", "key", "value", int64(1))
	f.Add("\xff\x00\u2028", "\xed\xa0\x80", `\ufffd"`, int64(-1))
	f.Fuzz(func(t *testing.T, name, key, value string, at int64) {
		e := audit.NewEntry(audit.AccessRefused, token.Principal{Ref: name}, time.UnixMicro(at%4_000_000_000_000_000))
		e.Name = value
		body, err := e.With(key, value).Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := audit.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(value) && again.Name != value {
			t.Errorf("name %q became %q", value, again.Name)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":"x","at":"2026-11-01T12:00:00Z","action":"token.issued","outcome":"allowed"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := audit.Decode(body)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || string(again) != string(body) {
			t.Errorf("%q was accepted and is written as %q (%v)", body, again, err)
		}
	})
}
