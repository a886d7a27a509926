package policy

import "slices"

// Permission is the name of one thing that can be allowed.
type Permission string

// The permissions.
const (
	ServiceRead   Permission = "access-tokens:service:read"   // list, show, history and scopes of service tokens
	ServiceWrite  Permission = "access-tokens:service:write"  // issue and rotate service tokens
	ServiceRevoke Permission = "access-tokens:service:revoke" // end service tokens
	Introspect    Permission = "access-tokens:introspect"     // ask about tokens of others
	FeedRead      Permission = "access-tokens:feed:read"      // follow the feed of changes
	AuditRead     Permission = "access-tokens:audit:read"     // read and export the audit log
	// Admin is everything else: the directory, roles, signing keys, disabling
	// and enabling, mass revocation, and the administration of other kinds.
	Admin Permission = "access-tokens:admin"
)

// ServiceTokensAdmin is the single permission of older policies. It never
// again grants issuing or revoking.
//
// Deprecated: it is ServiceRead under another name. Use [ServiceRead].
const ServiceTokensAdmin = ServiceRead

// ServiceResourceType is the resource type of the service permissions in the
// permissions metadata document.
const ServiceResourceType = "access-token-service"

// Permissions lists every permission in its documented order.
func Permissions() []Permission {
	return append(ServicePermissions(), Introspect, FeedRead, AuditRead, Admin)
}

// ServicePermissions lists the permissions that apply to service tokens, in
// the order of the permissions metadata document: read, write, revoke.
func ServicePermissions() []Permission {
	return []Permission{ServiceRead, ServiceWrite, ServiceRevoke}
}

// Action gives the action attribute of the permissions metadata document:
// "read", "create" or "delete" for the service permissions, "" for others.
func (p Permission) Action() string {
	switch p {
	case ServiceRead:
		return "read"
	case ServiceWrite:
		return "create"
	case ServiceRevoke:
		return "delete"
	}
	return ""
}

// issues reports whether the permission can bring forth a credential or a
// right. Admin can: it issues other kinds and hands out roles.
func (p Permission) issues() bool { return p == ServiceWrite || p == Admin }

// limitable reports whether a binding may hold the permission for the tokens
// of some groups alone. The others are about the whole installation.
func (p Permission) limitable() bool { return slices.Contains(ServicePermissions(), p) }

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
