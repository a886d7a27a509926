package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/internal/directory"
	"github.com/tokenwright/tokenwright/internal/keyring"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/surface/console"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/store"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Options complete a server. The zero value is good for production.
type Options struct {
	// Log gets structured records; nil means what the configuration says, on
	// the standard error.
	Log *slog.Logger
	// Clock is the time; nil means the system's.
	Clock func() time.Time
	// AnyClock lets a start go on by a Clock that is far from the database's:
	// that of a test shows what the test wants.
	AnyClock bool
	// hotClock is Clock as it was given: the verifier reads the system's
	// clock by itself, in half the time, when there is none.
	hotClock func() time.Time
	// Version is shown in metrics.
	Version string
}

// Server is one node of an installation.
type Server struct {
	cfg   *config.Config
	opts  Options
	log   *slog.Logger
	store *store.Store
	keys  *keyring.Keyring
	// cursors seals the places of pages; the same on every node.
	cursors wire.Cursors
	parts
	mux     *web.Mux
	metrics *metrics
	health  *health
	// description is that of everything that is mounted (OpenAPI).
	description func() (json.RawMessage, error)

	public door
	admin  door
	ops    *door // nil when it was not asked for
	rpc    *door // as above

	// schema is that of the database after this program brought it up to date.
	schema int64
	// replacedAt is when the log was last found to have lost entries.
	replacedAt atomic.Pointer[time.Time]
	// firstRun says that no administrator has signed in yet, as far as is known.
	firstRun atomic.Bool
	// unreadable is what was last told about keys that do not open.
	unreadable atomic.Pointer[string]

	closing sync.Once
	opened  []func() error // what to undo, in order of opening
}

// parts are what the surfaces stand on.
type parts struct {
	publicURL  string
	logOrigin  string
	formats    token.Formats
	digester   token.Digester
	rights     *rights
	people     people
	remembered *login.People        // what people said within the last second
	peers      *peers               // nil without a section about peers
	standings  *directory.Standings // what people are in workspaces
	verifier   *verify.Verifier
	feed       *feed
	usage      *usage
	ledger     *ledger
	// workspaceKeys are the secrets of workspace tokens.
	workspaceKeys workspaceKeys
	authority     *authority.Authority
	directory     *directory.Directory
	access        *login.AccessTokens
	bearer        login.Bearer
	cookies       login.Cookies
	site          *page.Site
	news          *console.News
	sessions      *login.Sessions
	oidc          *login.OIDC // nil: no provider
}

// Run starts a server and serves until ctx ends, then stops it.
func Run(ctx context.Context, cfg *config.Config, opts Options) error {
	s, err := New(ctx, cfg, opts)
	if err != nil {
		return err
	}
	return s.Serve(ctx)
}

// New builds a server that is ready to serve: everything is open and nothing
// is answered yet. Call Serve, which also closes it.
func New(ctx context.Context, cfg *config.Config, opts Options) (*Server, error) {
	s := &Server{cfg: cfg, opts: opts.orDefault(cfg)}
	s.log = s.opts.Log
	for _, step := range []func(context.Context) error{
		s.checkSecrets,
		s.openStorage,
		s.listen,
		s.buildParts,
		s.mount,
		s.openDoors,
		s.welcome,
	} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func (o Options) orDefault(cfg *config.Config) Options {
	o.hotClock = o.Clock
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = newLog(cfg.Log)
	}
	return o
}

// onClose notes what has to be undone when the server ends.
func (s *Server) onClose(undo func() error) { s.opened = append(s.opened, undo) }

// close undoes what was opened, the last first. A second call does nothing.
func (s *Server) close() error {
	var err error
	s.closing.Do(func() {
		for i := len(s.opened) - 1; i >= 0; i-- {
			err = errors.Join(err, s.opened[i]())
		}
	})
	return err
}

// Authority gives the verbs.
func (s *Server) Authority() *authority.Authority { return s.authority }

// Verifier gives the verifier.
func (s *Server) Verifier() *verify.Verifier { return s.verifier }

// AccessTokens makes access JWTs of people.
func (s *Server) AccessTokens() *login.AccessTokens { return s.access }

// Entries gives a page of the audit log, newest first.
func (s *Server) Entries(ctx context.Context, q audit.Query) (audit.Page, error) {
	return s.store.ListEntries(ctx, q)
}

// WriteUsage writes how tokens were used, which otherwise happens every ten
// seconds.
func (s *Server) WriteUsage(ctx context.Context) error {
	return errors.Join(s.usage.flush(ctx), s.ledger.flush(ctx))
}

// Routes lists what is mounted, with the access of each route.
func (s *Server) Routes() []web.RouteInfo { return s.mux.Routes() }

// Handler gives what the public listener serves, for tests that ask more than
// they have connections for.
func (s *Server) Handler() http.Handler { return s.public.server.Handler }

// URL gives the base of the public listener, "http://HOST:PORT".
func (s *Server) URL() string { return "http://" + s.public.listener.Addr().String() }

// OpsURL gives the base of the listener of metrics, or "".
func (s *Server) OpsURL() string {
	if s.ops == nil {
		return ""
	}
	return "http://" + s.ops.listener.Addr().String()
}
