package api

// Base is where the administrative API stands.
const Base = "/api/admin/v1"

// Paths below Base. Those with {id} take a token's id, a UUID.
const (
	PathTokens       = "/tokens"
	PathToken        = "/tokens/{id}"
	PathTokenAudit   = "/tokens/{id}/audit"
	PathTokenRotate  = "/tokens/{id}/rotate"
	PathTokenRevoke  = "/tokens/{id}/revoke"
	PathTokenDisable = "/tokens/{id}/disable"
	PathTokenEnable  = "/tokens/{id}/enable"
	PathVerify       = "/verify"
	PathImport       = "/import"
	PathRevokeAll    = "/revoke-all"

	PathUsers            = "/users"
	PathUserDisable      = "/users/disable"
	PathUserEnable       = "/users/enable"
	PathUserRebind       = "/users/rebind"
	PathGroups           = "/groups"
	PathGroupJoin        = "/groups/join"
	PathGroupLeave       = "/groups/leave"
	PathWorkspaces       = "/workspaces"
	PathWorkspaceDisable = "/workspaces/disable"
	PathWorkspaceEnable  = "/workspaces/enable"
	PathWorkspaceJoin    = "/workspaces/join"
	PathWorkspaceLeave   = "/workspaces/leave"

	PathRoles        = "/roles"
	PathRoleGrant    = "/roles/grant"
	PathRoleWithdraw = "/roles/withdraw"

	PathClients      = "/clients"
	PathClientRemove = "/clients/remove"

	PathSessions   = "/sessions"
	PathSessionEnd = "/sessions/end"

	PathLinks        = "/links"
	PathAccessTokens = "/access-tokens"

	PathKeys      = "/keys"
	PathKeyRotate = "/keys/rotate"
	PathKeyRetire = "/keys/retire"
	PathKeyRemove = "/keys/remove"

	PathAudit       = "/audit"
	PathAuditExport = "/audit/export"
	PathLogHead     = "/log/head"
	PathLogEntries  = "/log/entries"
	PathLogNodes    = "/log/nodes"
	PathLogProof    = "/log/proof"

	PathStatus     = "/status"
	PathStatusData = "/status/data"
)

// PathIntrospect is where tokens are asked about (RFC 7662). It does not stand
// below Base.
const PathIntrospect = "/oauth2/introspect"

// Further paths that do not stand below Base.
const (
	PathRevokePresented = "/oauth2/revoke" // RFC 7009
	PathWhoAmI          = "/api/session"
)
