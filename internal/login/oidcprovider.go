package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/token"
)

const (
	// providerFresh is how long metadata, and keys, are used without asking
	// again: for so long a key counts that the provider has withdrawn, unless
	// one that is new to us comes before. Past it the former is used for as
	// long as the provider does not answer, which nobody can then sign in by.
	providerFresh = 5 * time.Minute
	// providerPause is the least time between two tries.
	providerPause = 2 * time.Second
	// providerDeadline bounds one question to the provider.
	providerDeadline = 5 * time.Second
	// maxProviderAnswer bounds what is read of an answer, in bytes.
	maxProviderAnswer = 1 << 20
)

// provider is what an OpenID provider says of itself. It is never changed.
type provider struct {
	client   oauth2.Config
	verifier *oidc.IDTokenVerifier
	issuer   string
	names    bool // it names itself in its answers (RFC 9207)
}

// checkAnswer judges an answer that belongs to a sign-in.
func (p *provider) checkAnswer(a Answer) error {
	switch {
	case a.Issuer != p.issuer && (p.names || a.Issuer != ""):
		// Another provider's answer: a mix-up (row F-11).
		return token.NewError(token.ErrIssuer, untrusted, nil)
	case a.Error != "":
		said := knownError(a.Error)
		return &page.Explained{
			Err:  token.NewError(token.ErrDenied, "The identity provider answered: "+said+".", nil),
			Lead: "signin.denied.", Values: []string{"answer", said}, Next: page.Onward{Text: "signin.again", Path: SignInPage},
		}
	case a.Code == "":
		return errStale
	}
	return nil
}

// knownError gives an error code of RFC 6749 section 4.1.2.1 or of OpenID
// Connect Core section 3.1.2.6; what else somebody wrote there is not shown.
func knownError(code string) string {
	known := []string{
		"invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type", "invalid_scope",
		"temporarily_unavailable", "interaction_required", "login_required", "account_selection_required", "consent_required",
	}
	if slices.Contains(known, code) {
		return code
	}
	return "server_error"
}

// providers finds the provider by its metadata (OpenID Connect Discovery).
type providers struct {
	opts   OIDCOptions
	http   *http.Client
	visits singleflight.Group
	last   atomic.Pointer[visit]
}

// visit is one try to read the metadata.
type visit struct {
	provider *provider // nil before the first that succeeded
	got      time.Time // when that was
	tried    time.Time
	err      error
}

func newProviders(opts OIDCOptions) *providers {
	p := &providers{opts: opts, http: &http.Client{
		Timeout:   providerDeadline,
		Transport: boundedAnswers{http.DefaultTransport},
		// The secret goes to where the metadata says and to nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	p.last.Store(&visit{})
	return p
}

// find gives the provider, or token.ErrUnavailable with what to do.
func (p *providers) find(ctx context.Context) (*provider, error) {
	now, last := p.opts.Clock(), p.last.Load()
	fresh := last.provider != nil && now.Sub(last.got) < providerFresh
	if !fresh && (last.tried.IsZero() || now.Sub(last.tried) >= providerPause) {
		done := p.visits.DoChan("", func() (any, error) { p.visit(); return nil, nil })
		select {
		case <-done:
			last = p.last.Load()
		case <-ctx.Done():
			return nil, unanswered(ctx.Err())
		}
	}
	if last.provider == nil {
		return nil, unanswered(last.err)
	}
	return last.provider, nil
}

// visit reads the metadata, on a context of its own: somebody who goes away
// must not fail the others.
func (p *providers) visit() {
	ctx, cancel := context.WithTimeout(context.Background(), providerDeadline)
	defer cancel()
	next := *p.last.Load()
	next.tried = p.opts.Clock()
	found, err := p.discover(ctx)
	if next.err = err; err == nil {
		next.provider, next.got = found, next.tried
	}
	p.last.Store(&next)
}

func (p *providers) discover(ctx context.Context) (*provider, error) {
	ctx = oidc.ClientContext(ctx, p.http)
	found, err := oidc.NewProvider(ctx, p.opts.Issuer)
	if err != nil {
		return nil, err
	}
	var about struct {
		Authorization string   `json:"authorization_endpoint"`
		Token         string   `json:"token_endpoint"`
		Keys          string   `json:"jwks_uri"`
		Methods       []string `json:"token_endpoint_auth_methods_supported"`
		Names         bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := found.Claims(&about); err != nil {
		return nil, err
	}
	for _, address := range []string{about.Authorization, about.Token, about.Keys} {
		if err := checkSecure(address); err != nil {
			return nil, fmt.Errorf("the metadata of %s: %w", p.opts.Issuer, err)
		}
	}
	endpoint := found.Endpoint()
	// Chosen, and not found out by trial: a refused try may use up the code.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(about.Methods) > 0 && !slices.Contains(about.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &provider{
		client: oauth2.Config{
			ClientID: p.opts.ClientID, ClientSecret: p.opts.Secret.Reveal(), Endpoint: endpoint,
			RedirectURL: p.opts.RedirectURL, Scopes: p.opts.Scopes,
		},
		verifier: found.VerifierContext(ctx, &oidc.Config{ClientID: p.opts.ClientID, Now: p.opts.Clock}),
		issuer:   p.opts.Issuer, names: about.Names,
	}, nil
}

// unanswered hides the cause and says what to do.
func unanswered(cause error) error {
	if cause == nil {
		cause = errors.New("login: the provider was not asked yet")
	}
	return &page.Explained{
		Err:  token.NewError(token.ErrUnavailable, "The identity provider does not answer", fmt.Errorf("identity provider: %w", cause)),
		Lead: "signin.away.", Commands: []string{linkCommand}, Next: page.Onward{Text: "signin.again", Path: SignInPage},
	}
}

// checkSecure takes https, and http on this machine.
func checkSecure(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" ||
		u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return token.Invalid("every address of the identity provider must be https; http is for loopback addresses alone")
	}
	return nil
}

// boundedAnswers cuts answers off: the library reads them whole.
type boundedAnswers struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b boundedAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxProviderAnswer), resp.Body}
	}
	return resp, err
}
