package discovery

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/web"
)

// Paths of the published documents.
const (
	KeysPath     = "/.well-known/jwks.json"
	metadataPath = "/.well-known/oauth-authorization-server"
	openIDPath   = "/.well-known/openid-configuration"
)

// Options are what the surface is made of. All are required.
type Options struct {
	// Issuer is the iss of our access JWTs: an absolute URL below PublicURL,
	// without a slash at its end. PublicURL is the base of the endpoints.
	Issuer, PublicURL string
	// Scopes are those that clients may ask for.
	Scopes []string
	// Registration says that clients can be registered.
	Registration bool
	// Documents says that clients may be named by the address of a document.
	Documents bool
	// Keys gives the keys that verify now.
	Keys func() []jwt.Key
	// MaxAge is how long the key set may be cached: less than the time for
	// which a new key is published before it signs.
	MaxAge time.Duration
	Limits web.Limits
}

// Surface gives the routes: the key set, and the metadata, each at the root
// and where the issuer's path puts it (RFC 8414 section 3.1). When the public
// URL has a path, a proxy in front may keep or strip it, so both are served.
func Surface(opts Options) (web.Surface, error) {
	issuer, err := url.Parse(opts.Issuer)
	if err != nil {
		return web.Surface{}, fmt.Errorf("discovery: issuer: %w", err)
	}
	d := documents{opts: opts, metadata: metadataOf(opts)}
	s := web.Surface{Dialect: web.Problem{}, Limits: opts.Limits}
	public := func(pattern string, handle web.Handler) {
		s.Routes = append(s.Routes, web.Route{
			Method: http.MethodGet, Pattern: pattern, Handle: handle,
			Access: web.Public("published for every verifier and client"),
		})
	}
	public(KeysPath, d.keys)
	public(metadataPath, d.describe)
	paths := []string{strings.TrimPrefix(opts.Issuer, opts.PublicURL), issuer.EscapedPath()}
	for _, path := range slices.Compact(paths) {
		public(path+KeysPath, d.keys)
		public(metadataPath+path, d.describe)
		public(path+openIDPath, d.describe)
	}
	return s, nil
}

type documents struct {
	opts     Options
	metadata metadata
}

func (d documents) keys(w http.ResponseWriter, _ *web.Request) error {
	set, err := jwt.MarshalJWKS(d.opts.Keys())
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int64(d.opts.MaxAge/time.Second)))
	// Verifiers in browsers may read what is public anyway.
	h.Set("Access-Control-Allow-Origin", "*")
	return web.WriteJSON(w, http.StatusOK, json.RawMessage(set))
}

func (d documents) describe(w http.ResponseWriter, _ *web.Request) error {
	return web.WriteJSON(w, http.StatusOK, d.metadata)
}
