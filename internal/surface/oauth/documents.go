package oauth

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// How long a document is remembered, and how many are.
const (
	documentAge  = 5 * time.Minute
	maxDocuments = 256
)

// Documents says which programs may be clients by a document of their own.
type Documents struct {
	// Clients are addresses of documents with stars in the path.
	Clients []string
	// Redirects bound where such clients wait; none means this machine alone.
	Redirects []string
	Clock     func() time.Time
}

// documents knows clients by their documents. A nil one knows none.
type documents struct {
	Documents

	own   string // address of the command line's document
	fetch *fetcher
	mu    sync.Mutex
	known map[string]knownDocument
}

type knownDocument struct {
	client token.Client
	until  time.Time
}

func newDocuments(opts *Documents, publicURL string) *documents {
	if opts == nil {
		return nil
	}
	return &documents{
		Documents: *opts, own: publicURL + oauth.CommandLinePath, fetch: newFetcher(), known: map[string]knownDocument{},
	}
}

// allows reports whether a client id may be the address of a document.
func (d *documents) allows(id string) bool {
	if d == nil {
		return false
	}
	return id == d.own || oauth.IsDocumentURL(id) &&
		slices.ContainsFunc(d.Clients, func(pattern string) bool { return oauth.MatchesPattern(pattern, id) })
}

// find gives the client of a document. What cannot be read now is an error and
// not remembered.
func (d *documents) find(ctx context.Context, id string) (token.Client, error) {
	if id == d.own {
		return d.clientOf(id, oauth.Document{Name: commandLineName, Redirects: []string{commandLineRedirect}}), nil
	}
	now := d.Clock()
	d.mu.Lock()
	known, ok := d.known[id]
	d.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.client, nil
	}
	data, err := d.fetch.read(ctx, id)
	if err != nil {
		return token.Client{}, token.NewError(errUnread, token.Message(errUnread), err)
	}
	said, err := oauth.ParseDocument(data, id)
	if err != nil {
		return token.Client{}, errClient
	}
	client := d.clientOf(id, said)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) >= maxDocuments {
		clear(d.known) // they are soon read again, or never
	}
	d.known[id] = knownDocument{client, now.Add(documentAge)}
	return client, nil
}

// clientOf leaves out the redirect URIs that are not allowed here.
func (d *documents) clientOf(id string, said oauth.Document) token.Client {
	c := token.Client{ID: id, Name: said.Name, Refresh: true}
	for _, uri := range said.Redirects {
		if d.mayWait(uri) {
			c.RedirectURIs = append(c.RedirectURIs, uri)
		}
	}
	return c
}

func (d *documents) mayWait(uri string) bool {
	if len(d.Redirects) == 0 {
		return oauth.IsLoopback(uri)
	}
	return slices.ContainsFunc(d.Redirects, func(pattern string) bool { return oauth.MatchesPattern(pattern, uri) })
}

// The command line of the reference.
const (
	commandLineName     = "Backstage CLI"
	commandLineRedirect = "http://127.0.0.1:8055/callback"
)

// commandLine answers GET /api/auth/.well-known/oauth-client/cli.json, in the
// order of the reference.
func (h *handlers) commandLine(w http.ResponseWriter, _ *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, struct {
		ID            string   `json:"client_id"`
		Name          string   `json:"client_name"`
		Redirects     []string `json:"redirect_uris"`
		ResponseTypes []string `json:"response_types"`
		GrantTypes    []string `json:"grant_types"`
		AuthMethod    string   `json:"token_endpoint_auth_method"`
		Scope         string   `json:"scope"`
	}{
		h.documents.own, commandLineName,
		[]string{commandLineRedirect},
		[]string{"code"},
		[]string{"authorization_code"},
		byNothing, oauth.ScopeOpenID + " " + oauth.ScopeOffline,
	})
}
