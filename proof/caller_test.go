package proof_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/proof/journal"
)

const (
	platform = "group:default/platform"
	// held is the scope that every token of these tests holds, beyond one
	// that none of them does.
	held, beyond = "catalog:read", "catalog:write"
)

// caller speaks to a server as its clients do.
type caller struct {
	node string // stays the same when the server is started again
	url  string
	jwt  string // of an administrator
	http *http.Client
}

// newCaller makes a caller with a pool of connections of its own.
func newCaller(p *process, jwt string) *caller {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	p.t.Cleanup(transport.CloseIdleConnections)
	return &caller{node: p.data, url: p.url, jwt: jwt, http: &http.Client{Transport: transport, Timeout: patience}}
}

// reply is an answer. Status 0 means that there was none.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// acknowledged reports whether the answer says that it was done.
func (r reply) acknowledged() bool { return r.status >= 200 && r.status < 300 }

// declined reports whether the answer says that it was not done.
func (r reply) declined() bool { return r.status >= 400 && r.status < 500 }

// do sends a request. A connection that breaks is no answer.
func (c *caller) do(ctx context.Context, method, path, bearer string, body []byte) reply {
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return reply{}
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	switch {
	case len(body) > 0 && strings.HasPrefix(path, "/oauth2/") && body[0] != '{':
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case len(body) > 0:
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return reply{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}
	}
	return reply{response.StatusCode, response.Header, text}
}

// insist sends a request again while it is unavailable, as clients do. It is
// for what prepares a test and not for what it shows.
func insist(send func() reply) reply {
	deadline := time.Now().Add(patience)
	for {
		got := send()
		if got.status != 0 && got.status != http.StatusServiceUnavailable || time.Now().After(deadline) {
			return got
		}
		<-time.After(10 * time.Millisecond)
	}
}

// wireIssued is what the service surface answers to an issue.
type wireIssued struct {
	Token struct {
		ID        string    `json:"id"`
		ExpiresAt time.Time `json:"expiresAt"`
	} `json:"token"`
	RawToken string `json:"rawToken"`
}

// issue asks for a service token through REST.
func (c *caller) issue(ctx context.Context, name string) (wireIssued, reply) {
	body := `{"name":"` + name + `","description":"made by a test","groupEntityRef":"` + platform + `","scopes":["` + held + `"]}`
	got := c.do(ctx, http.MethodPost, "/api/access-tokens/service", c.jwt, []byte(body))
	var issued wireIssued
	if got.acknowledged() && json.Unmarshal(got.body, &issued) != nil {
		return wireIssued{}, reply{}
	}
	return issued, got
}

// revoke ends a token through REST.
func (c *caller) revoke(ctx context.Context, id string) reply {
	return c.do(ctx, http.MethodDelete, "/api/access-tokens/service/"+id, c.jwt, nil)
}

// introspect asks about a token, with a demand.
func (c *caller) introspect(ctx context.Context, raw, scope string) journal.Answer {
	form := url.Values{"token": {raw}, "scope": {scope}, "require_scope": {"true"}}
	a := journal.Answer{Node: c.node, Start: time.Now(), Beyond: scope == beyond}
	got := c.do(ctx, http.MethodPost, "/oauth2/introspect", c.jwt, []byte(form.Encode()))
	var told api.Introspection
	if got.status == http.StatusOK && json.Unmarshal(got.body, &told) == nil {
		a.Verdict, a.TokenID = verdict(told)
	}
	a.End = time.Now()
	return a
}

func verdict(told api.Introspection) (journal.Verdict, string) {
	if told.Active {
		return journal.Accepted, told.TokenID
	}
	return journal.Declined, ""
}

// forwardAuth asks as a reverse proxy does.
func (c *caller) forwardAuth(ctx context.Context, raw, scope string) journal.Answer {
	a := journal.Answer{Node: c.node, Start: time.Now(), Beyond: scope == beyond}
	got := c.do(ctx, http.MethodGet, "/forward-auth?scope="+scope, raw, nil)
	switch got.status {
	case http.StatusOK:
		a.Verdict, a.TokenID = journal.Accepted, got.header.Get("X-Auth-Token-Id")
	case http.StatusUnauthorized, http.StatusForbidden:
		a.Verdict = journal.Declined
	}
	a.End = time.Now()
	return a
}

// maxBatch is how many tokens one question may hold.
const maxBatch = 1000

// introspectBatch asks about many tokens and gives the answers in their order.
func (c *caller) introspectBatch(ctx context.Context, raws []string) []journal.Answer {
	answers := make([]journal.Answer, 0, len(raws))
	for len(raws) > 0 {
		some := raws[:min(maxBatch, len(raws))]
		raws = raws[len(some):]
		body, err := json.Marshal(api.IntrospectBatchRequest{Tokens: some})
		if err != nil {
			panic(err) // strings can always be written
		}
		start := time.Now()
		got := insist(func() reply { return c.do(ctx, http.MethodPost, "/oauth2/introspect/batch", c.jwt, body) })
		var told api.IntrospectBatch
		if got.status != http.StatusOK || json.Unmarshal(got.body, &told) != nil || len(told.Results) != len(some) {
			told.Results = nil
		}
		for i := range some {
			a := journal.Answer{Node: c.node, Start: start, End: time.Now()}
			if told.Results != nil {
				a.Verdict, a.TokenID = verdict(told.Results[i])
			}
			answers = append(answers, a)
		}
	}
	return answers
}
