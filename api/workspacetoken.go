package api

import "time"

// PathWorkspaceTokens is where people manage workspace tokens. It does not
// stand below Base.
const PathWorkspaceTokens = "/api/access-tokens/workspace"

// WorkspaceToken is a workspace token's record, without the token itself.
type WorkspaceToken struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	User            string     `json:"user"`
	UserDisplayName string     `json:"userDisplayName"`
	Workspace       string     `json:"workspace"`
	WorkspaceUUID   string     `json:"workspaceUuid"`
	Scopes          []string   `json:"scopes"`   // of read:*, write:* and delete:*
	Unscoped        bool       `json:"unscoped"` // made without scopes: it has all
	CreatedBy       string     `json:"createdBy"`
	CreatedAt       time.Time  `json:"createdAt"`
	ExpiresAt       time.Time  `json:"expiresAt"`
	LastUsedAt      *time.Time `json:"lastUsedAt"`
	RevokedAt       *time.Time `json:"revokedAt"`
	RevokedBy       *string    `json:"revokedBy"`
	Replaces        *string    `json:"replaces"`
	ReplacedBy      *string    `json:"replacedBy"`
	Status          string     `json:"status"` // as in Token
}

// WorkspaceTokens is a part of a list, newest first. Limit and Offset are those
// that were applied.
type WorkspaceTokens struct {
	Tokens []WorkspaceToken `json:"tokens"`
	Total  int              `json:"total"` // whole list
	Limit  int              `json:"limit"`
	Offset int              `json:"offset"`
}

// IssueWorkspaceToken asks for a token in a workspace. Without scopes it has
// all three. ExpiresInDays and ExpiresAt exclude each other; without either it
// gets the default lifetime.
type IssueWorkspaceToken struct {
	Name          string    `json:"name"`      // 1 to 255 UTF-16 code units
	Workspace     string    `json:"workspace"` // its name
	User          string    `json:"user,omitempty"`
	Scopes        []string  `json:"scopes,omitempty"`
	ExpiresInDays int64     `json:"expiresInDays,omitempty"`
	ExpiresAt     time.Time `json:"expiresAt,omitzero"`
}

// IssuedWorkspaceToken is a record together with its token.
type IssuedWorkspaceToken struct {
	Token    WorkspaceToken `json:"token"`
	RawToken string         `json:"rawToken"`
}

// RotateWorkspaceToken asks for a new token in the place of one. Scopes may be
// fewer than before.
type RotateWorkspaceToken struct {
	// OverlapSeconds is how long the former token stays good, 0 to 604800.
	OverlapSeconds int64     `json:"overlapSeconds,omitempty"`
	Scopes         []string  `json:"scopes,omitempty"`
	ExpiresInDays  int64     `json:"expiresInDays,omitempty"`
	ExpiresAt      time.Time `json:"expiresAt,omitzero"`
}

// WorkspaceTokenEvents is what was done to a token and where it was refused,
// newest first.
type WorkspaceTokenEvents struct {
	Events []WorkspaceTokenEvent `json:"events"`
	Total  int                   `json:"total"`
	Limit  int                   `json:"limit"`
	Offset int                   `json:"offset"`
}

// WorkspaceTokenEvent is created, rotated, revoked, disabled, enabled or
// refused.
type WorkspaceTokenEvent struct {
	ID         string        `json:"id"`
	TokenID    string        `json:"tokenId"`
	Event      string        `json:"event"`
	Actor      *string       `json:"actor"`
	Metadata   EventMetadata `json:"metadata"`
	OccurredAt time.Time     `json:"occurredAt"`
}
