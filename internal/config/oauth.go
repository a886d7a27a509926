package config

import "strings"

// OAuth says which programs may ask people for access, beside the built-in
// client of personal tokens.
type OAuth struct {
	// Registration lets administrators register clients at
	// /api/auth/v1/register. Default false.
	Registration bool `yaml:"registration"`
	// LocalhostPortFree lets the port of http://localhost differ from the
	// registered one, as that of http://127.0.0.1 may. Default false.
	LocalhostPortFree bool `yaml:"localhost_port_free"`
	// Audience is the aud of access JWTs, by which other programs know that
	// one is meant for them. Default "backstage".
	Audience string `yaml:"audience"`
	// OwnershipClaim puts the refs of a person and of their groups into access
	// JWTs, as ent. Default false.
	OwnershipClaim bool `yaml:"ownership_claim"`
	// IdentityProof puts a second signature into access JWTs, as uip, from which
	// back ends of Backstage derive limited tokens. Default false.
	IdentityProof bool `yaml:"identity_proof"`
	// ClientMetadata lets programs name themselves by the address of a document.
	ClientMetadata ClientMetadata `yaml:"client_metadata"`
}

// ClientMetadata says which programs may be clients by a document of their own.
type ClientMetadata struct {
	Enabled bool `yaml:"enabled"` // default false
	// AllowedClientIDs are addresses of documents, with stars in the path.
	AllowedClientIDs []string `yaml:"allowed_client_id_patterns"`
	// AllowedRedirectURIs bound where such clients wait, with stars in the
	// path. Default none: on this machine alone.
	AllowedRedirectURIs []string `yaml:"allowed_redirect_uri_patterns"`
}

func defaultOAuth() OAuth {
	return OAuth{Audience: "backstage", ClientMetadata: ClientMetadata{AllowedClientIDs: []string{
		"https://claude.ai/*", "https://vscode.dev/*", "https://chatgpt.com/oauth/codex/*/client.json",
	}}}
}

func (l *loader) checkOAuth(o OAuth) {
	if !plainAudience(o.Audience) {
		l.fault("oauth.audience", "must be a name or an address: 1 to 255 printable characters of ASCII without spaces")
	}
	const at = "oauth.client_metadata."
	for i, pattern := range o.ClientMetadata.AllowedClientIDs {
		if !strings.HasPrefix(pattern, "https://") || !plainHost(pattern) {
			l.fault(indexed(at+"allowed_client_id_patterns", i), "must be an https address with a path; stars may stand in the path alone")
		}
	}
	for i, pattern := range o.ClientMetadata.AllowedRedirectURIs {
		if !plainHost(pattern) {
			l.fault(indexed(at+"allowed_redirect_uri_patterns", i), "must be an address with a path; stars may stand in the path alone")
		}
	}
}

// plainAudience reports whether other programs can compare an aud byte by byte.
func plainAudience(s string) bool {
	return s != "" && len(s) <= 255 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// plainHost reports whether a pattern says without a star whose address it is.
func plainHost(pattern string) bool {
	_, rest, found := strings.Cut(pattern, "://")
	host, path, hasPath := strings.Cut(rest, "/")
	return found && hasPath && path != "" && host != "" && !strings.ContainsAny(host, "*@?#")
}
