package token

import "time"

// User is a person that the built-in directory knows.
type User struct {
	Ref        string // canonical user ref
	UUID       string // beside the ref, for protocols that name people so; lower case
	Name       string // for people; may be empty
	Email      string // "" = not known
	CreatedAt  time.Time
	DisabledAt time.Time // zero = enabled
}

// PeopleQuery selects a page of enabled people, by their name, or ref where
// there is none, then by ref.
type PeopleQuery struct {
	Text          string // part of name, ref or mail address, in any case; "" = all
	Limit, Offset int
}

// PeoplePage is a part of a list of people.
type PeoplePage struct {
	People []User
	Total  int
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
	UUID      string // beside the name; lower case
	CreatedAt time.Time
	// DisabledAt is when the workspace was switched off; zero: it is not.
	DisabledAt time.Time
	Members    []WorkspaceMember // sorted by user
}

// WorkspaceMember is a user in a workspace. Role is one of WorkspaceRoles.
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
