package client

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	dialTimeout = 5 * time.Second
	// callTimeout bounds a call that is not a stream. The server bounds its
	// own work by 5 s; the rest is for slow networks.
	callTimeout = 30 * time.Second
)

// Options say where the server is. Either URL or Socket is set.
type Options struct {
	// URL is the base address, "https://tokens.example.com", without query
	// or fragment. Plain http is accepted for loopback addresses only.
	URL string
	// Token is the bearer credential that goes with URL.
	Token token.Secret
	// Bearer gives the credential of each call in the place of Token, for one
	// that ends soon: peer.TokenManager.GetToken is one.
	Bearer func(context.Context) (token.Secret, error)
	// Socket is the path of the admin socket. Being able to open it is the
	// credential.
	Socket string
	// Transport replaces the connection pool; nil means one of its own. It is
	// not used with Socket.
	Transport http.RoundTripper
}

// Client calls one server. It is safe for concurrent use.
type Client struct {
	http   *http.Client
	base   string // without a slash at its end
	bearer func(context.Context) (token.Secret, error)
	where  string // for messages
}

// New makes a client. It connects to nothing yet.
func New(opts Options) (*Client, error) {
	switch {
	case opts.URL != "" && opts.Socket != "":
		return nil, token.Invalid("give the client a URL or a socket, not both")
	case opts.Socket != "":
		return overSocket(opts.Socket), nil
	case opts.Bearer != nil && !opts.Token.IsZero():
		return nil, token.Invalid("give the client a Token or a Bearer, not both")
	case opts.URL == "":
		return nil, token.Invalid("give the client a URL or a socket")
	}
	base, err := parseBase(opts.URL)
	if err != nil {
		return nil, err
	}
	transport := opts.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
			TLSHandshakeTimeout:   dialTimeout,
			ForceAttemptHTTP2:     true,
			IdleConnTimeout:       time.Minute,
			ExpectContinueTimeout: dialTimeout,
		}
	}
	return &Client{http: noRedirects(transport), base: base, bearer: opts.credential(), where: base}, nil
}

// credential gives the credential of each call.
func (o Options) credential() func(context.Context) (token.Secret, error) {
	if o.Bearer != nil {
		return o.Bearer
	}
	return func(context.Context) (token.Secret, error) { return o.Token, nil }
}

func overSocket(path string) *Client {
	dialer := net.Dialer{Timeout: dialTimeout}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		},
		IdleConnTimeout:       time.Minute,
		ExpectContinueTimeout: dialTimeout,
	}
	return &Client{http: noRedirects(transport), base: "http://localhost", bearer: Options{}.credential(), where: path}
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func noRedirects(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func parseBase(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Host == "", u.User != nil, u.RawQuery != "", u.Fragment != "", u.Scheme != "http" && u.Scheme != "https":
		return "", token.Invalid("the server's URL must look like https://tokens.example.com")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "", token.Invalid("the server's URL must begin with https://: over plain http the token could be read on the way (http is accepted for loopback addresses)")
	}
	return strings.TrimSuffix(u.String(), "/"), nil
}

// loopback reports whether a host name can only mean this machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
