package service_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/token"
)

// exchange is one captured request to the reference and its answer.
type exchange struct {
	Seq     int    `json:"seq"`
	Label   string `json:"label"`
	As      string `json:"as"`
	Request struct {
		Method string          `json:"method"`
		Path   string          `json:"path"`
		Body   json.RawMessage `json:"body"`
	} `json:"request"`
	Status  int      `json:"status"`
	Type    *string  `json:"contentType"`
	Body    any      `json:"body"`
	Differs []string `json:"differs"`
}

// ours is what is answered where the rows of the contract differ from the
// reference on purpose.
type ours struct {
	status int
	text   string // flat error; "" for none
	// spare: the request goes to a token made for it, because the reference
	// did not carry it out and later exchanges rest on that.
	spare bool
	check func(t *testing.T, got answer)
}

func member(path string, want any) func(*testing.T, answer) {
	return func(t *testing.T, got answer) {
		t.Helper()
		var value any = got.members
		for name := range strings.SplitSeq(path, ".") {
			object, _ := value.(map[string]any)
			value = object[name]
		}
		if diff := cmp.Diff(want, value); diff != "" {
			t.Errorf("member %s: %s", path, diff)
		}
	}
}

// answered gives what is answered to the exchanges that differ, by their
// place in the sequence.
func answered() map[int]ours {
	const taken = "A token with this name already exists for the group"
	return map[int]ours{
		32: {status: 409, text: taken},
		33: {status: 409, text: taken},
		37: {status: 201, check: member("token.expiresAt", "2026-11-26T23:11:24.998Z")},
		45: {status: 201, check: member("token.status", "expiring")},
		50: {status: 400, check: member("error", map[string]any{"name": "SyntaxError", "message": "Request body is not valid JSON"})},
		52: {status: 415, text: "Content-Type must be application/json"},
		54: {status: 422, text: "description must be between 1 and 500 characters"},
		63: {status: 422, text: "limit must be a whole number of at least 0"},
		68: {status: 422, text: "limit must be a whole number of at least 0"},
		69: {status: 200, check: member("limit", 200.0)},
		72: {status: 422, text: "status given more than once"},
		77: {status: 200, check: member("total", 1.0)},
		80: {status: 405, text: "Method not allowed"},
		82: {status: 200, spare: true, check: member("token.status", "active")},
		84: {status: 200, check: member("scopes", []any{"catalog:read", "scaffolder:execute"})},
		86: {status: 401, check: member("error.message", "Illegal token")},
		90: {status: 204, spare: true},
		92: {status: 422, text: "reason must be at most 500 characters"},
		99: {status: 200, check: member("total", 2.0)},
		// The answer to the revocation was the last moment it worked.
		100: {status: 401, check: member("error.message", "Illegal token")},
	}
}

