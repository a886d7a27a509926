package personal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/tokentest"
)

// exchange is one captured request to the reference and its answer.
type exchange struct {
	Seq     int    `json:"seq"`
	Label   string `json:"label"`
	As      string `json:"as"`
	Request struct {
		Method string          `json:"method"`
		Path   string          `json:"path"`
		JSON   json.RawMessage `json:"json"`
	} `json:"request"`
	Status  int               `json:"status"`
	Type    *string           `json:"contentType"`
	Body    any               `json:"body"`
	Headers map[string]string `json:"headers"`
	// FragmentKey and Payload are what the settings page got.
	FragmentKey string   `json:"fragmentKey"`
	Payload     any      `json:"payload"`
	Differs     []string `json:"differs"`
}

// theirRoles is who holds what in the setup of the capture.
const theirRoles = `
kinds: {service: {scopes: [{id: "my-plugin:read", description: Read my plugin, plugin: my-plugin}]}}
default_role: none
roles: {own: ["access-tokens:user:read", "access-tokens:user:write", "access-tokens:user:revoke"]}
bindings: [{role: own, to: ["user:default/alice", "user:default/bob"]}]
`

// captured is when the capture was made, so that its instants mean the same.
var captured = time.Date(2026, 11, 21, 23, 13, 48, 0, time.UTC)

func TestCapturedExchangesOfTheReference(t *testing.T) {
	var file struct {
		Exchanges []exchange `json:"exchanges"`
	}
	readShared(t, "vectors/primedx-personal-http.json", &file)
	if len(file.Exchanges) == 0 {
		t.Fatal("the file holds no exchange")
	}
	clock := tokentest.NewClock(captured)
	s := surface{tokentest.Start(t, tokentest.WithClock(clock), tokentest.WithConfig(theirRoles)), t, clock}
	for _, who := range []string{"nobody", "reader"} {
		s.administer("POST", "/users", fmt.Sprintf(`{"ref":"user:default/%s"}`, who))
	}
	r := &replay{surface: s, ids: map[string]string{}, raws: map[string]string{}, browsers: map[string]browser{}, differ: answered()}
	for _, one := range file.Exchanges {
		t.Run(fmt.Sprintf("%03d %s", one.Seq, one.Label), func(t *testing.T) { r.step(t, one) })
	}
	for seq := range r.differ {
		t.Errorf("exchange %d is not in the file", seq)
	}
}

// replay sends the captured requests in their order.
type replay struct {
	surface

	browsers map[string]browser // by person
	ids      map[string]string  // id in the capture to the id here
	raws     map[string]string  // raw token in the capture to the one here
	began    answer             // the last mint
	callback string
	got      fragment
	differ   map[int]func(t *testing.T, r *replay, one exchange, got answer)
}

// answered gives what is answered to the exchanges that differ, by their place
// in the sequence.
func answered() map[int]func(t *testing.T, r *replay, one exchange, got answer) {
	total := func(t *testing.T, _ *replay, one exchange, got answer) { // PER-48
		want, _ := one.Body.(map[string]any)
		tokens, _ := want["tokens"].([]any)
		want["total"] = float64(len(tokens))
		compare(t, one, got)
	}
	exchanged := func(t *testing.T, _ *replay, _ exchange, got answer) { // PER-01, PER-10
		if got.status != http.StatusOK || got.members["token_type"] != "Bearer" || got.members["expires_in"] != 600.0 || got.members["refresh_token"] != nil {
			t.Errorf("answer %d %s", got.status, got.body)
		}
	}
	return map[int]func(t *testing.T, r *replay, one exchange, got answer){
		5: total, 25: total, 31: exchanged, 33: exchanged, 39: exchanged,
		49: func(t *testing.T, r *replay, one exchange, got answer) { // PER-04
			rows, _ := one.Body.(map[string]any)["tokens"].([]any)
			rows[0].(map[string]any)["status"] = "expired"
			total(t, r, one, got)
		},
		53: func(*testing.T, *replay, exchange, answer) {}, // PER-45: there is no such cookie
		55: func(t *testing.T, r *replay, _ exchange, got answer) {
			if got.status != http.StatusUnauthorized || !strings.Contains(got.body, "Missing credentials") {
				t.Errorf("answer %d %s", got.status, got.body)
			}
		},
		58: func(t *testing.T, r *replay, one exchange, _ answer) { // PER-32
			bob := r.browserOf("user:default/bob")
			got := bob.on("GET", "", "")
			for range 100 {
				if got = bob.on("GET", "", ""); got.status != http.StatusOK {
					break
				}
			}
			r.want(got, http.StatusTooManyRequests, "Too many requests, please try again later.")
			if got.header.Get("RateLimit-Policy") != one.Headers["ratelimit-policy"] || got.header.Get("Retry-After") == "" {
				t.Errorf("headers %v", got.header)
			}
		},
	}
}

