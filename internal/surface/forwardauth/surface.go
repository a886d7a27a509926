package forwardauth

import (
	"context"
	"net/netip"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// Path is where proxies ask.
const Path = "/forward-auth"

// Verifier judges tokens. *verify.Verifier does.
type Verifier interface {
	Verify(ctx context.Context, bearer string, want verify.Expect) (*verify.Verified, error)
	Inspect(ctx context.Context, bearer string) (*verify.Verified, token.Token, error)
}

// Options are what the surface is made of. Verifier, Record and Clock are
// required.
type Options struct {
	Verifier Verifier
	// Rules judge the original request; nil means none.
	Rules *verify.Rules
	// Formats recognise our tokens in the URL of the original request, where
	// they must not be.
	Formats token.Formats
	// TrustedProxies may say what the original request was; none means that
	// nobody may.
	TrustedProxies []netip.Prefix
	// Basic accepts a token as the password of Authorization: Basic.
	Basic bool
	// Record writes an entry of the log. It is called for the refused use of
	// a token that exists, at most once a minute for each token and reason.
	Record func(ctx context.Context, e audit.Entry) error
	Clock  func() time.Time
	// Used, when set, is told of every use of a token that was let through, and
	// of those that no rule would have let through whatever they held; the
	// verifier tells of the other refusals. It must not block.
	Used func(use token.Use)
}

// Surface gives the one route.
func Surface(opts Options) web.Surface {
	if opts.Rules == nil {
		opts.Rules = &verify.Rules{}
	}
	g := &gate{opts: opts, records: newLimiter(), fixed: newFixed()}
	return web.Surface{
		Dialect: dialect{},
		// No limit by address: all requests come from the proxy. The
		// verifier bounds a look-up itself.
		Limits: web.Limits{Timeout: -1},
		Routes: []web.Route{{
			Method: "*", Pattern: Path, Handle: g.decide,
			Access: web.Public("the proxy asks for its client, whose credential is what is judged"),
		}},
	}
}

// gate decides about requests.
type gate struct {
	opts    Options
	queries demands
	records *limiter
	fixed   fixed
}
