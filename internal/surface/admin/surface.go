package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Log reads the audit log. The stores implement it.
type Log interface {
	audit.Reader
	EntryReader
}

// EntryReader reads entries as people do.
type EntryReader interface {
	ListEntries(ctx context.Context, q audit.Query) (audit.Page, error)
	// IterateEntries calls do for every entry that matches, in the order of
	// the log, and ends with its first error. Memory does not grow with the
	// log.
	IterateEntries(ctx context.Context, q audit.Query, do func(audit.Stored) error) error
	// FindEntryPosition gives the position of an entry, or
	// token.ErrNotFound when it does not exist or has none yet.
	FindEntryPosition(ctx context.Context, id string) (int64, error)
}

// Verifier says whether a presented token is good. *verify.Verifier does.
type Verifier interface {
	Inspect(ctx context.Context, bearer string) (*verify.Verified, token.Token, error)
}

// Options are what the surface is made of. All but the checks are required.
type Options struct {
	Authority    *authority.Authority
	Directory    *directory.Directory
	AccessTokens *login.AccessTokens
	Keys         *keyring.Keyring
	Sessions     *login.Sessions
	Peers        Peers
	Log          Log
	Verifier     Verifier
	Cursors      wire.Cursors
	// Policy gives the table in force.
	Policy func() policy.Table
	About  About
	// Checks are what the server can say about its own health at once,
	// DataChecks what it can say after reading everything it has.
	Checks, DataChecks []Check
}

// About is what the surface tells of the server.
type About struct {
	Version   string
	StartedAt time.Time
	PublicURL string
	LogOrigin string // first line of the log's checkpoints
}

type surface struct{ Options }

// Surfaces gives the routes: those that answer at once, and those that read
// everything, which take as long as it takes.
func Surfaces(opts Options) []web.Surface {
	s := surface{opts}
	quick := web.Surface{
		Base: api.Base, Dialect: dialect{},
		Routes: slices.Concat(s.tokenRoutes(), s.directoryRoutes(), s.roleRoutes(), s.keyRoutes(), s.peerRoutes(), s.sessionRoutes(), s.clientRoutes(), s.logRoutes(), s.statusRoutes()),
	}
	slow := web.Surface{
		Base: api.Base, Dialect: dialect{}, Limits: web.Limits{Timeout: -1},
		Routes: []web.Route{
			route(http.MethodGet, api.PathAuditExport, policy.AuditRead, s.export),
			route(http.MethodGet, api.PathStatusData, policy.Admin, s.statusOfData),
			route(http.MethodPost, api.PathImport, policy.Admin, s.importTokens),
		},
	}
	return []web.Surface{quick, slow}
}

// verb is the permission of a route whose verb decides, with the token's
// owner in hand.
const verb policy.Permission = ""

func route(method, pattern string, permission policy.Permission, handle web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Access: web.Principals(string(permission)), Handle: handle}
}
