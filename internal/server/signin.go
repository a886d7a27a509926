package server

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/surface/session"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// signInTimeout is how long a sign-in may take: the provider is asked for its
// metadata, the exchange and its keys.
const signInTimeout = 16 * time.Second

// sessionInterval is how often last uses of sessions are written and sessions
// that ran out are forgotten.
const sessionInterval = 10 * time.Second

// buildSignIn makes the ways in for people, and their sessions.
func (s *Server) buildSignIn(context.Context) error {
	s.cookies = login.NewCookies(s.publicURL)
	s.sessions = login.NewSessions(login.SessionOptions{
		Store: s.store, Directory: s.remembered,
		Lifetime: s.cfg.SignIn.Sessions.Lifetime, Idle: s.cfg.SignIn.Sessions.Idle,
		Allow: s.authority.Allow, Named: s.named, Elsewhere: s.cfg.Directory.CatalogURL != "",
		Changed: s.changed, Clock: s.forward,
	})
	o := s.cfg.SignIn.OIDC
	if o == nil {
		return nil
	}
	secret, err := o.ClientSecret().Read(os.LookupEnv)
	if err != nil {
		return fmt.Errorf("sign_in.oidc.client_secret: %w", err)
	}
	opts := login.OIDCOptions{
		Issuer: o.Issuer, ClientID: o.ClientID, Secret: secret, RedirectURL: s.publicURL + login.CallbackPath,
		Scopes: o.Scopes, Subject: o.Subject, Spend: s.store.Spend, Clock: s.forward,
	}
	if s.cfg.Directory.CatalogURL == "" { // else the catalog knows better
		opts.GroupsClaim, opts.CreateUsers = o.GroupsClaim, o.CreateUsers
	}
	s.oidc, err = login.NewOIDC(opts)
	if err != nil {
		return fmt.Errorf("sign_in.oidc: %w", err)
	}
	return nil
}

// named gives what tells, from the roles that were granted at that moment, whether
// the policy means this very user.
func (s *Server) named(ctx context.Context, user string) (func(granted []token.RoleGrant) bool, error) {
	groups, err := s.people.GroupsOf(ctx, user)
	if err != nil {
		return nil, err
	}
	who := token.Principal{Type: token.PrincipalUser, Ref: user, Groups: groups}
	return func(granted []token.RoleGrant) bool { return s.rights.with(granted).IsNamed(who) }, nil
}

// browsers says how the route guard recognises who is signed in.
func (s *Server) browsers() web.Sessions {
	return web.Sessions{
		Cookie: s.cookies.SessionName(), Origin: s.cookies.Origin(), Authenticate: s.sessions.Authenticate, Glance: s.sessions.Glance,
	}
}

func (s *Server) signInSurface() (web.Surface, error) {
	pages := login.Page{
		Site: s.site, Links: s.directory, Access: s.access, Sessions: s.sessions, Cookies: s.cookies, OIDC: s.oidc,
		FirstRun: s.firstRun.Load,
	}
	return pages.Surface(web.Limits{PerAddress: signInPerMinute, Timeout: signInTimeout}), nil
}

func (s *Server) sessionSurface() (web.Surface, error) {
	surface := session.Surface(session.Options{Sessions: s.sessions, Cookies: s.cookies, Describe: s.describe})
	surface.Limits.PerAddress = publicPerMinute
	surface.Limits.PerPrincipal = s.cfg.Limits.RequestsPerMinute
	return surface, nil
}

// describe tells who somebody is here, at this moment.
func (s *Server) describe(ctx context.Context, by token.Principal) (login.Person, error) {
	names, err := s.people.NamesOf(ctx, []string{by.Ref})
	if err != nil {
		return login.Person{}, err
	}
	table := s.rights.table()
	person := login.Person{User: by.Ref, Name: names[by.Ref], Groups: by.Groups, Roles: table.RolesOf(by)}
	for _, permission := range table.Permissions(by) {
		person.Permissions = append(person.Permissions, string(permission))
	}
	return person, nil
}

// keepSessions writes the last uses of sessions and forgets what has run out.
func (s *Server) keepSessions(ctx context.Context) {
	every(ctx, sessionInterval, func() {
		ctx, cancel := context.WithTimeout(ctx, workDeadline)
		defer cancel()
		if err := s.sessions.Flush(ctx, s.store); err != nil {
			s.fault(ctx, "sessions", err)
			return
		}
		if err := s.sessions.Sweep(ctx, s.store); err != nil {
			s.fault(ctx, "sessions", err)
			return
		}
		if err := s.forgetGrants(ctx); err != nil {
			s.fault(ctx, "authorizations", err)
		}
	})
}
