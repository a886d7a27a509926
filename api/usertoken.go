package api

import "time"

// PathUserTokens is where user tokens are managed in the dialect of their
// contract. It does not stand below Base.
const PathUserTokens = "/api/access-tokens/user"

// UserToken is a user token's record, without its secret.
type UserToken struct {
	ID              string     `json:"id"`
	User            string     `json:"user"` // whom it was assigned to
	UserDisplayName string     `json:"userDisplayName"`
	Name            string     `json:"name"`
	Prefix          string     `json:"prefix"` // first characters of the raw token
	Permissions     []string   `json:"permissions"`
	CreatedBy       string     `json:"createdBy"`
	CreatedAt       time.Time  `json:"createdAt"`
	ExpiresAt       time.Time  `json:"expiresAt"`
	LastUsedAt      *time.Time `json:"lastUsedAt"`
	RevokedAt       *time.Time `json:"revokedAt"`
	RevokedBy       *string    `json:"revokedBy"`
	Status          string     `json:"status"` // as in Token
}

// UserTokens is a part of a list, newest first. Limit and Offset are those that
// were applied.
type UserTokens struct {
	Tokens []UserToken `json:"tokens"`
	Total  int         `json:"total"` // whole list
	Limit  int         `json:"limit"`
	Offset int         `json:"offset"`
}

// IssueUserToken assigns a token to a person. ExpiresInDays and ExpiresAt
// exclude each other; without either the token gets the default lifetime.
type IssueUserToken struct {
	User          string    `json:"user"`
	Name          string    `json:"name"` // 1 to 100 characters
	Permissions   []string  `json:"permissions"`
	ExpiresInDays int64     `json:"expiresInDays,omitempty"`
	ExpiresAt     time.Time `json:"expiresAt,omitzero"`
}

// IssuedUserToken is a record together with its secret.
type IssuedUserToken struct {
	Token    UserToken `json:"token"`
	RawToken string    `json:"rawToken"`
}

// RotateUserToken asks for a new secret. Without an expiry that of the token
// stays.
type RotateUserToken struct {
	// OverlapSeconds is how long the former secret stays good, 0 to 604800.
	OverlapSeconds int64     `json:"overlapSeconds,omitempty"`
	ExpiresInDays  int64     `json:"expiresInDays,omitempty"`
	ExpiresAt      time.Time `json:"expiresAt,omitzero"`
}

// UserTokenEvents is what was done to a token, newest first.
type UserTokenEvents struct {
	Events []UserTokenEvent `json:"events"`
	Total  int              `json:"total"`
	Limit  int              `json:"limit"`
	Offset int              `json:"offset"`
}

// UserTokenEvent is created, rotated, revoked, disabled or enabled.
type UserTokenEvent struct {
	ID         string        `json:"id"`
	TokenID    string        `json:"tokenId"`
	Event      string        `json:"event"`
	Actor      *string       `json:"actor"`
	Via        *string       `json:"via"` // back end that acted for the actor
	Metadata   EventMetadata `json:"metadata"`
	OccurredAt time.Time     `json:"occurredAt"`
}

// EventMetadata is what an event has beside its name: why a token was revoked,
// or how long the former secret of a rotated one stayed good.
type EventMetadata struct {
	Reason         string `json:"reason,omitempty"`
	OverlapSeconds int64  `json:"overlapSeconds,omitempty"`
}

// Person is somebody to whom a token can be assigned.
type Person struct {
	ID          string  `json:"id"` // the ref
	DisplayName string  `json:"displayName"`
	Email       *string `json:"email"`
}

// People is a part of a list of people.
type People struct {
	Users  []Person `json:"users"`
	Total  int      `json:"total"`
	Limit  int      `json:"limit"`
	Offset int      `json:"offset"`
}