func (r *replay) step(t *testing.T, one exchange) {
	r.t = t
	check, differs := r.differ[one.Seq]
	delete(r.differ, one.Seq)
	switch {
	case one.Label == "authorizeUrl params":
		return // the test of the address compares them in their order
	case one.FragmentKey != "":
		r.compareFragment(t, one) // PER-37 is about instants
		return
	case strings.HasPrefix(one.Label, "callback") && one.Status == http.StatusFound && strings.Contains(one.Request.Path, "code="):
		r.arriveAs(t, one)
		return
	case differs != (len(one.Differs) > 0):
		t.Fatalf("differs %v, but what is answered here is not stated, or the other way round", one.Differs)
	case one.Request.Method == "":
		check(t, r, one, answer{})
		return
	}
	if one.Label == "list with an expired token" {
		r.clock.Advance(4 * time.Second)
	}
	got := r.ask(one)
	if one.Status == http.StatusOK && strings.HasSuffix(one.Request.Path, "/mint") {
		r.began, r.callback = got, ""
		r.clock.Advance(time.Second / 2) // lists are in the order of time
	}
	if differs {
		check(t, r, one, got)
		return
	}
	compare(t, one, got)
	if policy := one.Headers["ratelimit-policy"]; policy != got.header.Get("RateLimit-Policy") {
		t.Errorf("RateLimit-Policy %q, want %q", got.header.Get("RateLimit-Policy"), policy)
	}
}

// ask sends a captured request with the tokens of today.
func (r *replay) ask(one exchange) answer {
	path, body := "/api"+one.Request.Path, string(one.Request.JSON)
	for then, now := range r.ids {
		path = strings.ReplaceAll(path, then, now)
	}
	for then, now := range r.raws {
		// The reference gave another secret at every exchange; here the first
		// one stays good.
		body = regexp.MustCompile(regexp.QuoteMeta(then[:36])+`\.[\w-]{43}`).ReplaceAllString(body, now)
	}
	return r.browserOf(one.As).send(one.Request.Method, path, body)
}

func (r *replay) browserOf(as string) browser {
	person := as
	if !strings.HasPrefix(as, "user:") {
		person = ""
	}
	if _, known := r.browsers[person]; !known {
		r.browsers[person] = r.browser(person)
	}
	b := r.browsers[person]
	b.t = r.t // of this exchange
	return b
}

// arriveAs follows the callback: of a mint that was begun here, or with what
// was captured.
func (r *replay) arriveAs(t *testing.T, one exchange) {
	t.Helper()
	alice := r.browserOf("user:default/alice")
	switch {
	case strings.Contains(one.Label, "replay"):
	case strings.Contains(one.Label, "unknown"):
		r.callback = "/api" + one.Request.Path
	default:
		r.callback = alice.consent(r.began, "approve")
	}
	r.got = alice.arrive(r.callback)
	_, then, _ := strings.Cut(one.Headers["location"], "#")
	if key, _, _ := strings.Cut(then, "="); key != r.got.key {
		t.Errorf("fragment %s=%s, want %s", r.got.key, r.got.text, key)
	}
	if r.got.key == "personal-access-tokens-mint-error" && r.got.Message != sayUnknown {
		t.Errorf("message %q", r.got.Message)
	}
}

// compareFragment also learns which token here stands for one of the capture.
func (r *replay) compareFragment(t *testing.T, one exchange) {
	t.Helper()
	var got any
	if err := json.Unmarshal([]byte(r.got.text), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain(one.Payload), plain(got)); r.got.key != one.FragmentKey || diff != "" {
		t.Errorf("fragment %s (-reference +here): %s", r.got.key, diff)
	}
	payload, _ := one.Payload.(map[string]any)
	raw, _ := payload["token"].(string)
	metadata, _ := payload["metadata"].(map[string]any)
	id, _ := metadata["id"].(string)
	r.raws[raw], r.ids[id] = r.got.Token, r.got.Metadata.ID
}
