package api

import "time"

// Token is a token's record, without its secret.
type Token struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// TokenPrefix is the first 12 characters of the raw token.
	TokenPrefix string    `json:"tokenPrefix"`
	Owner       string    `json:"owner"`
	Workspace   string    `json:"workspace,omitempty"`
	Subject     string    `json:"subject"`
	Scopes      []string  `json:"scopes"`
	CreatedBy   string    `json:"createdBy"`
	CreatedAt   time.Time `json:"createdAt"`
	ExpiresAt   time.Time `json:"expiresAt"`
	LastUsedAt  time.Time `json:"lastUsedAt,omitzero"`
	DisabledAt  time.Time `json:"disabledAt,omitzero"`
	RevokedAt   time.Time `json:"revokedAt,omitzero"`
	RevokedBy   string    `json:"revokedBy,omitempty"`
	// Replaces and ReplacedBy are the ids of the tokens before and after a
	// workspace token that was rotated.
	Replaces   string `json:"replaces,omitempty"`
	ReplacedBy string `json:"replacedBy,omitempty"`
	// Status is active, expiring, disabled, expired or revoked.
	Status string `json:"status"`
}

// IssueRequest asks for a token. The kind decides whether it needs Owner, User,
// or User and Workspace.
type IssueRequest struct {
	Kind        string   `json:"kind"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Owner       string   `json:"owner,omitempty"` // group ref
	User        string   `json:"user,omitempty"`  // user ref
	Workspace   string   `json:"workspace,omitempty"`
	Scopes      []string `json:"scopes"`
	// ExpiresAt and ExpiresInSeconds exclude each other; without either the
	// token gets the default lifetime of its kind. Seconds count from the
	// server's clock.
	ExpiresAt        time.Time `json:"expiresAt,omitzero"`
	ExpiresInSeconds int64     `json:"expiresInSeconds,omitempty"`
}

// Issued is a record together with its secret. This is the only answer that
// ever holds it.
type Issued struct {
	Token    Token  `json:"token"`
	RawToken string `json:"rawToken"`
}

// TokenPage is a part of the list of tokens, newest first.
type TokenPage struct {
	Tokens []Token `json:"tokens"`
	Total  int     `json:"total"` // tokens that match, whole list
	// Next is the value of the query parameter "after" that gives the page
	// behind this one; left out on the last page.
	Next string `json:"next,omitempty"`
}

// RotateRequest asks for a new secret.
type RotateRequest struct {
	// OverlapSeconds is how long the former secret stays good, 0 to 604800.
	OverlapSeconds int64 `json:"overlapSeconds,omitempty"`
	// ExpiresAt or ExpiresInSeconds replaces the token's expiry; without
	// either it stays.
	ExpiresAt        time.Time `json:"expiresAt,omitzero"`
	ExpiresInSeconds int64     `json:"expiresInSeconds,omitempty"`
}

// RevokeRequest ends a token. The reason may be empty.
type RevokeRequest struct {
	Reason string `json:"reason,omitempty"`
}

// RevokeAllRequest selects tokens for a mass revocation: those that match all
// fields that are set, at least one. For a time of issue, strictly before.
type RevokeAllRequest struct {
	Owner        string    `json:"owner,omitempty"`
	Workspace    string    `json:"workspace,omitempty"`
	Kind         string    `json:"kind,omitempty"`
	IssuedBefore time.Time `json:"issuedBefore,omitzero"`
	Reason       string    `json:"reason,omitempty"`
	// DryRun counts and changes nothing.
	DryRun bool `json:"dryRun,omitempty"`
}

// RevokedAll says how many usable tokens a mass revocation ended, or would
// end.
type RevokedAll struct {
	Tokens int  `json:"tokens"`
	DryRun bool `json:"dryRun,omitempty"`
}

// VerifyRequest asks about a raw token. It is sent in a body, never in a
// path or a query.
type VerifyRequest struct {
	Token  string   `json:"token"`
	Scopes []string `json:"scopes,omitempty"` // all of them are demanded
}

// Verification is the answer for an administrator: unlike introspection it
// says why a token is not good. It never holds the raw token.
type Verification struct {
	Active bool `json:"active"`
	// Reason is a short word such as "revoked"; empty when active.
	Reason    string    `json:"reason,omitempty"`
	Kind      string    `json:"kind,omitempty"`
	Subject   string    `json:"subject,omitempty"`
	Scopes    []string  `json:"scopes,omitempty"`
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
	// Token is the record when there is one, also of a token that is not
	// good any more.
	Token *Token `json:"token,omitempty"`
}
