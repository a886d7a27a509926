package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Options are what the pages are made of. All but the last are required.
type Options struct {
	Site      *page.Site
	Authority *authority.Authority
	// Policy gives the table in force.
	Policy func() policy.Table
	// Groups lists the refs of the groups that exist, for suggestions; none
	// where they are not known here.
	Groups func(ctx context.Context) ([]string, error)
	// People lists the refs of people, the first of them, for suggestions; none
	// where they are not known here.
	People func(ctx context.Context) ([]string, error)
	// Gone gives those of some owners whom the directory does not know; nil
	// where it is not asked.
	Gone     func(ctx context.Context, owners []string) ([]string, error)
	Sessions *login.Sessions
	// Directory says who is what.
	Directory DirectoryOptions
	// Audit, Keys and Installation are for operators; Describe gives the
	// description of the API.
	Audit        AuditOptions
	Keys         KeyOptions
	Installation Installation
	Describe     func() (json.RawMessage, error)
	// Usage knows how tokens were used; nil where that is not kept. Counts knows
	// how many there are.
	Usage  Usage
	Counts Counts
	// News hears of changes, and tells the pages that show them.
	News      *News
	PublicURL string
	Limits    web.Limits
	// Personal is nil where people make no tokens of their own.
	Personal *Personal
}

// handlers answer the routes.
type handlers struct{ Options }

// Surfaces gives the routes of all pages.
func Surfaces(opts Options) []web.Surface {
	h := handlers{opts}
	return append(h.personalSurfaces(), []web.Surface{
		h.liveSurface(),
		{
			Dialect: opts.Site, Limits: opts.Limits,
			Routes: append(h.sessionRoutes(), web.Route{Method: http.MethodGet, Pattern: "/", Access: web.Browsers(""), Handle: h.home}),
		},
		{Dialect: opts.Site, Limits: opts.Limits, Routes: h.myWorkspaceRoutes()},
		{
			Base: adminBase, Dialect: opts.Site, Limits: opts.Limits,
			Routes: append(h.servicePages().routes("/access-tokens"), h.userPages().routes("/api-tokens")...),
		},
		{Base: adminBase, Dialect: opts.Site, Limits: opts.Limits, Routes: append(h.workspaceRoutes(), h.peopleRoutes()...)},
		{Base: adminBase, Dialect: opts.Site, Limits: opts.Limits, Routes: h.inventoryRoutes()},
		{Base: adminBase, Dialect: opts.Site, Limits: opts.Limits, Routes: slices.Concat(h.auditRoutes(), h.keyRoutes(), h.settingRoutes())},
		{Base: adminBase, Dialect: opts.Site, Limits: withoutEnd(opts.Limits), Routes: h.exportRoutes()},
		{Dialect: opts.Site, Limits: opts.Limits, Routes: h.apiRoutes()},
	}...)
}

// adminBase is what the paths of all pages for administrators begin with.
const adminBase = "/admin"

// change gives the routes of a form on a page of its own: it is shown by GET and
// sent by POST.
func change(pattern string, access web.Access, show, send web.Handler) []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: pattern, Access: access, Handle: show},
		{Method: http.MethodPost, Pattern: pattern, Access: access, Handle: send},
	}
}

// may reports whether a principal holds a permission, to show only what they
// can do. The verbs decide.
func (h handlers) may(by token.Principal, permission policy.Permission) bool {
	return h.Policy().May(by, permission) == nil
}
