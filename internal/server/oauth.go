package server

import (
	"context"

	"github.com/tokenwright/tokenwright/internal/oauth"
	surface "github.com/tokenwright/tokenwright/internal/surface/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
)

// oauthPerMinute is how many requests a minute one address may make of the
// authorization server, and one OAuth client: many people may stand behind
// either.
const oauthPerMinute = 600

// sweepGrants is how many rows one step of forgetting takes.
const sweepGrants = 1000

// oauthSurfaces gives the authorization server.
func (s *Server) oauthSurfaces() ([]web.Surface, error) {
	var documents *surface.Documents
	if by := s.cfg.OAuth.ClientMetadata; by.Enabled {
		documents = &surface.Documents{Clients: by.AllowedClientIDs, Redirects: by.AllowedRedirectURIs, Clock: s.opts.Clock}
	}
	return surface.Surfaces(surface.Options{
		Site: s.site, Authority: s.authority, Access: s.access, Verifier: s.verifier, Cookies: s.cookies,
		Issuer: s.issuer(), PublicURL: s.publicURL,
		Catalogue: catalogue(s.cfg.Kinds.Service), AccessLifetime: s.cfg.Kinds.Personal.AccessLifetime,
		Redirects: oauth.RedirectRules{LocalhostPortFree: s.cfg.OAuth.LocalhostPortFree},
		GroupsOf:  s.remembered.GroupsOf, PerAddress: oauthPerMinute, PerClient: oauthPerMinute,
		Personal: s.cfg.Kinds.Personal.Enabled, Registration: s.cfg.OAuth.Registration, Documents: documents,
	}), nil
}

// askable lists the scopes that clients may ask for.
func (s *Server) askable() []string {
	list := []string{oauth.ScopeOpenID, oauth.ScopeOffline}
	for _, scope := range s.cfg.Kinds.Service.Catalogue() {
		list = append(list, scope.ID)
	}
	return list
}

// forgetGrants forgets authorizations and clients that are of no use any more.
func (s *Server) forgetGrants(ctx context.Context) error {
	for _, sweep := range []func() (int, error){
		func() (int, error) { return s.store.SweepAuthorizations(ctx, s.forward(), sweepGrants) },
		func() (int, error) { return s.store.SweepClients(ctx, s.forward(), sweepGrants) },
	} {
		for n := sweepGrants; n == sweepGrants && ctx.Err() == nil; {
			var err error
			if n, err = sweep(); err != nil {
				return err
			}
		}
	}
	return nil
}
