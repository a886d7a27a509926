package directory

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Store keeps the built-in directory. store/sqlite and store/postgres provide
// it. Refs are canonical. Each mutation is one transaction that writes its
// own audit entry, as an act of by at the given time; where no time is given
// it is that of the record.
//
// All methods: an error that wraps token.ErrUnavailable means that the answer
// is not known. A thing that is there already is token.ErrExists, one that is
// missing token.ErrNotFound.
type Store interface {
	Lists
	Users
	Groups
	Workspaces
	Access
}

// Access keeps what lets people in, and what they may do then.
type Access interface {
	Roles
	Links
}

// Lists gives parts of the directory for pages, which never show all of it.
type Lists interface {
	// SearchUsers gives a page of users by ref.
	SearchUsers(ctx context.Context, q token.UserQuery) (token.UserPage, error)
	// SurveyWorkspaces and SurveyGroups give pages by name.
	SurveyWorkspaces(ctx context.Context, q token.NameQuery) (token.WorkspacePage, error)
	SurveyGroups(ctx context.Context, q token.NameQuery) (token.GroupPage, error)
	// SearchMembers gives a page of the members of a workspace or a group.
	SearchMembers(ctx context.Context, q token.MemberQuery) (token.MemberPage, error)
	// MembershipsOf gives what a user is in, by name.
	MembershipsOf(ctx context.Context, user string) (token.Memberships, error)
}

// Users keeps people.
type Users interface {
	Identities
	AddUser(ctx context.Context, u token.User, by token.Principal) error
	FindUser(ctx context.Context, ref string) (token.User, error)
	// ListUsers gives all users by ref.
	ListUsers(ctx context.Context) ([]token.User, error)
	// SetUserDisabled disables (true) or enables a user. A user that is in
	// that state already stays as they are, without an entry. The last
	// enabled administrator stays enabled: token.ErrLastAdmin, decided in the
	// transaction.
	SetUserDisabled(ctx context.Context, ref string, disabled bool, by token.Principal, at time.Time) error
}

// Identities keeps which account of a provider a user signs in with.
type Identities interface {
	// OpenIdentity lets the next account that signs in as a user be theirs, in
	// the place of the one they are bound to.
	OpenIdentity(ctx context.Context, o token.IdentityOpening, by token.Principal) error
}

// Groups keeps groups and who is in them.
type Groups interface {
	GroupFinder
	AddGroup(ctx context.Context, g token.Group, by token.Principal) error
	// JoinGroup puts a user into a group. Group and user must exist; a
	// member stays one, without an entry.
	JoinGroup(ctx context.Context, group, user string, by token.Principal, at time.Time) error
	// LeaveGroup takes a member out: token.ErrNotFound when they are none.
	// The last administrator stays: token.ErrLastAdmin, decided in the
	// transaction.
	LeaveGroup(ctx context.Context, group, user string, by token.Principal, at time.Time) error
}

// GroupFinder reads groups.
type GroupFinder interface {
	HasGroup(ctx context.Context, ref string) (bool, error)
	// GroupsOf gives the refs of the groups a user is in, sorted.
	GroupsOf(ctx context.Context, user string) ([]string, error)
	// ListGroups gives all groups by ref, with their members.
	ListGroups(ctx context.Context) ([]token.Group, error)
}

// Workspaces keeps workspaces and who is what in them.
type Workspaces interface {
	AddWorkspace(ctx context.Context, w token.Workspace, by token.Principal) error
	// ListWorkspaces gives all workspaces by name, with their members.
	ListWorkspaces(ctx context.Context) ([]token.Workspace, error)
	// SetWorkspaceDisabled disables (true) or enables a workspace. One that is
	// in that state already stays as it is, without an entry.
	SetWorkspaceDisabled(ctx context.Context, name string, disabled bool, by token.Principal, at time.Time) error
	// JoinWorkspace puts a user into a workspace or changes their role.
	JoinWorkspace(ctx context.Context, name string, m token.WorkspaceMember, by token.Principal, at time.Time) error
	// LeaveWorkspace takes a member out: token.ErrNotFound when they are
	// none.
	LeaveWorkspace(ctx context.Context, name, user string, by token.Principal, at time.Time) error
}

// Roles keeps what was granted at run time.
type Roles interface {
	// GrantRole grants; a grant that exists is token.ErrExists.
	GrantRole(ctx context.Context, g token.RoleGrant, by token.Principal) error
	// WithdrawRole withdraws. The last grant by which an enabled person holds
	// the role "administrator" stays: token.ErrLastAdmin, decided in the
	// transaction.
	WithdrawRole(ctx context.Context, ref, role string, by token.Principal, at time.Time) error
	// ListRoleGrants gives all grants by ref and role.
	ListRoleGrants(ctx context.Context) ([]token.RoleGrant, error)
}

// Links keeps one-time sign-in links.
type Links interface {
	AddLink(ctx context.Context, l token.Link, by token.Principal, at time.Time) error
	// UseLink gives a link and makes it used, at most once: token.ErrNotFound
	// when it is unknown, used already, or has expired at now. The actor of the
	// entry is the link's user, with the address and request of from.
	UseLink(ctx context.Context, d token.Digest, from token.Principal, now time.Time) (token.Link, error)
}
