-- name: InsertUser :execrows
INSERT INTO users (ref, name, email, search, created_at, disabled_at, uuid)
VALUES (@ref, @name, @email, @search, @created_at, @disabled_at, @uuid)
ON CONFLICT (ref) DO NOTHING;

-- name: ListUsers :many
SELECT ref, name, email, search, created_at, disabled_at, uuid FROM users ORDER BY ref;

-- name: FindUser :one
SELECT ref, name, email, search, created_at, disabled_at, uuid FROM users WHERE ref = $1;

-- name: DisableUser :execrows
UPDATE users SET disabled_at = @disabled_at WHERE ref = @ref AND disabled_at IS NULL;

-- name: EnableUser :execrows
UPDATE users SET disabled_at = NULL WHERE ref = $1 AND disabled_at IS NOT NULL;

-- name: InsertGroup :execrows
INSERT INTO user_groups (ref, created_at) VALUES (@ref, @created_at) ON CONFLICT (ref) DO NOTHING;

-- name: ListGroups :many
SELECT ref, created_at FROM user_groups ORDER BY ref;

-- name: HasGroup :one
SELECT EXISTS (SELECT 1 FROM user_groups WHERE ref = $1);

-- name: InsertGroupMember :execrows
INSERT INTO group_members (group_ref, user_ref) VALUES (@group_ref, @user_ref)
ON CONFLICT (group_ref, user_ref) DO NOTHING;

-- name: DeleteGroupMember :execrows
DELETE FROM group_members WHERE group_ref = @group_ref AND user_ref = @user_ref;

-- name: ListGroupMembers :many
SELECT group_ref, user_ref FROM group_members
UNION SELECT c.group_ref, c.user_ref FROM claimed_groups c
ORDER BY group_ref, user_ref;

-- name: ListGroupsOf :many
SELECT m.group_ref FROM group_members m WHERE m.user_ref = @user_ref
UNION SELECT c.group_ref FROM claimed_groups c WHERE c.user_ref = @user_ref
ORDER BY group_ref;

-- name: InsertWorkspace :execrows
INSERT INTO workspaces (name, created_at, uuid) VALUES (@name, @created_at, @uuid) ON CONFLICT (name) DO NOTHING;

-- name: ListWorkspaces :many
SELECT name, created_at, uuid, disabled_at FROM workspaces ORDER BY name;

-- name: HasWorkspace :one
SELECT EXISTS (SELECT 1 FROM workspaces WHERE name = $1);

-- name: DisableWorkspace :execrows
UPDATE workspaces SET disabled_at = @disabled_at WHERE name = @name AND disabled_at IS NULL;

-- name: EnableWorkspace :execrows
UPDATE workspaces SET disabled_at = NULL WHERE name = $1 AND disabled_at IS NOT NULL;

-- name: FindWorkspaceRole :one
SELECT role FROM workspace_members WHERE workspace = $1 AND user_ref = $2;

-- name: PutWorkspaceMember :exec
INSERT INTO workspace_members (workspace, user_ref, role) VALUES (@workspace, @user_ref, @role)
ON CONFLICT (workspace, user_ref) DO UPDATE SET role = excluded.role;

-- name: DeleteWorkspaceMember :execrows
DELETE FROM workspace_members WHERE workspace = @workspace AND user_ref = @user_ref;

-- name: ListWorkspaceMembers :many
SELECT workspace, user_ref, role FROM workspace_members ORDER BY workspace, user_ref;

-- name: InsertRoleGrant :execrows
INSERT INTO role_grants (ref, role, granted_by, granted_at) VALUES (@ref, @role, @granted_by, @granted_at)
ON CONFLICT (role, ref) DO NOTHING;

-- name: DeleteRoleGrant :execrows
DELETE FROM role_grants WHERE ref = @ref AND role = @role;

-- name: CountPeopleGranted :one
-- Grants that a person can use: not those to services, to users who are
-- disabled, or to groups without a member who is enabled. Who is in a group that
-- is kept elsewhere is not known here; it counts.
SELECT count(*) FROM role_grants WHERE role = $1
AND substr(ref, 1, 14) <> 'service-token:'
AND NOT EXISTS (SELECT 1 FROM users WHERE users.ref = role_grants.ref AND users.disabled_at IS NOT NULL)
AND (
    NOT EXISTS (SELECT 1 FROM user_groups WHERE user_groups.ref = role_grants.ref)
    OR EXISTS (
        SELECT 1 FROM group_members
        WHERE group_members.group_ref = role_grants.ref
        AND NOT EXISTS (SELECT 1 FROM users WHERE users.ref = group_members.user_ref AND users.disabled_at IS NOT NULL)
    )
);

-- name: ListRoleGrants :many
SELECT ref, role, granted_by, granted_at FROM role_grants ORDER BY ref, role;

-- name: InsertLink :execrows
INSERT INTO links (digest, user_ref, expires_at, used_at) VALUES (@digest, @user_ref, @expires_at, NULL)
ON CONFLICT (digest) DO NOTHING;

-- name: UseLink :execrows
-- The condition makes it one use: of two at once, one finds no row.
UPDATE links SET used_at = @now WHERE digest = @digest AND used_at IS NULL AND expires_at > @now;

-- name: EndLinksOf :exec
-- Of one user, or of everybody when no owner is given.
UPDATE links SET used_at = @used_at WHERE used_at IS NULL AND (cast(@owner AS text) = '' OR user_ref = @owner);

-- name: FindLink :one
SELECT digest, user_ref, expires_at, used_at FROM links WHERE digest = $1;
