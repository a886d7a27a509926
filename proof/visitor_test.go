package proof_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// visitor asks a server in this process, over real connections.
type visitor struct {
	t    testing.TB
	s    *tokentest.Server
	http *http.Client
}

// visit starts a server of its own for a test.
func visit(t testing.TB, opts ...tokentest.Option) visitor {
	t.Helper()
	s := tokentest.Start(t, opts...)
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return visitor{t, s, &http.Client{
		Transport: transport, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// fromEverywhere gives the visitor an address of its own for each request, so
// that no limit by address answers in the place of what is under test.
func (v visitor) fromEverywhere() visitor {
	chance := rand.New(rand.NewPCG(1, 2))
	var drawing sync.Mutex
	address := func() net.Addr {
		drawing.Lock()
		defer drawing.Unlock()
		return loopbackAddress(chance)
	}
	if address() == nil {
		v.t.Skip("this system has one loopback address, and its limit would answer")
	}
	client := *v.http
	client.Transport = &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			dialer := net.Dialer{LocalAddr: address()}
			return dialer.DialContext(ctx, network, to)
		},
	}
	v.http = &client
	return v
}

// onBothDatabases runs a test on SQLite and on PostgreSQL.
func onBothDatabases(t *testing.T, test func(t *testing.T, v visitor), opts ...tokentest.Option) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, visit(t, opts...))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := postgresDatabase(t, pgtest.Start(t))
		test(t, visit(t, append([]tokentest.Option{tokentest.WithDatabase(url)}, opts...)...))
	})
}

// send sends a request. Header names are sent as they are spelled; a body
// without a Content-Type among them has none.
func (v visitor) send(method, target string, header http.Header, body string) reply {
	v.t.Helper()
	ctx := context.WithoutCancel(v.t.Context()) // the client has a deadline of its own
	request, err := http.NewRequestWithContext(ctx, method, v.s.URL+target, strings.NewReader(body))
	must(v.t, err)
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := v.http.Do(request)
	if err != nil {
		v.t.Errorf("%s %s: %v", method, target, err)
		return reply{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if err != nil {
		v.t.Errorf("%s %s: %v", method, target, err)
	}
	return reply{response.StatusCode, response.Header, text}
}

// json sends a JSON body as the owner of a bearer.
func (v visitor) json(method, target, raw, body string) reply {
	v.t.Helper()
	header := bearer(raw)
	if body != "" {
		header.Set("Content-Type", "application/json")
	}
	return v.send(method, target, header, body)
}

// form sends a form as the owner of a bearer.
func (v visitor) form(target, raw, body string) reply {
	v.t.Helper()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if raw != "" {
		header.Set("Authorization", "Bearer "+raw)
	}
	return v.send(http.MethodPost, target, header, body)
}

// addUser adds a user to the directory and gives an access JWT of them.
func (v visitor) addUser(ref string) string {
	v.t.Helper()
	admin := v.s.UserToken("user:default/admin")
	if got := v.json(http.MethodPost, api.Base+api.PathUsers, admin, `{"ref":"`+ref+`"}`); !got.acknowledged() {
		v.t.Fatalf("add %s: %d %s", ref, got.status, got.body)
	}
	return v.s.UserToken(ref)
}

// issue issues a token of any kind by a body of the administrative API.
func (v visitor) issue(body string) api.Issued {
	v.t.Helper()
	got := v.json(http.MethodPost, api.Base+api.PathTokens, v.s.UserToken("user:default/admin"), body)
	var issued api.Issued
	if !got.acknowledged() {
		v.t.Fatalf("issue %s: %d %s", body, got.status, got.body)
	}
	must(v.t, json.Unmarshal(got.body, &issued))
	return issued
}

// routes lists what is mounted. Wildcards are filled with what names nothing;
// a route for every method is asked by GET.
func (v visitor) routes() []tokentest.Route {
	v.t.Helper()
	list := v.s.Routes()
	if len(list) < 40 {
		v.t.Fatalf("only %d routes are mounted", len(list))
	}
	for i := range list {
		if list[i].Method == "*" {
			list[i].Method = http.MethodGet
		}
	}
	return list
}

// path fills the wildcards of a pattern with what names nothing.
func path(pattern string) string {
	var filled strings.Builder
	for pattern != "" {
		before, rest, found := strings.Cut(pattern, "{")
		filled.WriteString(before)
		if !found {
			break
		}
		_, pattern, _ = strings.Cut(rest, "}")
		filled.WriteString(unknownID)
	}
	return filled.String()
}

// isPublic reports whether a route lets strangers in.
func isPublic(r tokentest.Route) bool { return strings.HasPrefix(r.Access, "public") }

// same drops from an answer what is different each time by its nature: the id
// of the request, and the date.
func (r reply) same() string {
	header := r.header.Clone()
	id := header.Get("X-Request-Id")
	header.Del("X-Request-Id")
	header.Del("Date")
	header.Del("Content-Length") // the id's own length may differ
	var text bytes.Buffer
	text.WriteString(http.StatusText(r.status) + "\n")
	_ = header.Write(&text) // sorted by name
	body := string(r.body)
	if id != "" {
		body = strings.ReplaceAll(body, id, "ID")
	}
	return text.String() + body
}
