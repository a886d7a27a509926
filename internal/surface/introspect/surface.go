package introspect

import (
	"context"
	"net/http"
	"sync"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

const (
	// MaxBatch is how many tokens one batch may hold.
	MaxBatch = 1000
	// maxBatchBody fits MaxBatch opaque tokens, or access JWTs of a kilobyte.
	maxBatchBody = 1 << 20
)

// Verifier judges tokens. *verify.Verifier does.
type Verifier interface {
	Verify(ctx context.Context, bearer string, want verify.Expect) (*verify.Verified, error)
	Inspect(ctx context.Context, bearer string) (*verify.Verified, token.Token, error)
}

// Revoker ends tokens that somebody holds. *authority.Authority does.
type Revoker interface {
	RevokePresented(ctx context.Context, by token.Principal, t token.Token) error
	// Adopt makes a token known by its digest that was imported by a slow hash.
	// token.ErrNotFound: it is none.
	Adopt(ctx context.Context, from token.Principal, secret token.Secret) error
}

// Options are what the surfaces are made of.
type Options struct {
	Verifier Verifier
	Revoker  Revoker
	// Issuer is the iss of opaque tokens in answers: that of the authority.
	Issuer string
	// Used, when set, is told of every token that was found active. From where
	// it is used only the service knows that asks. It must not block.
	Used func(use token.Use)
	// PerAddress is how many requests a minute one client address may make
	// without a good credential, which is how revocation is called; 0 means
	// no limit.
	PerAddress int
}

// Surfaces gives the routes: introspection and revocation, and the batch,
// which alone may have a long body.
func Surfaces(opts Options) []web.Surface {
	h := &handlers{
		verifier: opts.Verifier, revoker: opts.Revoker, issuer: opts.Issuer, used: opts.Used,
		buffers:  sync.Pool{New: func() any { return new([]byte) }},
		jsonType: []string{"application/json"},
	}
	asking := web.Principals(string(policy.Introspect))
	return []web.Surface{
		{
			Base: "/oauth2", Dialect: dialect{},
			// The verifier bounds a look-up itself; a second deadline for
			// each question would cost more than the answer.
			Limits: web.Limits{PerAddress: opts.PerAddress, Timeout: -1},
			Routes: []web.Route{
				{Method: http.MethodPost, Pattern: "/introspect", Access: asking, Handle: h.introspect},
				{
					Method: http.MethodPost, Pattern: "/revoke", Handle: h.revoke,
					Access: web.Public("holding a token is enough to end it (RFC 7009 section 2.1)"),
				},
			},
		},
		{
			Base: "/oauth2/introspect", Dialect: dialect{},
			Limits: web.Limits{PerAddress: opts.PerAddress, MaxBody: maxBatchBody},
			Routes: []web.Route{
				{Method: http.MethodPost, Pattern: "/batch", Access: asking, Handle: h.batch},
			},
		},
	}
}

// handlers answer the routes.
type handlers struct {
	verifier Verifier
	revoker  Revoker
	issuer   string
	used     func(use token.Use) // may be nil
	buffers  sync.Pool           // of *[]byte
	jsonType []string            // shared by all answers and never changed
}
