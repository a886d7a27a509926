-- name: HoldUser :execrows
-- Changes nothing, but makes whoever disables the user wait for this
-- transaction, or this one for them.
UPDATE users SET name = name WHERE ref = $1 AND disabled_at IS NULL;

-- name: InsertSession :exec
INSERT INTO sessions (digest, id, user_ref, method, address, agent, created_at, seen_at, expires_at, ended_at)
VALUES (@digest, @id, @user_ref, @method, @address, @agent, @created_at, @seen_at, @expires_at, NULL);

-- name: FindSession :one
SELECT digest, id, user_ref, method, address, agent, created_at, seen_at, expires_at, ended_at
  FROM sessions WHERE digest = $1;

-- name: ListSessions :many
SELECT digest, id, user_ref, method, address, agent, created_at, seen_at, expires_at, ended_at
  FROM sessions WHERE ended_at IS NULL AND (cast(@everybody AS bigint) = 1 OR user_ref = @user_ref)
 ORDER BY id DESC LIMIT @page;

-- name: EndSession :execrows
-- The condition makes it one end: of two at once, one finds no row.
UPDATE sessions SET ended_at = @ended_at WHERE id = @id AND user_ref = @user_ref AND ended_at IS NULL;

-- name: EndSessionsOf :execrows
UPDATE sessions SET ended_at = @ended_at WHERE user_ref = @user_ref AND ended_at IS NULL;

-- name: EndSessionsUpTo :execrows
-- Of one user, or of everybody when no owner is given.
UPDATE sessions SET ended_at = @ended_at
 WHERE ended_at IS NULL AND created_at <= @up_to AND (cast(@owner AS text) = '' OR user_ref = @owner);

-- name: EndFormerSession :execrows
UPDATE sessions SET ended_at = @ended_at WHERE digest = @digest AND ended_at IS NULL;

-- name: EndOldestSessions :exec
UPDATE sessions SET ended_at = @ended_at
 WHERE sessions.user_ref = @user_ref AND sessions.ended_at IS NULL AND sessions.id NOT IN (
    SELECT s.id FROM sessions s WHERE s.user_ref = @user_ref AND s.ended_at IS NULL ORDER BY s.id DESC LIMIT @kept);

-- name: DeleteSessions :execrows
DELETE FROM sessions WHERE digest IN (
    SELECT s.digest FROM sessions s WHERE s.expires_at <= @now OR s.seen_at <= @idle_since LIMIT @batch);

-- name: InsertSpent :execrows
INSERT INTO spent (digest, expires_at) VALUES (@digest, @expires_at) ON CONFLICT (digest) DO NOTHING;

-- name: IsSpent :one
SELECT EXISTS (SELECT 1 FROM spent WHERE digest = $1) AS spent;

-- name: DeleteSpent :execrows
DELETE FROM spent WHERE digest IN (SELECT s.digest FROM spent s WHERE s.expires_at <= @now LIMIT @batch);

-- name: InsertIdentity :execrows
-- No row: the user is bound to an account already, or the account to a user.
INSERT INTO identities (issuer, user_ref, subject, created_at) VALUES (@issuer, @user_ref, @subject, @created_at)
ON CONFLICT DO NOTHING;

-- name: FindIdentity :one
SELECT subject FROM identities WHERE issuer = $1 AND user_ref = $2;

-- name: DeleteIdentities :exec
DELETE FROM identities WHERE user_ref = $1;

-- name: PutIdentityOpening :exec
INSERT INTO identity_openings (user_ref, ends_at) VALUES (@user_ref, @ends_at)
ON CONFLICT (user_ref) DO UPDATE SET ends_at = excluded.ends_at;

-- name: UseIdentityOpening :execrows
DELETE FROM identity_openings WHERE user_ref = @user_ref AND ends_at > @now;

-- name: IsExpected :one
-- Whether somebody was sent a link, was opened to an account once, or was
-- disabled, which leaves an opening whose time is over.
SELECT EXISTS (
    SELECT 1 FROM links l WHERE l.user_ref = @user_ref
    UNION ALL SELECT 1 FROM identity_openings o WHERE o.user_ref = @user_ref) AS expected;

-- name: HasAnything :one
-- Whether somebody is in a group or a workspace, has a token or a session, or has
-- done anything that the log tells of.
SELECT EXISTS (
    SELECT 1 FROM group_members m WHERE m.user_ref = @user_ref
    UNION ALL SELECT 1 FROM claimed_groups c WHERE c.user_ref = @user_ref
    UNION ALL SELECT 1 FROM workspace_members w WHERE w.user_ref = @user_ref
    UNION ALL SELECT 1 FROM tokens t WHERE t.kind IN ('personal', 'refresh', 'user', 'workspace') AND t.owner = @user_ref
    UNION ALL SELECT 1 FROM sessions s WHERE s.user_ref = @user_ref AND s.ended_at IS NULL
    UNION ALL SELECT 1 FROM audit_entries a
       WHERE a.actor = @user_ref AND a.actor <> '' AND a.position IS NOT NULL AND a.outcome = 'allowed') AS anything;

-- name: ListClaimedGroups :many
SELECT group_ref FROM claimed_groups WHERE user_ref = $1 ORDER BY group_ref;

-- name: DeleteClaimedGroups :exec
DELETE FROM claimed_groups WHERE user_ref = $1;

-- name: InsertClaimedGroup :exec
INSERT INTO claimed_groups (user_ref, group_ref) VALUES (@user_ref, @group_ref)
ON CONFLICT (user_ref, group_ref) DO NOTHING;
