package token

import "time"

// User is a person that the built-in directory knows.
type User struct {
	Ref        string // canonical user ref
	Name       string // for people; may be empty
	CreatedAt  time.Time
	DisabledAt time.Time // zero = enabled
}

// Group is a group that the built-in directory knows, with its members.
type Group struct {
	Ref       string // canonical group ref
	CreatedAt time.Time
	Members   []string // canonical user refs, sorted
}

// Workspace is a workspace that the built-in directory knows.
type Workspace struct {
	Name      string
	CreatedAt time.Time
	Members   []WorkspaceMember // sorted by user
}

// WorkspaceMember is a user in a workspace. Role is "owner", "maintainer",
// "user" or "guest".
type WorkspaceMember struct {
	User string
	Role string
}

// RoleGrant is a role given at run time, beside those of the configuration
// file.
type RoleGrant struct {
	Ref       string // user, group or subject
	Role      string
	GrantedBy string
	GrantedAt time.Time
}

// Link is a one-time sign-in link. Only the digest of its code is kept.
type Link struct {
	Digest    Digest
	User      string
	ExpiresAt time.Time
}
