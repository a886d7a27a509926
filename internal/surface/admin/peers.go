package admin

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Peers are the services that may show tokens of their own.
type Peers interface {
	// List gives all of them: those that are configured by name, then those
	// that are switched off and not configured any more.
	List(ctx context.Context) ([]Peer, error)
	// Switch refuses a peer (true) or lets it in again. One that is in that
	// state already stays so; no such peer is token.ErrNotFound.
	Switch(ctx context.Context, by token.Principal, name string, disabled bool) error
}

// Peer is one of them. Disabled is zero for one that is let in.
type Peer struct {
	peer.CallerInfo

	Disabled token.DisabledPeer
}

func (s surface) peerRoutes() []web.Route {
	return []web.Route{
		route(http.MethodGet, api.PathPeers, policy.Admin, s.listPeers),
		route(http.MethodPost, api.PathPeerDisable, policy.Admin, s.switchPeer(true, audit.PeerDisabled)),
		route(http.MethodPost, api.PathPeerEnable, policy.Admin, s.switchPeer(false, audit.PeerEnabled)),
	}
}

func (s surface) listPeers(w http.ResponseWriter, r *web.Request) error {
	list, err := s.Peers.List(r.Context())
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, api.Peers{Peers: each(list, wirePeer)})
}

func (s surface) switchPeer(disabled bool, action audit.Action) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		f := body(r, "name")
		name := f.text("name")
		if f.err != nil {
			return f.err
		}
		if err := s.Authority.Allow(r.Context(), r.Principal, policy.Admin, action); err != nil {
			return err
		}
		return done(w, s.Peers.Switch(r.Context(), r.Principal, name, disabled))
	}
}

func wirePeer(p Peer) api.Peer {
	return api.Peer{
		Name: p.Name, Types: each(p.Types, func(s string) string { return s }), Subject: string(p.Subject),
		Unrestricted: p.Unrestricted, Short: p.Short,
		DisabledAt: p.Disabled.DisabledAt, DisabledBy: p.Disabled.DisabledBy, Damaged: p.Disabled.Damaged,
	}
}
