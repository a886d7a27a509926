package discovery

import "github.com/tokenwright/tokenwright/internal/oauth"

// metadata is the document of RFC 8414 section 2 and OpenID Connect Discovery
// section 3: what works, and nothing else (PER-25). The order is that of the
// reference.
type metadata struct {
	Issuer                string   `json:"issuer"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserInfoEndpoint      string   `json:"userinfo_endpoint"`
	KeySet                string   `json:"jwks_uri"`
	ResponseTypes         []string `json:"response_types_supported"`
	SubjectTypes          []string `json:"subject_types_supported"`
	IDTokenAlgorithms     []string `json:"id_token_signing_alg_values_supported"`
	Scopes                []string `json:"scopes_supported"`
	TokenAuth             []string `json:"token_endpoint_auth_methods_supported"`
	Claims                []string `json:"claims_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
	RegistrationEndpoint  string   `json:"registration_endpoint,omitempty"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	Documents             bool     `json:"client_id_metadata_document_supported,omitempty"`
	RevocationAuth        []string `json:"revocation_endpoint_auth_methods_supported"`
	ResponseModes         []string `json:"response_modes_supported"`
	// AnswersNameIssuer tells that every authorization answer has iss, so that
	// clients of several servers cannot be mixed up (RFC 9207, F-11).
	AnswersNameIssuer     bool     `json:"authorization_response_iss_parameter_supported"`
	IntrospectionEndpoint string   `json:"introspection_endpoint"`
	IntrospectionAuth     []string `json:"introspection_endpoint_auth_methods_supported"`
}

// metadataOf describes the endpoints. Who introspects authenticates as a
// bearer, which RFC 8414 lets be named by its access token type.
func metadataOf(opts Options) metadata {
	clients := []string{"client_secret_basic", "client_secret_post", "none"}
	m := metadata{
		Issuer:                opts.Issuer,
		TokenEndpoint:         opts.PublicURL + oauth.TokenPath,
		UserInfoEndpoint:      opts.PublicURL + oauth.UserInfoPath,
		KeySet:                opts.Issuer + KeysPath,
		ResponseTypes:         []string{"code"},
		SubjectTypes:          []string{"public"},
		IDTokenAlgorithms:     []string{"ES256"},
		Scopes:                opts.Scopes,
		TokenAuth:             clients,
		Claims:                []string{"sub", "ent"},
		GrantTypes:            []string{"authorization_code", "refresh_token"},
		AuthorizationEndpoint: opts.PublicURL + oauth.AuthorizePath,
		ChallengeMethods:      []string{oauth.MethodS256},
		RevocationEndpoint:    opts.PublicURL + oauth.RevokePath,
		RevocationAuth:        clients,
		ResponseModes:         []string{"query"},
		Documents:             opts.Documents,
		AnswersNameIssuer:     true,
		IntrospectionEndpoint: opts.PublicURL + "/oauth2/introspect",
		IntrospectionAuth:     []string{"Bearer"},
	}
	if opts.Registration {
		m.RegistrationEndpoint = opts.PublicURL + oauth.RegisterPath
	}
	return m
}
