-- name: InsertToken :execresult
-- Inserts nothing when the name is taken, or when a mark, swept or not, covers
-- the token; the caller finds out which.
INSERT INTO tokens (id, family, kind, name, name_key, description, hint, search, owner, workspace, subject, scopes,
                    created_by, created_at, expires_at, last_used_at, disabled_at, revoked_at, revoked_by, revoke_reason,
                    checksum)
SELECT cast(@id AS text), cast(@family AS text), cast(@kind AS text), cast(@name AS text), cast(sqlc.narg('name_key') AS text),
       cast(@description AS text), cast(@hint AS text), cast(@search AS text), cast(@owner AS text),
       cast(@workspace AS text), cast(@subject AS text), cast(@scopes AS text), cast(@created_by AS text),
       cast(@created_at AS bigint), cast(@expires_at AS bigint), cast(sqlc.narg('last_used_at') AS bigint),
       cast(sqlc.narg('disabled_at') AS bigint), cast(sqlc.narg('revoked_at') AS bigint), cast(@revoked_by AS text), '',
       cast(@checksum AS bigint)
 WHERE NOT EXISTS (
       SELECT 1 FROM marks m WHERE m.not_before >= cast(@created_at AS bigint) AND (m.kind = '' OR m.kind = @kind)
          AND (m.owner = '' OR m.owner = @owner) AND (m.workspace = '' OR m.workspace = @workspace))
ON CONFLICT (kind, owner, name_key) DO NOTHING;

-- name: InsertCoveredToken :execrows
-- The same for a token whose marks have been applied.
INSERT INTO tokens (id, family, kind, name, name_key, description, hint, search, owner, workspace, subject, scopes,
                    created_by, created_at, expires_at, last_used_at, disabled_at, revoked_at, revoked_by, revoke_reason,
                    checksum)
VALUES (@id, @family, @kind, @name, @name_key, @description, @hint, @search, @owner, @workspace, @subject, @scopes,
        @created_by, @created_at, @expires_at, @last_used_at, @disabled_at, @revoked_at, @revoked_by, '', @checksum)
ON CONFLICT (kind, owner, name_key) DO NOTHING;

-- name: FindToken :one
SELECT id, family, kind, name, description, hint, owner, workspace, subject, scopes, created_by, created_at,
       expires_at, last_used_at, disabled_at, revoked_at, revoked_by, replaces, replaced_by, mark_at, mark_by, checksum
  FROM token_records WHERE id = $1;

-- name: FindByDigest :one
-- The one query of a cold verification: two look-ups by primary key. Of marks it
-- asks only whether there are any that the sweep is not done with.
SELECT s.digest, s.ends_at, s.created_at AS secret_created_at, s.checksum AS secret_checksum, t.id, t.family, t.kind, t.name, t.description, t.hint, t.owner, t.workspace, t.subject,
       t.scopes, t.created_by, t.created_at, t.expires_at, t.last_used_at, t.disabled_at, t.revoked_at, t.revoked_by,
       t.checksum, EXISTS (SELECT 1 FROM marks WHERE swept_at IS NULL) AS marked
  FROM secrets s JOIN tokens t ON t.id = s.token_id
 WHERE s.digest = $1;

-- name: LockToken :exec
-- Holds other changes of the token off until this transaction ends.
UPDATE tokens SET class = class WHERE id = $1;

-- name: RevokeToken :execresult
-- Touches no column of an index. It changes nothing when the token is revoked
-- already, by itself or by a mark.
UPDATE tokens SET revoked_at = sqlc.narg('revoked_at'), revoked_by = @revoked_by, revoke_reason = @reason,
       checksum = checksum + 5 * (cast(sqlc.narg('revoked_at') AS bigint) + 1)
 WHERE tokens.id = @id AND tokens.revoked_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= tokens.created_at
          AND (m.kind = '' OR m.kind = tokens.kind) AND (m.owner = '' OR m.owner = tokens.owner)
          AND (m.workspace = '' OR m.workspace = tokens.workspace));

-- name: SetDisabled :exec
UPDATE tokens SET disabled_at = sqlc.narg('disabled_at'),
       checksum = checksum + 3 * (coalesce(cast(sqlc.narg('disabled_at') AS bigint), -1) - coalesce(disabled_at, -1))
 WHERE id = @id;

-- name: RenewToken :exec
UPDATE tokens SET hint = @hint, search = @search, expires_at = @expires_at,
       checksum = checksum + (cast(@expires_at AS bigint) - expires_at)
 WHERE id = @id;

-- name: SetReplaces :exec
UPDATE tokens SET replaces = @replaces WHERE id = @id;

-- name: SetReplacedBy :exec
UPDATE tokens SET replaced_by = @replaced_by WHERE id = @id;

-- name: InsertSecret :execresult
INSERT INTO secrets (digest, token_id, created_at, ends_at, checksum) VALUES (@digest, @token_id, @created_at, NULL, @checksum)
ON CONFLICT (digest) DO NOTHING;

-- name: EndFormerSecrets :exec
-- Secrets that ended before keep their end; an older overlap ends at once.
UPDATE secrets SET ends_at = sqlc.narg('at_once'), checksum = checksum + (cast(sqlc.narg('at_once') AS bigint) - ends_at)
 WHERE token_id = @token_id AND ends_at > @now;

-- name: EndFormerSecret :execrows
-- One that is still good, which its end names.
UPDATE secrets SET ends_at = sqlc.narg('at_once'), checksum = checksum + (cast(sqlc.narg('at_once') AS bigint) - ends_at)
 WHERE token_id = @token_id AND ends_at = @ends_at;

-- name: EndCurrentSecret :exec
UPDATE secrets SET ends_at = sqlc.narg('ends_at'), checksum = checksum + (cast(sqlc.narg('ends_at') AS bigint) + 1)
 WHERE token_id = @token_id AND ends_at IS NULL;

-- name: FreeNameRevoked :exec
UPDATE tokens SET name_key = NULL
 WHERE tokens.kind = @kind AND tokens.owner = @owner AND tokens.name_key = @name
   AND (tokens.revoked_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= tokens.created_at
           AND (m.kind = '' OR m.kind = tokens.kind) AND (m.owner = '' OR m.owner = tokens.owner)
           AND (m.workspace = '' OR m.workspace = tokens.workspace)));

-- name: FreeNameExpired :exec
UPDATE tokens SET name_key = NULL
 WHERE tokens.kind = @kind AND tokens.owner = @owner AND tokens.name_key = @name AND tokens.expires_at <= @now;

-- name: CountUsable :one
-- Stops counting at the limit. Of a record and the one that replaced it, one
-- counts. A token that has no class yet is among the unsettled ones.
SELECT count(*) FROM (
    SELECT 1 FROM tokens t
     WHERE t.kind = @kind AND t.owner = @owner AND t.class IN ('live', 'disabled') AND t.expires_at > @now
       AND t.revoked_at IS NULL AND t.replaced_by = ''
       AND NOT EXISTS (
           SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
              AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
              AND (m.workspace = '' OR m.workspace = t.workspace))
    UNION ALL
    SELECT 1 FROM unsettled u CROSS JOIN tokens t
     WHERE t.id = u.token_id AND u.kind = @kind AND u.owner = @owner AND t.class IS NULL AND t.expires_at > @now
       AND t.revoked_at IS NULL AND t.replaced_by = ''
       AND NOT EXISTS (
           SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
              AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
              AND (m.workspace = '' OR m.workspace = t.workspace))
     LIMIT @up_to) AS usable;
