package api

import "time"

// User is a person that the built-in directory knows.
type User struct {
	Ref        string    `json:"ref"`
	UUID       string    `json:"uuid,omitempty"`
	Name       string    `json:"name,omitempty"`
	CreatedAt  time.Time `json:"createdAt"`
	DisabledAt time.Time `json:"disabledAt,omitzero"`
}

// UserRequest names a user; Name is read when one is added.
type UserRequest struct {
	Ref  string `json:"ref"`
	Name string `json:"name,omitempty"`
}

// RebindRequest names a user whom the next account of the identity provider is to
// be. EndTokens ends what the former account has left, as a mass revocation of the
// user does: tokens of every kind, and what programs were allowed.
type RebindRequest struct {
	Ref       string `json:"ref"`
	EndTokens bool   `json:"endTokens,omitempty"`
}

// Users is the list of users, by ref.
type Users struct {
	Users []User `json:"users"`
}

// Group is a group that the built-in directory knows.
type Group struct {
	Ref       string    `json:"ref"`
	CreatedAt time.Time `json:"createdAt"`
	Members   []string  `json:"members"`
}

// GroupRequest names a group, and a user who joins or leaves it.
type GroupRequest struct {
	Ref  string `json:"ref"`
	User string `json:"user,omitempty"`
}

// Groups is the list of groups, by ref.
type Groups struct {
	Groups []Group `json:"groups"`
}

// Workspace is a workspace that the built-in directory knows.
type Workspace struct {
	Name      string    `json:"name"`
	UUID      string    `json:"uuid"`
	CreatedAt time.Time `json:"createdAt"`
	// DisabledAt is when the workspace was switched off.
	DisabledAt time.Time         `json:"disabledAt,omitzero"`
	Members    []WorkspaceMember `json:"members"`
}

// WorkspaceMember is a user in a workspace. Role is admin, owner, maintainer,
// user, guest, doc-guest or readonly-guest.
type WorkspaceMember struct {
	User string `json:"user"`
	Role string `json:"role"`
}

// WorkspaceRequest names a workspace, and a user who joins or leaves it. Role
// is read when one joins; empty means "user".
type WorkspaceRequest struct {
	Name string `json:"name"`
	User string `json:"user,omitempty"`
	Role string `json:"role,omitempty"`
}

// Workspaces is the list of workspaces, by name.
type Workspaces struct {
	Workspaces []Workspace `json:"workspaces"`
}
