package token

// Place is where a page of a list begins: behind the entry of the name After, or
// so that it ends before that of the name Before. At most one of them is given;
// none is the beginning. The names need not exist.
type Place struct {
	After, Before string
	Limit         int // at least 1
}

// Section is how a page lies in its list.
type Section struct {
	Total      int  // entries of the whole list
	Less, More bool // there are entries before the page, or behind it
}

// UserQuery selects a page of users by ref, those who are disabled among them.
type UserQuery struct {
	Place

	Text string // part of name, ref or mail address, in any case; "" = all
	// Enabled and Disabled leave out the others; neither, or both, is all.
	Enabled, Disabled bool
}

// UserPage is a part of a list of users.
type UserPage struct {
	Section

	Users []User
}

// NameQuery selects a page of workspaces or groups by name or ref.
type NameQuery struct {
	Place

	Name string // exactly this one; "" = all
	Text string // part of the name, in any case; "" = all
}

// WorkspacePage is a part of a list of workspaces.
type WorkspacePage struct {
	Section

	Workspaces []Peopled[Workspace]
}

// GroupPage is a part of a list of groups.
type GroupPage struct {
	Section

	Groups []Peopled[Group]
}

// Peopled is a workspace or a group, without the names of its members.
type Peopled[T any] struct {
	Is   T
	Size int // how many members it has
}

// MemberQuery selects a page of the members of one workspace or of one group, by
// ref.
type MemberQuery struct {
	Place

	Workspace, Group string // one of them
	Text             string // as in UserQuery
}

// MemberPage is a part of a list of members.
type MemberPage struct {
	Section

	Members []Member
}

// Member is somebody in a workspace or a group.
type Member struct {
	User

	Role string // in the workspace; "" in a group
	// Claimed: the identity provider puts them into the group at each sign-in.
	Claimed bool
}

// Memberships are what somebody is in, by name.
type Memberships struct {
	Workspaces []WorkspaceMembership
	Groups     []GroupMembership
}

// WorkspaceMembership is a workspace, without its members, and what somebody is
// in it.
type WorkspaceMembership struct {
	Workspace

	Role string
}

// GroupMembership is a group that somebody is in.
type GroupMembership struct {
	Ref     string
	Claimed bool // as in Member
}
