package admin

import (
	"context"
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

const (
	maxLogEntries = 1000
	maxLogNodes   = 2000
)

func (s surface) logRoutes() []web.Route {
	return []web.Route{
		route(http.MethodGet, api.PathAudit, policy.AuditRead, s.listEntries),
		route(http.MethodGet, api.PathLogHead, policy.AuditRead, s.logHead),
		route(http.MethodGet, api.PathLogEntries, policy.AuditRead, s.logEntries),
		route(http.MethodGet, api.PathLogNodes, policy.AuditRead, s.logNodes),
		route(http.MethodGet, api.PathLogProof, policy.AuditRead, s.logProof),
	}
}

// Rows of the log that contradict themselves are a finding and no fault: they
// are answered as one, because a client that verifies the log must hear it.

func (s surface) logHead(w http.ResponseWriter, r *web.Request) error {
	var out api.LogHead
	head, err := s.Log.Head(r.Context())
	if err := finding(err, &out.Tampered); err != nil {
		return err
	}
	if err := s.knowSigner(r.Context(), head); err != nil {
		return err
	}
	keys, err := s.Keys.LogVerifierKeys(s.About.LogOrigin)
	if err != nil {
		return err
	}
	out.Keys = each(keys, func(s string) string { return s })
	out.Origin, out.Size, out.Root, out.Checkpoint = head.Origin, head.Size, head.Root[:], string(head.Signed)
	return web.WriteJSON(w, http.StatusOK, out)
}

// knowSigner reads the keys again when the head is signed by none of those that
// this node remembers: another node may have made one a moment ago.
func (s surface) knowSigner(ctx context.Context, head audit.Head) error {
	known, err := s.Keys.LogVerifiers(s.About.LogOrigin)
	if err != nil || len(head.Signed) == 0 {
		return err
	}
	if _, err := audit.OpenCheckpoint(head.Signed, known); err != nil {
		return s.Keys.Refresh(ctx)
	}
	return nil
}

func (s surface) logEntries(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	from, limit := q.number("from", 0), int(min(q.number("limit", maxLogEntries), maxLogEntries))
	if q.err != nil {
		return q.err
	}
	var out api.LogEntries
	entries, err := s.Log.ReadLog(r.Context(), from, limit)
	if err := finding(err, &out.Tampered); err != nil {
		return err
	}
	out.Entries = each(entries, func(e audit.Stored) api.LogEntry {
		return api.LogEntry{Position: e.Position, Body: e.Body}
	})
	return web.WriteJSON(w, http.StatusOK, out)
}

func (s surface) logNodes(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	from, limit := q.number("from", 0), int(min(q.number("limit", maxLogNodes), maxLogNodes))
	if q.err != nil {
		return q.err
	}
	var out api.LogNodes
	nodes, err := s.Log.ReadNodes(r.Context(), from, limit)
	if err := finding(err, &out.Tampered); err != nil {
		return err
	}
	out.Nodes = each(nodes, func(n audit.Node) api.LogNode { return api.LogNode{Index: n.Index, Hash: n.Hash[:]} })
	return web.WriteJSON(w, http.StatusOK, out)
}

// finding takes an error that says the log was changed into the answer, and
// gives back every other one.
func finding(err error, into *string) error {
	if !errors.Is(err, audit.ErrTampered) {
		return err
	}
	*into = err.Error()
	return nil
}

func (s surface) logProof(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	id := q.text("entry")
	if q.err != nil {
		return q.err
	}
	position, err := s.Log.FindEntryPosition(r.Context(), id)
	if errors.Is(err, token.ErrNotFound) {
		return token.NewError(token.ErrNotFound, "There is no such entry in the log, or it has no position yet", nil)
	}
	if err != nil {
		return err
	}
	proof, err := audit.Prove(r.Context(), s.Log, position)
	if err != nil {
		return unreadable(err)
	}
	return web.WriteJSON(w, http.StatusOK, api.LogProof(proof))
}

// unreadable gives an error that says the log was changed words for people.
func unreadable(err error) error {
	if errors.Is(err, audit.ErrTampered) {
		return token.NewError(token.ErrConflict, "The stored log was changed after it was written; run: tokenwright audit verify", err)
	}
	return err
}
