package personal_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// People of the demonstration directory.
const (
	admin = "user:default/admin"
	alice = "user:default/alice"
	bob   = "user:default/bob"
)

const day = 24 * time.Hour

// Words of the contract that several tests expect.
const (
	sayUnknown = "OAuth state is unknown or expired; try again"
	sayMissing = "OAuth callback missing code or state"
	sayFailed  = "Failed to complete mint flow; try again"
)

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, with ...tokentest.Option)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t) })
	t.Run("postgres", func(t *testing.T) {
		test(t, tokentest.WithDatabase(pgtest.Start(t).Database(t, nil)))
	})
}

// surface is a running server whose clock a test moves.
type surface struct {
	*tokentest.Server
	t     testing.TB
	clock *tokentest.Clock
}

func start(t testing.TB, with ...tokentest.Option) surface {
	t.Helper()
	clock := tokentest.NewClock(time.Now().Add(time.Second).Truncate(time.Second).Add(998 * time.Millisecond))
	return surface{tokentest.Start(t, append([]tokentest.Option{tokentest.WithClock(clock)}, with...)...), t, clock}
}

// browser keeps the cookies of one browser. The person in front of it is known
// by a bearer, as a client of the API is.
type browser struct {
	surface
	person string // "" = nobody
	jar    http.CookieJar
}

func (s surface) browser(person string) browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return browser{s, person, jar}
}

// answer is what came back; members is the body when it is a JSON object.
type answer struct {
	status  int
	header  http.Header
	body    string
	members map[string]any
}

func (a answer) text(name string) string {
	text, _ := a.members[name].(string)
	return text
}

// send sends a request with the browser's cookies and the person's bearer.
func (b browser) send(method, address, body string, headers ...string) answer {
	b.t.Helper()
	bearer := ""
	if b.person != "" {
		bearer = b.UserToken(b.person)
	}
	return b.sendAs(bearer, method, address, body, headers...)
}

func (b browser) sendAs(bearer, method, address, body string, headers ...string) answer {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.URL + address
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body == "" {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	client := http.Client{Jar: b.jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	out := answer{status: resp.StatusCode, header: resp.Header, body: string(data)}
	_ = json.Unmarshal(data, &out.members)
	return out
}

// on sends a request to the surface.
func (b browser) on(method, path, body string) answer {
	b.t.Helper()
	return b.send(method, personal.Base+path, body)
}

// want fails the test when an answer is not this status with this error text.
func (s surface) want(got answer, status int, text string) {
	s.t.Helper()
	if got.status != status || got.text("error") != text || text != "" && len(got.members) != 1 {
		s.t.Errorf("answer %d %.300s, want %d %q", got.status, got.body, status, text)
	}
}

// begin begins a mint, which must be possible.
func (b browser) begin(wish string) answer {
	b.t.Helper()
	got := b.on("POST", "/mint", wish)
	if got.status != http.StatusOK {
		b.t.Fatalf("mint = %d %s", got.status, got.body)
	}
	return got
}

// consent goes the way of the browser up to the callback's address: answer is
// approve or reject.
func (b browser) consent(begun answer, verdict string) (callback string) {
	b.t.Helper()
	page := b.sendAs("", "GET", begun.text("authorizeUrl"), "")
	id := page.header.Get("Location")[strings.LastIndexByte(page.header.Get("Location"), '/')+1:]
	got := b.send("POST", "/api/auth/v1/sessions/"+id+"/"+verdict, "", "Content-Type: application/json", "Origin: "+b.URL)
	if got.status != http.StatusOK || got.text("redirectUrl") == "" {
		b.t.Fatalf("%s of %q = %d %s", verdict, page.header.Get("Location"), got.status, got.body)
	}
	return got.text("redirectUrl")
}

// fragment is what the settings page reads.
type fragment struct {
	key, text string
	Type      string
	FlowID    string
	Token     string
	Message   string
	Metadata  struct{ ID, Name, CreatedAt, ExpiresAt, Prefix string }
}

// arrive follows the callback and reads the fragment.
func (b browser) arrive(callback string) fragment {
	b.t.Helper()
	got := b.sendAs("", "GET", callback, "")
	location, err := url.Parse(got.header.Get("Location"))
	if err != nil || got.status != http.StatusFound || got.body != "" || location.Path != personal.SettingsPath {
		b.t.Fatalf("callback = %d %q %.100s", got.status, got.header.Get("Location"), got.body)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Pragma": "no-cache"} {
		if got.header.Get(name) != want {
			b.t.Errorf("callback: %s is %q", name, got.header.Get(name))
		}
	}
	key, coded, _ := strings.Cut(location.Fragment, "=")
	text, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil {
		b.t.Fatal(err)
	}
	out := fragment{key: key, text: string(text)}
	if err := json.Unmarshal(text, &out); err != nil {
		b.t.Fatal(err)
	}
	return out
}

// mint makes a token.
func (b browser) mint(wish string) fragment {
	b.t.Helper()
	made := b.arrive(b.consent(b.begin(wish), "approve"))
	if made.Token == "" {
		b.t.Fatalf("no token: %s", made.text)
	}
	return made
}

// exchange exchanges a token for an access JWT.
func (b browser) exchange(raw string) answer {
	b.t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}}
	return b.sendAs("", "POST", "/api/auth/v1/token", form.Encode(), "Content-Type: application/x-www-form-urlencoded")
}

// good reports whether a token is exchanged.
func (b browser) good(raw string) bool {
	b.t.Helper()
	got := b.exchange(raw)
	if got.status != http.StatusOK && got.text("error") != "invalid_grant" {
		b.t.Fatalf("exchange = %d %s", got.status, got.body)
	}
	return got.status == http.StatusOK
}

// administer sends a request to the administrative API.
func (s surface) administer(method, path, body string) answer {
	s.t.Helper()
	return s.browser(admin).send(method, "/api/admin/v1"+path, body)
}

// wish is the body of a mint.
func wish(name string, more ...string) string {
	members := map[string]json.RawMessage{}
	members["name"], _ = json.Marshal(name)
	for _, one := range more {
		key, value, _ := strings.Cut(one, "=")
		members[key] = json.RawMessage(value)
	}
	out, _ := json.Marshal(members)
	return string(out)
}
