package server

import (
	"context"
	"net/netip"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// guard gives the decisions of the route guard: who presents a credential,
// whether they hold a permission at all, and the record of who was turned
// away.
func (s *Server) guard() web.Guard {
	return web.Guard{
		Authenticate: func(ctx context.Context, c web.Credential) (token.Principal, error) {
			return s.bearer.Authenticate(ctx, c.Bearer.Reveal())
		},
		Allow: func(_ context.Context, by token.Principal, permission string) error {
			return s.rights.table().May(by, policy.Permission(permission))
		},
		Refused: s.refused, Passed: s.passed,
	}
}

// passed counts the use of a token at our own API.
func (s *Server) passed(by token.Principal, from netip.Addr) {
	if count := s.countUses(); count != nil && by.Type == token.PrincipalService {
		count(token.Use{TokenID: by.TokenID, Kind: token.KindService, Former: by.Former, From: from})
	}
}

// refused writes the line of the log about a request that was turned away.
func (s *Server) refused(ctx context.Context, r web.Refusal) error {
	if count := s.countUses(); count != nil && r.Principal.Type == token.PrincipalService {
		count(token.Use{TokenID: r.Principal.TokenID, Kind: token.KindService, Refused: true})
	}
	entry := audit.NewEntry(audit.AccessRefused, r.Principal, s.forward()).Refuse(r.Err).
		With("method", r.Method).With("route", r.Route)
	if r.Permission != "" {
		entry = entry.With("permission", r.Permission)
	}
	return s.store.AppendEntry(ctx, entry)
}
