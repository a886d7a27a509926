package service_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hostile gives the texts of a shared list. Escapes are resolved; half of a
// surrogate pair stands as the bytes WTF-8 has for it, which toJSON writes as
// an escape.
func hostile(t *testing.T, name string) []string {
	t.Helper()
	data := sharedFile(t, "corpora/"+name)
	var texts []string
	if strings.HasSuffix(name, ".json") {
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
	} else {
		for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
			if !strings.HasPrefix(line, "# ") {
				texts = append(texts, spelledOut(line)...)
			}
		}
	}
	if len(texts) == 0 {
		t.Fatalf("%s holds no case", name)
	}
	return texts
}

// spelledOut follows the instructions of a line.
func spelledOut(line string) []string {
	switch line {
	case "(256 x)":
		return []string{strings.Repeat("x", 256)}
	case "(65536 x)", "(1 MiB of x)":
		return []string{strings.Repeat("x", 60_000)} // within the limit of a body
	case "(empty)":
		return []string{""}
	}
	if strings.HasPrefix(line, "(") {
		return nil // about another transport
	}
	line, _, _ = strings.Cut(line, " (lone")
	line, _, _ = strings.Cut(line, " (invalid")
	if a, b, ok := strings.Cut(line, " vs "); ok {
		return []string{unescape(a), unescape(b)}
	}
	return []string{unescape(line)}
}

const halfPair = "\xed\xa0\x80" // U+D800

func unescape(s string) string {
	s = strings.ReplaceAll(s, `\ud800`, halfPair)
	if out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`); err == nil {
		return out
	}
	return s
}

// toJSON writes a body with the text as it is: encoding/json would replace
// what is not valid UTF-8.
func toJSON(body map[string]any, field, text string) string {
	const place = "the-text-goes-here"
	if field == "scopes" {
		body[field] = []any{place}
	} else {
		body[field] = place
	}
	data, _ := json.Marshal(body)
	quoted := strconv.Quote(place)
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], halfPair):
			b.WriteString(`\ud800`)
			i += len(halfPair) - 1
		case c < 0x20 || c == '"' || c == '\\':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return strings.Replace(string(data), quoted, b.String(), 1)
}

// Stored as it was sent or refused, and the same when it is read again.
func TestH01ToH05HostileTextsInEveryField(t *testing.T) {
	for _, list := range []string{"names.txt", "scopes.txt", "blns.json"} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			texts := hostile(t, list)
			s := start(t)
			closed := []string{"name", "groupEntityRef", "scopes"}
			parameters := []string{"q", "status", "q", "groupEntityRef", "sort", "order", "limit", "offset"}
			for i, text := range texts {
				name := fmt.Sprintf("t-%d", i)
				for k, field := range closed {
					// The long list goes round: a closed alphabet refuses most
					// of it alike.
					if list != "blns.json" || i%len(closed) == k {
						s.tryField(name, field, text)
					}
				}
				id := s.tryField(name, "description", text)
				if id == "" {
					record, _ := s.issue(name)
					id, _ = record["id"].(string)
				}
				s.tryReason(id, text)
				s.tryQuery(parameters[i%len(parameters)], text)
			}
		})
	}
}

// tryField gives the id of the token that was made with the text, or "".
func (s *server) tryField(name, field, text string) (id string) {
	s.t.Helper()
	got := s.call(admin, "POST", base, toJSON(wish(name), field, text))
	switch {
	case got.status == 400 || got.status == 422:
		if text != "" && len(text) > 8 && strings.Contains(got.body, text) {
			s.t.Errorf("%s %.80q is repeated: %s", field, text, got.body)
		}
	case got.status == 409 && field == "name": // the list has it twice
	case got.status != 201:
		s.t.Errorf("%s %.80q = %d %s", field, text, got.status, got.body)
	case field == "scopes":
		s.t.Errorf("scope %.80q was granted", text)
	case field == "groupEntityRef":
		s.t.Errorf("group %.80q exists", text)
	default:
		record, _ := got.members["token"].(map[string]any)
		id, _ = record["id"].(string)
		if again := s.call(reader, "GET", base+"/"+id, nil); record[field] != text || again.members[field] != text {
			s.t.Errorf("%s %.80q was stored as %.80q", field, text, again.members[field])
		}
	}
	return id
}

func (s *server) tryReason(id, text string) {
	s.t.Helper()
	got := s.call(admin, "DELETE", base+"/"+id, toJSON(map[string]any{}, "reason", text))
	if got.status == 400 || got.status == 422 {
		return
	}
	metadata, _ := s.lastEvent(id)["metadata"].(map[string]any)
	if reason, _ := metadata["reason"].(string); got.status != 204 || reason != strings.TrimSpace(text) {
		s.t.Errorf("reason %.80q = %d, stored as %.80q", text, got.status, reason)
	}
}

func (s *server) tryQuery(name, text string) {
	s.t.Helper()
	got := s.call(reader, "GET", base+"?"+name+"="+url.QueryEscape(text), nil)
	tooLong := len(text) > 16<<10 && got.status == 431
	if got.status != 200 && got.status != 422 && !tooLong {
		s.t.Errorf("%s=%.80q = %d %s", name, text, got.status, got.body)
	}
}

func TestSVC27SVC28CapturedLagOfTheReference(t *testing.T) {
	var file struct {
		Expiry []map[string]any `json:"expiry_used_before"`
		Revoke []map[string]any `json:"revoke"`
	}
	if err := json.Unmarshal(sharedFile(t, "vectors/primedx-revocation-lag.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Expiry) == 0 || len(file.Revoke) == 0 {
		t.Fatal("the file holds no case")
	}
	s := start(t)
	made := s.clock()
	_, brief := s.issue("brief", with("expiresAt", made.Add(3*time.Second).UnixMilli()))
	record, raw := s.issue("long")
	if !s.works(brief) || !s.works(raw) {
		t.Fatal("a new token is refused")
	}
	s.expect(s.call(admin, "DELETE", base+"/"+record["id"].(string), nil), 204, "")
	for key, points := range map[string][]map[string]any{"sinceCreate_s": file.Expiry, "sinceRevoke_s": file.Revoke} {
		for _, point := range points {
			seconds, ok := point[key].(float64)
			if !ok {
				continue // before
			}
			s.advance(made.Add(time.Duration(seconds * float64(time.Second))).Sub(s.clock()))
			if s.works(brief) || s.works(raw) {
				t.Errorf("accepted %v s after its end; the reference answered %v", seconds, point["status"])
			}
		}
	}
}
