package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

const (
	issuerPath = "/api/auth"

	// What is accepted of foreign issuers: how far their clocks may differ,
	// and how long their tokens may live (row A-18).
	foreignLeeway   = 30 * time.Second
	foreignLifetime = 24 * time.Hour
)

// people knows users and groups: the built-in directory or a catalog.
type people interface {
	authority.Directory
	login.Directory
	directory.PeopleFinder
}

// issuer is the iss of our access JWTs.
func (p *parts) issuer() string { return p.publicURL + issuerPath }

// buildParts makes the parts, each from those before it.
func (s *Server) buildParts(ctx context.Context) error {
	s.metrics = newMetrics(s.opts.Version)
	s.publicURL = s.cfg.PublicURL
	if s.publicURL == "" {
		s.publicURL = s.URL()
	}
	s.rights = newRights(s.cfg.Policy, s.store)
	if err := s.rights.reload(ctx); err != nil {
		return err
	}
	s.usage = newUsage(s.store)
	s.ledger = newLedger(s.store, newTallies(s.opts.Clock, cutter(s.cfg.Usage.Addresses)))
	for _, build := range []func(context.Context) error{
		s.buildFormats, s.buildPeople, s.buildWorkspaces, s.buildPeers, s.buildVerifier, s.buildClock, s.buildNews, s.buildFeed, s.buildAuthority, s.buildDirectory, s.buildLogin, s.buildSignIn, s.buildSite,
	} {
		if err := build(ctx); err != nil {
			return err
		}
	}
	s.metrics.watch(s.verifier.Ready)
	return nil
}

// buildPeople chooses the directory that is asked who exists.
func (s *Server) buildPeople(context.Context) error {
	s.people = directory.NewBuiltIn(s.store)
	if s.cfg.Directory.CatalogURL == "" {
		return nil
	}
	catalog, err := directory.NewCatalog(directory.CatalogOptions{
		URL: s.cfg.Directory.CatalogURL, Local: s.store.FindUser, Clock: s.opts.Clock,
	})
	if err != nil {
		return fmt.Errorf("directory.catalog_url: %w", err)
	}
	s.people = catalog
	return nil
}

// buildDirectory makes the verbs of the built-in directory, and fills it for
// a demonstration.
func (s *Server) buildDirectory(ctx context.Context) error {
	var err error
	s.directory, err = directory.New(directory.Options{
		Store: s.store, Gate: s.authority, Policy: s.rights.table, People: s.people,
		Clock: s.forward, Listener: s.changed,
	})
	if err != nil || !s.cfg.Dev {
		return err
	}
	return s.directory.SeedDemo(ctx, system())
}

func (s *Server) buildLogin(context.Context) error {
	s.access = login.NewAccessTokens(login.AccessTokenOptions{
		Marked: func(owner string) time.Time { return s.verifier.MarkedUntil(owner).Add(accessLeeway) },
		Issuer: s.issuer(), Audience: s.cfg.OAuth.Audience, Signer: s.keys.Signer, Directory: s.people,
		Owns: s.owns(), ProvesIdentity: s.cfg.OAuth.IdentityProof,
		Allow: s.authority.Allow, Record: s.store.AppendEntry, Clock: s.forward,
	})
	return nil
}

// owns gives what puts the groups of people into their access JWTs, or nil.
func (s *Server) owns() func(ctx context.Context, user string) ([]string, error) {
	if !s.cfg.OAuth.OwnershipClaim {
		return nil
	}
	return func(ctx context.Context, user string) ([]string, error) { return s.remembered.GroupsOf(ctx, user) }
}

// buildFormats reads how the opaque kinds are written and digested.
func (s *Server) buildFormats(context.Context) error {
	pepper, err := s.cfg.Secrets.Pepper().Read(os.LookupEnv)
	if err != nil {
		return fmt.Errorf("secrets.pepper: %w", err)
	}
	if s.digester, err = token.NewDigester([]byte(pepper.Reveal())); err != nil {
		return fmt.Errorf("secrets.pepper: %w", err)
	}
	if s.formats, err = token.NewFormats(s.cfg.Kinds.Prefixes(), s.cfg.Kinds.FormerPrefixes()...); err != nil {
		return err
	}
	imported, err := s.cfg.ImportedForms()
	if err != nil {
		return err
	}
	if s.formats, err = s.formats.WithImported(imported...); err != nil {
		return err
	}
	s.digester = s.digester.For(s.formats)
	return nil
}

func (s *Server) buildVerifier(context.Context) error {
	issuers, err := s.issuers()
	if err != nil {
		return err
	}
	s.remembered = login.NewPeople(s.people, s.opts.Clock)
	s.bearer = login.Bearer{Directory: s.remembered}
	s.verifier, err = verify.New(verify.Options{
		Formats: s.formats, Digester: s.digester, Source: s.store, Clock: s.opts.hotClock,
		Lease: s.cfg.Verify.Lease, CacheTTL: s.cfg.Verify.CacheTTL, CacheEntries: s.cfg.Verify.CacheEntries,
		Issuers: issuers, Subject: s.bearer.Subject, Used: s.usage.used, Refused: s.countUses(), Peers: s.verifyPeers(),
		Workspace: s.verifyWorkspaces(), Granted: map[token.Kind]token.Scopes{token.KindUser: s.cfg.Kinds.User.Allowed()},
	})
	s.bearer.Verifier = s.verifier
	return err
}

// issuers gives ourselves and the configured foreign issuers.
func (s *Server) issuers() ([]verify.Issuer, error) {
	list := []verify.Issuer{{
		Issuer: s.issuer(), Audience: s.cfg.OAuth.Audience, Type: login.AccessType, Keys: s.keys,
		Leeway: accessLeeway, MaxLifetime: login.MaxAccessLifetime, Records: s.store,
	}}
	for i, one := range s.cfg.SignIn.Issuers {
		keys, err := login.NewRemoteKeys(one.JWKSURI, s.opts.Clock)
		if err != nil {
			return nil, fmt.Errorf("sign_in.issuers[%d].jwks_uri: %w", i, err)
		}
		if one.Type == "" {
			one.Type = login.AccessType
		}
		list = append(list, verify.Issuer{
			Issuer: one.Issuer, Audience: one.Audience, Type: one.Type, Keys: keys,
			Leeway: foreignLeeway, MaxLifetime: foreignLifetime, Foreign: true,
		})
	}
	return list, nil
}

func (s *Server) buildAuthority(context.Context) error {
	var err error
	s.authority, err = authority.New(authority.Options{
		Store: s.store, Directory: s.people, Policy: s.rights.table,
		Formats: s.formats, Digester: s.digester, Kinds: append(kindRules(s.cfg.Kinds), s.workspaceRules()), Workspaces: s.standings,
		Clock: s.forward, Used: s.exchanged, Listener: s.changed, Disabled: s.isDisabled,
		ClientsPerRegistrar: s.cfg.Limits.ClientsPerRegistrar,
	})
	return err
}

// isDisabled reports whether a user was disabled here.
func (s *Server) isDisabled(ctx context.Context, user string) (bool, error) {
	found, err := s.store.FindUser(ctx, user)
	if errors.Is(err, token.ErrNotFound) {
		return false, nil
	}
	return !found.DisabledAt.IsZero(), err
}
