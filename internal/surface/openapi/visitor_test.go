package openapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// visitor makes requests under the eyes of a watch, in one browser.
type visitor struct {
	*watch
	server *tokentest.Server
	client *http.Client
	bearer string
	csrf   string // goes with the browser's login session
}

func visit(t *testing.T, tw *tokentest.Server) *visitor {
	t.Helper()
	w := watchOver(t, tw)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Transport: w, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &visitor{watch: w, server: tw, client: client}
}

// as gives the same browser with another bearer; "" sends none.
func (v *visitor) as(bearer string) *visitor {
	other := *v
	other.bearer = bearer
	return &other
}

// in gives the same visitor for a subtest.
func (v *visitor) in(t *testing.T) *visitor {
	other, watched, client := *v, *v.watch, *v.client
	watched.t = t
	client.Transport = &watched
	other.watch, other.client = &watched, &client
	return &other
}

// answer is what came back; members is the body when it is a JSON object.
type answer struct {
	status  int
	header  http.Header
	body    string
	members map[string]any
}

// text gives a member of the answer, or of the object "a" in it for "a.b".
func (a answer) text(name string) string {
	members := a.members
	if outer, inner, nested := strings.Cut(name, "."); nested {
		members, _ = members[outer].(map[string]any)
		name = inner
	}
	text, _ := members[name].(string)
	return text
}

// do sends a request of a walk, which must succeed. A body that begins with a
// brace is JSON, every other one a form.
func (v *visitor) do(method, target, body string) answer {
	v.t.Helper()
	got := v.send(method, target, body)
	if got.status >= http.StatusBadRequest {
		v.t.Fatalf("%s %s: %d %s", method, target, got.status, got.body)
	}
	return got
}

func (v *visitor) send(method, target, body string) answer {
	v.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = v.server.URL + target
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	switch {
	case body == "":
		req.Body = nil
	case strings.HasPrefix(body, "{\"line\"") || strings.HasPrefix(body, "{\"end\""):
		req.Header.Set("Content-Type", "application/jsonl")
	case body[0] == '{':
		req.Header.Set("Content-Type", "application/json")
	default:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Origin", v.server.URL)
	if v.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+v.bearer)
	}
	if v.csrf != "" {
		req.Header.Set("X-Csrf-Token", v.csrf)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	got := answer{status: res.StatusCode, header: res.Header, body: string(text)}
	_ = json.Unmarshal(text, &got.members) // else it is no object
	return got
}

// signIn begins a login session by a link, as a person does.
func (v *visitor) signIn(link string) {
	v.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		v.t.Fatal(err)
	}
	v.do(http.MethodGet, u.Path, "")
	v.do(http.MethodPost, u.Path, "")
	v.csrf = v.do(http.MethodGet, "/api/session", "").text("csrf")
}

// lastSegment gives what stands behind the last slash of a path.
func lastSegment(location string) string { return location[strings.LastIndexByte(location, '/')+1:] }

// csrfOf gives the hidden field of a page: that of its own form, which stands
// behind those of the header.
func csrfOf(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(found) == 0 {
		t.Fatalf("no csrf in %s", page)
	}
	return found[len(found)-1][1]
}
