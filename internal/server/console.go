package server

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/surface/console"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// buildNews makes what tells open pages of changes. A person has a few browsers,
// and all pages together hold a part of the connections.
func (s *Server) buildNews(context.Context) error {
	s.news = console.NewNews(console.NewsLimits{PerSession: 4, PerPerson: 16, InAll: max(1, s.cfg.Limits.Connections/8)})
	return nil
}

// buildSite makes what all pages share.
func (s *Server) buildSite(context.Context) error {
	var err error
	s.site, err = page.New(page.Options{
		PublicURL: s.publicURL, Version: s.opts.Version, Tabs: console.Tabs(),
		Serves:   func(path string) bool { return s.mux.Serves(http.MethodGet, path) },
		Describe: s.describePerson,
		Permits: func(by token.Principal, permission string) bool {
			return s.rights.table().May(by, policy.Permission(permission)) == nil
		},
		SignIn: login.SignInURL, Unrepeated: unrepeated, SignedOut: s.cookies.ForgetSession, Heard: s.news.Heard, Clock: s.forward,
	})
	return err
}

// unrepeated reports whether an address holds a code, or what the client of an
// authorization put there.
func unrepeated(path string) bool { return login.HoldsCode(path) || path == oauth.AuthorizePath }

func (s *Server) describePerson(ctx context.Context, by token.Principal) (page.Person, error) {
	person, err := s.describe(ctx, by)
	return page.Person{Ref: person.User, Name: person.Name, Roles: person.Roles, Groups: person.Groups}, err
}

// consoleSurfaces gives the pages on which people see and change tokens.
func (s *Server) consoleSurfaces() ([]web.Surface, error) {
	limits := web.Limits{PerAddress: publicPerMinute, PerPrincipal: s.cfg.Limits.RequestsPerMinute}
	return append(console.Surfaces(console.Options{
		Site: s.site, Authority: s.authority, Policy: s.rights.table, Groups: s.groupRefs, People: s.personRefs, Gone: s.goneOwners(),
		Directory: s.directoryOptions(), Sessions: s.sessions, Usage: s.keptUsage(), Counts: s.store, News: s.news, PublicURL: s.publicURL, Limits: limits, Personal: s.personalTokens(),
		Audit: s.auditOptions(), Keys: s.keyOptions(), Installation: s.installation(), Describe: s.description,
	}), s.site.Surface(limits)), nil
}

// directoryOptions say who is what, and where that is kept.
func (s *Server) directoryOptions() console.DirectoryOptions {
	opts := console.DirectoryOptions{
		Verbs: s.directory, Standing: s.standings.FindStanding, Reader: s.people,
		Catalog: s.cfg.Directory.CatalogURL, RPC: s.publicURL + s.cfg.Kinds.Workspace.RPCPath,
	}
	if s.cfg.SignIn.OIDC != nil {
		opts.Provider = s.cfg.SignIn.OIDC.Issuer
	}
	return opts
}

// personalTokens is how the pages make personal tokens, nil where people make
// none.
func (s *Server) personalTokens() *console.Personal {
	if !s.cfg.Kinds.Personal.Enabled {
		return nil
	}
	return &console.Personal{Begin: s.personalOptions().Begin, Cookies: s.cookies}
}

// groupRefs lists the groups of the built-in directory. A catalog is not asked
// for all of its groups.
func (s *Server) groupRefs(ctx context.Context) ([]string, error) {
	if s.cfg.Directory.CatalogURL != "" {
		return nil, nil
	}
	groups, err := s.store.ListGroups(ctx)
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(groups))
	for i, group := range groups {
		refs[i] = group.Ref
	}
	return refs, nil
}

// suggestedPeople is how many people a form suggests; whoever is not among them
// is typed.
const suggestedPeople = 200

// personRefs lists people of the built-in directory to whom tokens can be
// assigned. A catalog is not asked: its pages would wait for it.
func (s *Server) personRefs(ctx context.Context) ([]string, error) {
	if s.cfg.Directory.CatalogURL != "" {
		return nil, nil
	}
	found, err := s.people.SearchPeople(ctx, token.PeopleQuery{Limit: suggestedPeople})
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(found.People))
	for i, one := range found.People {
		refs[i] = one.Ref
	}
	return refs, nil
}
