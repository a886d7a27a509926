package admin

import (
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

func (s surface) logHead(w http.ResponseWriter, r *web.Request) error {
	head, err := s.Log.Head(r.Context())
	if err != nil {
		return err
	}
	keys, err := s.Keys.LogVerifierKeys(s.About.LogOrigin)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.LogHead{
		Origin: head.Origin, Size: head.Size, Root: head.Root[:], Checkpoint: string(head.Signed),
		Keys: each(keys, func(s string) string { return s }),
	})
}

// logEntries gives entries as they are stored. Rows that contradict
// themselves are a finding, and are answered as one: the client verifies, and
// must hear it.
func (s surface) logEntries(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	from, limit := q.number("from", 0), int(min(q.number("limit", maxLogEntries), maxLogEntries))
	if q.err != nil {
		return q.err
	}
	entries, err := s.Log.ReadLog(r.Context(), from, limit)
	if errors.Is(err, audit.ErrTampered) {
		return web.WriteJSON(w, http.StatusOK, api.LogEntries{Entries: []api.LogEntry{}, Tampered: err.Error()})
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.LogEntries{
		Entries: each(entries, func(e audit.Stored) api.LogEntry { return api.LogEntry{Position: e.Position, Body: e.Body} }),
	})
}

func (s surface) logNodes(w http.ResponseWriter, r *web.Request) error {
	q := parameters(r)
	from, limit := q.number("from", 0), int(min(q.number("limit", maxLogNodes), maxLogNodes))
	if q.err != nil {
		return q.err
	}
	nodes, err := s.Log.ReadNodes(r.Context(), from, limit)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.LogNodes{
		Nodes: each(nodes, func(n audit.Node) api.LogNode { return api.LogNode{Index: n.Index, Hash: n.Hash[:]} }),
	})
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
	if errors.Is(err, audit.ErrTampered) {
		return token.NewError(token.ErrConflict, "The stored log was changed after it was written; run: tokenwright audit verify", err)
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.LogProof(proof))
}
