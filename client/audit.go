package client

import (
	"context"
	"net/url"
	"time"

	"github.com/tokenwright/tokenwright/api"
)

// EntryQuery selects entries of the audit log. The zero value of a field does
// not filter.
type EntryQuery struct {
	TokenID string
	Owner   string
	Actor   string
	Kind    string
	Action  string // one action or several joined by commas
	Outcome string // allowed or refused
	Since   time.Time
	Until   time.Time // exclusive
	Limit   int       // 0 = 100; the server gives at most 500
	Before  string    // EntryPage.Next of the page before
}

func (q EntryQuery) values() url.Values {
	v := url.Values{}
	set(v, "tokenId", q.TokenID)
	set(v, "owner", q.Owner)
	set(v, "actor", q.Actor)
	set(v, "kind", q.Kind)
	set(v, "action", q.Action)
	set(v, "outcome", q.Outcome)
	set(v, "before", q.Before)
	setTime(v, "since", q.Since)
	setTime(v, "until", q.Until)
	setInt(v, "limit", int64(q.Limit))
	return v
}

func setTime(v url.Values, name string, t time.Time) {
	if !t.IsZero() {
		v.Set(name, t.UTC().Format(time.RFC3339Nano))
	}
}

// Entries gives a page of the audit log, newest first.
func (c *Client) Entries(ctx context.Context, q EntryQuery) (api.EntryPage, error) {
	return get[api.EntryPage](ctx, c, api.PathAudit, q.values())
}

// LogHead gives the signed end of the log.
func (c *Client) LogHead(ctx context.Context) (api.LogHead, error) {
	return get[api.LogHead](ctx, c, api.PathLogHead, nil)
}

// LogEntries gives at most limit entries in their stored form, from a
// position on.
func (c *Client) LogEntries(ctx context.Context, from int64, limit int) (api.LogEntries, error) {
	return get[api.LogEntries](ctx, c, api.PathLogEntries, run(from, limit))
}

// LogNodes gives at most limit stored hashes of the tree, from an index on.
func (c *Client) LogNodes(ctx context.Context, from int64, limit int) (api.LogNodes, error) {
	return get[api.LogNodes](ctx, c, api.PathLogNodes, run(from, limit))
}

// LogProof proves that the entry of an id is in the log.
func (c *Client) LogProof(ctx context.Context, entryID string) (api.LogProof, error) {
	return get[api.LogProof](ctx, c, api.PathLogProof, url.Values{"entry": {entryID}})
}

func run(from int64, limit int) url.Values {
	v := url.Values{}
	setInt(v, "from", from)
	setInt(v, "limit", int64(limit))
	return v
}
