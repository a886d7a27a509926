package workspace

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Base is where the REST surface is mounted.
const Base = "/api/access-tokens/workspace"

// Directory says who is what, and which workspace a UUID names. All but
// FindStanding read the built-in directory.
type Directory interface {
	authority.Workspaces
	// FindWorkspace gives the workspace of a UUID, or token.ErrNotFound.
	FindWorkspace(ctx context.Context, uuid string) (token.Workspace, error)
	// NamesOf gives the names of users by their refs.
	NamesOf(ctx context.Context, refs []string) (map[string]string, error)
}

// Options are what the surfaces are made of. All but PerMinute and PerAddress
// are required.
type Options struct {
	Authority *authority.Authority
	Directory Directory
	// Authenticate gives who presents a bearer: a person, a service or a peer.
	// A good credential of another kind is token.ErrWrongKind.
	Authenticate func(ctx context.Context, bearer string) (token.Principal, error)
	// Record writes the line of the log about a caller who was turned away.
	Record func(ctx context.Context, e audit.Entry) error
	// RPCPath is where the RPC is mounted, such as "/_accounts".
	RPCPath string
	// PerMinute is how many requests a minute one person may make of the REST
	// surface, PerAddress how many one address of the RPC; 0 means no limit.
	PerMinute, PerAddress int
}

// handlers answer the routes of both surfaces.
type handlers struct{ Options }

// RPC gives the surface of the account RPC.
func RPC(opts Options) web.Surface {
	r := newRPC(handlers{opts})
	return web.Surface{
		Base: opts.RPCPath, Dialect: rpcDialect{opts.Authority.Now},
		Limits: web.Limits{PerAddress: opts.PerAddress},
		Routes: []web.Route{{
			Method: http.MethodPost, Pattern: "", Handle: r.serve,
			Access: web.Public("the RPC itself says, in its envelope, that a caller is not known"),
		}},
	}
}

// REST gives the REST surface.
func REST(opts Options) web.Surface {
	h := handlers{opts}
	read := web.Users(string(policy.WorkspaceRead)).AndBrowsers()
	write := web.Users(string(policy.WorkspaceWrite)).AndBrowsers()
	revoke := web.Users(string(policy.WorkspaceRevoke)).AndBrowsers()
	history := wire.History[wire.Event]{Authority: h.Authority, Kind: token.KindWorkspace, Actions: events(), Event: newEvent}
	return web.Surface{
		Base: Base, Dialect: dialect{},
		Limits: web.Limits{PerPrincipal: opts.PerMinute},
		Routes: []web.Route{
			{Method: http.MethodGet, Pattern: "", Access: read, Handle: h.list},
			{Method: http.MethodPost, Pattern: "", Access: write, Handle: h.issue},
			{Method: http.MethodGet, Pattern: "/{id}", Access: read, Handle: h.find},
			{Method: http.MethodDelete, Pattern: "/{id}", Access: revoke, Handle: h.revoke},
			{Method: http.MethodPost, Pattern: "/{id}/rotate", Access: write, Handle: h.rotate},
			{Method: http.MethodGet, Pattern: "/{id}/audit", Access: read, Handle: history.Handle},
		},
	}
}
