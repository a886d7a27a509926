package policy

import "slices"

// Permission is the name of one thing that can be allowed.
type Permission string

// The permissions.
const (
	ServiceRead   Permission = "access-tokens:service:read"   // list, show, history and scopes of service tokens
	ServiceWrite  Permission = "access-tokens:service:write"  // issue and rotate service tokens
	ServiceRevoke Permission = "access-tokens:service:revoke" // end service tokens
	// The same about personal tokens. Whoever holds one of these holds it for
	// tokens of their own; administrators hold them for all.
	PersonalRead   Permission = "access-tokens:user:read"
	PersonalWrite  Permission = "access-tokens:user:write"
	PersonalRevoke Permission = "access-tokens:user:revoke"
	// The same about the tokens that administrators assign to people.
	UserAdminRead   Permission = "access-tokens:user-admin:read"
	UserAdminWrite  Permission = "access-tokens:user-admin:write" // also: look for people to assign one to
	UserAdminRevoke Permission = "access-tokens:user-admin:revoke"

	// Everybody holds these for tokens of their own, and administrators for
	// all; no role gives them. What a person may do to tokens of others in a
	// workspace follows from what they are there.
	WorkspaceRead   Permission = "access-tokens:workspace:read"
	WorkspaceWrite  Permission = "access-tokens:workspace:write"
	WorkspaceRevoke Permission = "access-tokens:workspace:revoke"

	Introspect Permission = "access-tokens:introspect" // ask about tokens of others
	FeedRead   Permission = "access-tokens:feed:read"  // follow the feed of changes
	AuditRead  Permission = "access-tokens:audit:read" // read and export the audit log
	// ClientRegister registers OAuth clients. It issues nothing: a client may do
	// what people let it do. So a service token may hold it, which then is an
	// initial access token (RFC 7591 section 1.2).
	ClientRegister Permission = "access-tokens:client:register"
	// Admin is everything else: the directory, roles, signing keys, disabling
	// and enabling, mass revocation, and the administration of other kinds.
	Admin Permission = "access-tokens:admin"
)

// ServiceTokensAdmin is the single permission of older policies. It never
// again grants issuing or revoking.
//
// Deprecated: it is ServiceRead under another name. Use [ServiceRead].
const ServiceTokensAdmin = ServiceRead

// Resource types of permissions in the permissions metadata document.
const (
	ServiceResourceType  = "access-token-service"
	PersonalResourceType = "access-token-user"
)

// Permissions lists every permission that a role may hold, in their documented
// order.
func Permissions() []Permission {
	return slices.Concat(ServicePermissions(), PersonalPermissions(),
		[]Permission{UserAdminRead, UserAdminWrite, UserAdminRevoke, Introspect, FeedRead, AuditRead, ClientRegister, Admin})
}

// PersonalPermissions lists the permissions that apply to personal tokens, in
// the order of the permissions metadata document: read, write, revoke.
func PersonalPermissions() []Permission {
	return []Permission{PersonalRead, PersonalWrite, PersonalRevoke}
}

// OwnPermissions lists the permissions that everybody holds for what is theirs,
// without a role.
func OwnPermissions() []Permission {
	return []Permission{WorkspaceRead, WorkspaceWrite, WorkspaceRevoke}
}

// ServicePermissions lists the permissions that apply to service tokens, in
// the order of the permissions metadata document: read, write, revoke.
func ServicePermissions() []Permission {
	return []Permission{ServiceRead, ServiceWrite, ServiceRevoke}
}

// Action gives the action attribute of the permissions metadata document:
// "read", "create" or "delete" for the permissions about service and personal
// tokens, "" for others.
func (p Permission) Action() string {
	switch p {
	case ServiceRead, PersonalRead:
		return "read"
	case ServiceWrite, PersonalWrite:
		return "create"
	case ServiceRevoke, PersonalRevoke:
		return "delete"
	}
	return ""
}

// issues reports whether the permission can bring forth a credential or a
// right. Admin can: it issues other kinds and hands out roles.
func (p Permission) issues() bool {
	return slices.Contains([]Permission{ServiceWrite, PersonalWrite, UserAdminWrite, WorkspaceWrite, Admin}, p)
}

// limitable reports whether a binding may hold the permission for the tokens
// of some groups alone. The others are about the whole installation.
func (p Permission) limitable() bool { return slices.Contains(ServicePermissions(), p) }

// personal reports whether the permission is about tokens of the holder's own,
// whatever role gives it, unless that is the administrator's.
func (p Permission) personal() bool { return slices.Contains(PersonalPermissions(), p) }

// parsePermission reads a permission as an operator may have written it.
// formerly is true when it is the name of an older release; the single admin
// permissions of those became an alias of read and stay one.
func parsePermission(s string) (p Permission, formerly, ok bool) {
	switch s {
	case "service-tokens:read", "service-tokens.admin", "access-tokens.admin":
		return ServiceRead, true, true
	case "service-tokens:write":
		return ServiceWrite, true, true
	case "service-tokens:revoke":
		return ServiceRevoke, true, true
	}
	p = Permission(s)
	return p, false, slices.Contains(Permissions(), p)
}