func TestCapturedExchangesOfTheReference(t *testing.T) {
	var file struct {
		Exchanges []exchange `json:"exchanges"`
	}
	if err := json.Unmarshal(sharedFile(t, "vectors/primedx-service-http.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Exchanges) == 0 {
		t.Fatal("the file holds no exchange")
	}
	replay := &replay{server: start(t), ids: map[string]string{}, raws: map[int]string{}, differ: answered()}
	for _, one := range file.Exchanges {
		t.Run(fmt.Sprintf("%03d %s", one.Seq, one.Label), func(t *testing.T) { replay.step(t, one) })
	}
	for seq := range replay.differ {
		t.Errorf("exchange %d is not in the file", seq)
	}
}

// replay sends the captured requests in their order.
type replay struct {
	*server

	ids    map[string]string // id in the capture to the id here
	raws   map[int]string    // raw token by the exchange that made it
	differ map[int]ours
}

func (r *replay) step(t *testing.T, one exchange) {
	path := "/api" + one.Request.Path
	want, differs := r.differ[one.Seq]
	delete(r.differ, one.Seq)
	if differs != (len(one.Differs) > 0) {
		t.Fatalf("differs %v, but what is answered here is not stated, or the other way round", one.Differs)
	}
	for captured, here := range r.ids {
		if want.spare && strings.Contains(path, captured) {
			record, _ := r.issue(fmt.Sprintf("spare-%d", one.Seq))
			here, _ = record["id"].(string)
		}
		path = strings.ReplaceAll(path, captured, here)
	}
	got := r.call(r.credential(t, one.As), one.Request.Method, path, bodyOf(t, one), typeOf(one)...)
	r.learn(one, got)
	if !differs {
		r.compare(t, one, got)
		return
	}
	if flat, _ := got.members["error"].(string); got.status != want.status || flat != want.text {
		t.Errorf("%v: answer %d %s, want %d %q", one.Differs, got.status, got.body, want.status, want.text)
	}
	if want.check != nil {
		want.check(t, got)
	}
}

func (r *replay) credential(t *testing.T, as string) string {
	if name, ok := strings.CutPrefix(as, "user:default/"); ok {
		return name
	}
	var seq int
	if _, err := fmt.Sscanf(as, "raw token of seq %d", &seq); err == nil && r.raws[seq] != "" {
		return r.raws[seq]
	}
	switch as {
	case "nobody (no credential)":
		return ""
	case "static external token":
		return "static-external-token"
	case `bearer "bsat_" + 43 times "A"`:
		return "bsat_" + strings.Repeat("A", 43)
	}
	t.Fatalf("unknown caller %q", as)
	return ""
}

// bodyOf gives the bytes that were sent, or nil for none.
func bodyOf(t *testing.T, one exchange) any {
	if len(one.Request.Body) == 0 {
		return nil
	}
	var raw struct {
		Raw *string `json:"raw"`
	}
	if err := json.Unmarshal(one.Request.Body, &raw); err != nil {
		t.Fatal(err)
	}
	if raw.Raw != nil {
		return *raw.Raw
	}
	return string(one.Request.Body)
}

func typeOf(one exchange) []string {
	if strings.Contains(one.Label, "form content type") {
		return []string{"Content-Type: ", "Content-Type: application/x-www-form-urlencoded"}
	}
	return nil
}

// learn remembers which token here stands for one of the capture.
func (r *replay) learn(one exchange, got answer) {
	then, _ := one.Body.(map[string]any)
	if thenToken, ok := then["token"].(map[string]any); ok && got.status == 201 {
		now, _ := got.members["token"].(map[string]any)
		captured, _ := thenToken["id"].(string)
		r.ids[captured], _ = now["id"].(string)
		r.raws[one.Seq], _ = got.members["rawToken"].(string)
	}
}

// compare wants the same status, type and body, but for ids, times, secrets
// and counts.
func (r *replay) compare(t *testing.T, one exchange, got answer) {
	t.Helper()
	wantType := ""
	if one.Type != nil {
		wantType = *one.Type
	}
	if got.status != one.Status || got.header.Get("Content-Type") != wantType {
		t.Errorf("answer %d of type %q, want %d %q; body %s", got.status, got.header.Get("Content-Type"), one.Status, wantType, got.body)
	}
	if one.Body == "" && got.body == "" {
		return
	}
	var body any
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Fatalf("body %q: %v", got.body, err)
	}
	if diff := cmp.Diff(plain("", one.Body), plain("", body)); diff != "" {
		t.Errorf("body (-reference +here): %s", diff)
	}
}

var changing = []struct {
	shape *regexp.Regexp
	name  string
}{
	{regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`), "<id>"},
	{regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`), "<time>"},
	{regexp.MustCompile(`^bsat_[0-9A-Za-z_-]+$`), "<secret>"},
}

// plain puts names in place of what is new in every run. Of the tokens on a
// page only the members are compared: the capture is a part of a longer one.
func plain(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for member, inner := range v {
			out[member] = plain(member, inner)
		}
		return out
	case []any:
		if name == "tokens" {
			return "<tokens>"
		}
		out := []any{}
		for _, inner := range v {
			out = append(out, plain("", inner))
		}
		return out
	case string:
		if name == "tokens" {
			return "<tokens>"
		}
		for _, c := range changing {
			if c.shape.MatchString(v) {
				return c.name
			}
		}
	case float64:
		if name == "total" {
			return "<count>"
		}
	}
	return value
}

func TestCapturedPrimitivesOfTheReference(t *testing.T) {
	var file struct {
		RawTokens []struct{ Raw, TokenHash, TokenPrefix, Subject string } `json:"rawTokens"`
		Refs      []struct {
			In, Out     *string
			Tokenwright json.RawMessage
		} `json:"normalizeGroupEntityRef"`
	}
	if err := json.Unmarshal(sharedFile(t, "vectors/primedx-primitives.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.RawTokens) == 0 || len(file.Refs) == 0 {
		t.Fatal("the file holds no case")
	}
	for _, one := range file.RawTokens {
		subject := token.ServiceSubject("group:default/platform", "ci-pipeline")
		if got := (token.Digester{}).Digest(one.Raw).String(); got != one.TokenHash || token.Hint(one.Raw) != one.TokenPrefix || string(subject) != one.Subject {
			t.Errorf("%s: digest %s, prefix %s, subject %s", one.Raw, got, token.Hint(one.Raw), subject)
		}
	}
	for _, one := range file.Refs {
		if one.In == nil {
			continue // null cannot be a Go string; rule 4 answers it
		}
		want := one.Out
		if one.Tokenwright != nil {
			want = nil
			if err := json.Unmarshal(one.Tokenwright, &want); err != nil {
				t.Fatal(err)
			}
		}
		got, ok := token.ParseGroupRef(*one.In)
		if ok != (want != nil) || ok && got != *want {
			t.Errorf("ParseGroupRef(%q) = %q, %v", *one.In, got, ok)
		}
	}
}
