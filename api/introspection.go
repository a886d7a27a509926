package api

// Introspection is the answer about a presented token (RFC 7662 section 2.2),
// with its members in the order of the RFC. For a token that is not active,
// for whatever reason, every other member is left out and the answer is
// exactly {"active":false}.
type Introspection struct {
	Active    bool     `json:"active"`
	Scope     string   `json:"scope,omitempty"` // space-delimited
	ClientID  string   `json:"client_id,omitempty"`
	Username  string   `json:"username,omitempty"`
	TokenType string   `json:"token_type,omitempty"`
	ExpiresAt int64    `json:"exp,omitempty"` // seconds since the epoch
	IssuedAt  int64    `json:"iat,omitempty"`
	NotBefore int64    `json:"nbf,omitempty"`
	Subject   string   `json:"sub,omitempty"`
	Audience  []string `json:"aud,omitempty"`
	Issuer    string   `json:"iss,omitempty"`
	TokenID   string   `json:"jti,omitempty"`

	Kind      string `json:"kind,omitempty"`
	Owner     string `json:"owner,omitempty"` // owning group or user
	Workspace string `json:"workspace,omitempty"`
	Name      string `json:"name,omitempty"`
}

// IntrospectBatchRequest asks about at most 1,000 tokens at once.
type IntrospectBatchRequest struct {
	Tokens []string `json:"tokens"`
}

// IntrospectBatch holds the answers in the order of the tokens.
type IntrospectBatch struct {
	Results []Introspection `json:"results"`
}
