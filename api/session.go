package api

import "time"

// WhoAmI is who the caller is, at GET /api/session. It does not stand below
// [Base].
type WhoAmI struct {
	User string `json:"user"` // canonical ref, as commands take it
	Name string `json:"name,omitempty"`
	// Groups, Roles and Permissions are those of this moment.
	Groups      []string `json:"groups"`
	Roles       []string `json:"roles"`
	Permissions []string `json:"permissions"`
	// SignedInBy is "link", "oidc", or "bearer" for who came by none of them.
	SignedInBy string `json:"signedInBy"`
	// CSRF is what a page sends back in X-Csrf-Token with a change; "" for
	// bearers, who need none.
	CSRF    string   `json:"csrf,omitempty"`
	Session *Session `json:"session,omitempty"` // nil for bearers
}

// Session is a login session: one person in one browser.
type Session struct {
	ID         string    `json:"id"`
	User       string    `json:"user"`
	SignedInBy string    `json:"signedInBy"`        // "link" or "oidc"
	Address    string    `json:"address,omitempty"` // at the sign-in
	Browser    string    `json:"browser,omitempty"` // "Firefox on Linux"
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"` // behind by up to half a minute
	ExpiresAt  time.Time `json:"expiresAt"`  // however much it is used
	IdleAt     time.Time `json:"idleAt"`     // when it ends unless it is used
	Current    bool      `json:"current,omitzero"`
}

// Sessions is a list of live sessions, newest first.
type Sessions struct {
	Sessions []Session `json:"sessions"`
}

// SessionRequest names the session to end, or with User alone all of theirs.
type SessionRequest struct {
	ID   string `json:"id,omitempty"`
	User string `json:"user"`
}

// SessionsEnded says how many sessions were ended.
type SessionsEnded struct {
	Ended int `json:"ended"`
}
