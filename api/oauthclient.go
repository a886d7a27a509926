package api

import "time"

// OAuthClient is a program that is registered to ask people for access.
type OAuthClient struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"` // as the client says, so not to be believed
	RedirectURIs []string `json:"redirectUris"`
	// Public says that the client has no secret.
	Public    bool      `json:"public"`
	Scopes    []string  `json:"scopes"` // empty: everything there is may be asked for
	CreatedBy string    `json:"createdBy"`
	CreatedAt time.Time `json:"createdAt"`
	UsedAt    time.Time `json:"usedAt,omitzero"` // to a day
	ExpiresAt time.Time `json:"expiresAt"`       // unless it is used again
}

// OAuthClients is the list of registered clients, by when they were made.
type OAuthClients struct {
	Clients []OAuthClient `json:"clients"`
}

// OAuthClientRequest names a client.
type OAuthClientRequest struct {
	ID string `json:"id"`
}
