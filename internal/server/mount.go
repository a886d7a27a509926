package server

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/surface/admin"
	"github.com/tokenwright/tokenwright/internal/surface/discovery"
	"github.com/tokenwright/tokenwright/internal/surface/introspect"
	"github.com/tokenwright/tokenwright/internal/surface/ops"
	"github.com/tokenwright/tokenwright/internal/surface/personal"
	"github.com/tokenwright/tokenwright/internal/surface/service"
	"github.com/tokenwright/tokenwright/internal/surface/user"
	"github.com/tokenwright/tokenwright/internal/web"
)

// Requests a minute that one address may make without a good credential.
const (
	publicPerMinute = 1200
	signInPerMinute = 300
)

// adminShare is how many times the requests of the other surfaces one principal
// may make of the administrative API: tools read the log there page by page.
const adminShare = 10

// mount builds the routes. A route that declares no access keeps the server
// from starting.
func (s *Server) mount(context.Context) error {
	var err error
	s.mux, err = web.NewMux(web.Options{
		Guard: s.guard(), Clock: s.opts.Clock, Log: s.log,
		Hosts: s.hosts(), Secure: strings.HasPrefix(s.publicURL, "https://"),
		TrustedProxies: s.cfg.TrustedProxies, Sessions: s.browsers(), HoldsSecret: s.formats.HoldsSecret, Observe: s.metrics.observe,
	})
	if err != nil {
		return err
	}
	s.buildHealth()
	s.description = s.describer()
	surfaces, err := s.surfaces()
	if err != nil {
		return err
	}
	for _, one := range surfaces {
		if err := s.mux.Mount(one); err != nil {
			return err
		}
	}
	return nil
}

// surfaces lists everything that is served.
func (s *Server) surfaces() ([]web.Surface, error) {
	list := slices.Concat(s.adminSurfaces(), introspect.Surfaces(introspect.Options{
		Verifier: s.verifier, Revoker: s.authority, Issuer: s.issuer(), Used: s.countUses(), PerAddress: publicPerMinute,
	}))
	for _, build := range []func() (web.Surface, error){
		s.healthSurface, s.discoverySurface, s.signInSurface, s.sessionSurface, s.serviceSurface, s.userSurface, s.forwardAuthSurface,
		s.workspaceSurface, s.workspaceRPC, s.openAPISurface,
	} {
		one, err := build()
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	for _, build := range []func() ([]web.Surface, error){s.oauthSurfaces, s.personalSurfaces, s.consoleSurfaces} {
		some, err := build()
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// hosts gives the names under which this server answers: that of the public
// URL, the configured further ones, and loopback addresses, which no other
// site can make a browser send (row J-03). Without a configured URL every name
// is served.
func (s *Server) hosts() []string {
	u, err := url.Parse(s.cfg.PublicURL)
	if err != nil || u.Hostname() == "" || s.cfg.PublicURL == "http://"+s.cfg.Listen {
		return nil
	}
	name := strings.ToLower(u.Hostname())
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	list := []string{name, "localhost", "127.0.0.1", "[::1]"}
	for _, further := range s.cfg.Hosts {
		list = append(list, strings.ToLower(further))
	}
	return list
}

func (s *Server) healthSurface() (web.Surface, error) {
	surface := ops.Surface(s.health.parts)
	surface.Limits.PerAddress = publicPerMinute
	return surface, nil
}

func (s *Server) discoverySurface() (web.Surface, error) {
	surface, err := discovery.Surface(discovery.Options{
		Issuer: s.issuer(), PublicURL: s.publicURL, Keys: s.keys.PublicKeys,
		Scopes: s.askable(), Registration: s.cfg.OAuth.Registration, Documents: s.cfg.OAuth.ClientMetadata.Enabled,
		MaxAge: keyring.Settle / 2, Limits: web.Limits{PerAddress: publicPerMinute},
	})
	if err != nil {
		return web.Surface{}, fmt.Errorf("public_url: %w", err)
	}
	return surface, nil
}

// personalSurfaces gives the REST of personal tokens; their pages are the
// console's. Where people make none there are no routes: their paths are not
// found.
func (s *Server) personalSurfaces() ([]web.Surface, error) {
	if !s.cfg.Kinds.Personal.Enabled {
		return nil, nil
	}
	rest := personal.New(s.personalOptions())
	rest.Limits.PerAddress = publicPerMinute
	return []web.Surface{rest}, nil
}

func (s *Server) personalOptions() personal.Options {
	return personal.Options{
		Authority: s.authority, Cookies: s.cookies, PublicURL: s.publicURL, PerMinute: s.cfg.Kinds.Personal.RequestsPerMinute,
	}
}

func (s *Server) userSurface() (web.Surface, error) {
	surface := user.New(user.Options{
		Authority: s.authority, People: s.people, PerMinute: s.cfg.Limits.RequestsPerMinute,
		Deputies: &web.Deputies{Trusted: s.cfg.Kinds.User.TrustedPeers, Person: s.bearer.Person},
	})
	surface.Limits.PerAddress = publicPerMinute
	return surface, nil
}

func (s *Server) serviceSurface() (web.Surface, error) {
	surface := service.New(s.authority, service.Options{
		PerMinute: s.cfg.Limits.RequestsPerMinute, Personal: s.cfg.Kinds.Personal.Enabled,
	})
	surface.Limits.PerAddress = publicPerMinute
	return surface, nil
}

// adminSurfaces gives the administrative API. It is reached through the admin
// socket and, by bearers, on the public listener.
func (s *Server) adminSurfaces() []web.Surface {
	surfaces := admin.Surfaces(admin.Options{
		Authority: s.authority, Directory: s.directory, AccessTokens: s.access, Keys: s.keys, Sessions: s.sessions, Peers: s.peersOf(),
		Log: s.store, Verifier: s.verifier, Cursors: s.cursors, Policy: s.rights.table, Checks: s.checks(), DataChecks: s.dataChecks(),
		About: admin.About{
			Version: s.opts.Version, StartedAt: s.opts.Clock().UTC(), PublicURL: s.publicURL, LogOrigin: s.logOrigin,
		},
	})
	for i := range surfaces {
		surfaces[i].Limits.PerAddress = publicPerMinute
		surfaces[i].Limits.PerPrincipal = adminShare * s.cfg.Limits.RequestsPerMinute
	}
	return surfaces
}
