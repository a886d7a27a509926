package api

import "time"

// RoleGrant is a role given at run time, beside those of the configuration
// file.
type RoleGrant struct {
	Ref       string    `json:"ref"`
	Role      string    `json:"role"`
	GrantedBy string    `json:"grantedBy"`
	GrantedAt time.Time `json:"grantedAt"`
}

// RoleRequest names a role and who gets or loses it: a user, a group or the
// subject of a service token.
type RoleRequest struct {
	Ref  string `json:"ref"`
	Role string `json:"role"`
}

// Roles lists the roles there are and those that were granted at run time.
type Roles struct {
	Roles  []string    `json:"roles"`
	Grants []RoleGrant `json:"grants"`
}

// LinkRequest asks for a one-time sign-in link. Without a user it is for the
// only administrator, who is made where there is none; where there are several
// it is refused.
type LinkRequest struct {
	User string `json:"user,omitempty"`
}

// Link is a one-time sign-in link. Its URL is a credential until it is used
// or has expired.
type Link struct {
	URL       string    `json:"url"`
	User      string    `json:"user"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// AccessTokenRequest asks for a short-lived access JWT of a user.
type AccessTokenRequest struct {
	User string `json:"user"`
	// TTLSeconds left out or 0 means ten minutes.
	TTLSeconds int64 `json:"ttlSeconds,omitempty"`
}

// AccessToken is a short-lived access JWT.
type AccessToken struct {
	AccessToken string    `json:"accessToken"`
	User        string    `json:"user"`
	ExpiresAt   time.Time `json:"expiresAt"`
}
