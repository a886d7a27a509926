package token

import "slices"

// The scopes of workspace tokens. They demand and cover each other by
// equality alone: none of the three implies another.
const (
	ScopeRead   = "read:*"
	ScopeWrite  = "write:*"
	ScopeDelete = "delete:*"
)

// WorkspaceScopes lists the scopes of workspace tokens in their one order,
// that of the wire: read, write, delete. A workspace token without scopes
// holds all three.
func WorkspaceScopes() Scopes { return Scopes{ScopeRead, ScopeWrite, ScopeDelete} }

// ParseWorkspaceScopes brings one or more scopes of a workspace token into
// their order, without repetitions. ok is false for an empty list and for
// anything that is none of the three.
func ParseWorkspaceScopes(list []string) (scopes Scopes, ok bool) {
	for _, one := range WorkspaceScopes() {
		if slices.Contains(list, one) {
			scopes = append(scopes, one)
		}
	}
	for _, one := range list {
		if !slices.Contains(scopes, one) {
			return nil, false
		}
	}
	return scopes, len(scopes) > 0
}

// Power is what a member of a workspace may do there: whoever has more power
// may do whatever one with less may. Zero is no member.
type Power int

// The powers of the roles. Those of guests may not have tokens.
const (
	PowerReadOnlyGuest Power = 5
	PowerDocGuest      Power = 10
	PowerGuest         Power = 20
	PowerUser          Power = 30
	PowerMaintainer    Power = 40
	PowerOwner         Power = 50
	PowerAdmin         Power = 100
)

// Standing is what a person is in a workspace now.
type Standing struct {
	// Account and Workspace are the UUIDs of both; "" for one that does not
	// exist.
	Account, Workspace string
	Active             bool  // the person exists and is not disabled
	Closed             bool  // the workspace is disabled
	Power              Power // 0 for no member
}

// workspaceRoles are the roles of members, the strongest first.
var workspaceRoles = [...]struct { //nolint:gochecknoglobals // it is only read
	name  string
	power Power
}{
	{"admin", PowerAdmin},
	{"owner", PowerOwner},
	{"maintainer", PowerMaintainer},
	{"user", PowerUser},
	{"guest", PowerGuest},
	{"doc-guest", PowerDocGuest},
	{"readonly-guest", PowerReadOnlyGuest},
}

// WorkspaceRoles lists the roles of a workspace, the strongest first.
func WorkspaceRoles() []string {
	names := make([]string, len(workspaceRoles))
	for i, role := range workspaceRoles {
		names[i] = role.name
	}
	return names
}

// RolePower gives the power of a role; no such role has none.
func RolePower(role string) Power {
	for _, one := range workspaceRoles {
		if one.name == role {
			return one.power
		}
	}
	return 0
}
