-- name: InsertToken :execrows
INSERT INTO tokens (id, family, kind, class, name, name_key, description, hint, search, owner, workspace, subject, scopes,
                    created_by, created_at, expires_at, last_used_at, disabled_at, revoked_at, revoked_by, revoke_reason)
VALUES (@id, @family, @kind, @class, @name, @name_key, @description, @hint, @search, @owner, @workspace, @subject, @scopes,
        @created_by, @created_at, @expires_at, @last_used_at, @disabled_at, @revoked_at, @revoked_by, '')
ON CONFLICT (kind, owner, name_key) DO NOTHING;

-- name: FindToken :one
SELECT id, family, kind, name, description, hint, owner, workspace, subject, scopes, created_by, created_at,
       expires_at, last_used_at, disabled_at, revoked_at, revoked_by, mark_at, mark_by
  FROM token_records WHERE id = $1;

-- name: FindByDigest :one
-- The one query of a cold verification: two look-ups by primary key. Of marks it
-- asks only whether there are any that the sweep is not done with.
SELECT s.digest, s.ends_at, t.id, t.family, t.kind, t.name, t.description, t.hint, t.owner, t.workspace, t.subject,
       t.scopes, t.created_by, t.created_at, t.expires_at, t.last_used_at, t.disabled_at, t.revoked_at, t.revoked_by,
       EXISTS (SELECT 1 FROM marks WHERE swept_at IS NULL) AS marked
  FROM secrets s JOIN tokens t ON t.id = s.token_id
 WHERE s.digest = $1;

-- name: LockToken :one
-- Holds other changes of the token off until this transaction ends.
UPDATE tokens SET class = class WHERE id = $1 RETURNING class;

-- name: RevokeToken :exec
UPDATE tokens SET class = 'revoked', revoked_at = @revoked_at, revoked_by = @revoked_by, revoke_reason = @reason
 WHERE id = @id;

-- name: SetDisabled :exec
UPDATE tokens SET class = @class, disabled_at = @disabled_at WHERE id = @id;

-- name: RenewToken :exec
UPDATE tokens SET class = @class, hint = @hint, search = @search, expires_at = @expires_at WHERE id = @id;

-- name: InsertSecret :execrows
INSERT INTO secrets (digest, token_id, created_at, ends_at) VALUES (@digest, @token_id, @created_at, NULL)
ON CONFLICT (digest) DO NOTHING;

-- name: EndFormerSecrets :exec
-- Secrets that ended before keep their end; an older overlap ends now.
UPDATE secrets SET ends_at = @now WHERE token_id = @token_id AND ends_at > @now;

-- name: EndCurrentSecret :exec
UPDATE secrets SET ends_at = @ends_at WHERE token_id = @token_id AND ends_at IS NULL;

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
-- Stops counting at the limit.
SELECT count(*) FROM (
    SELECT 1 FROM tokens t
     WHERE t.kind = @kind AND t.owner = @owner AND t.class IN ('live', 'disabled') AND t.expires_at > @now
       AND NOT EXISTS (
           SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
              AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
              AND (m.workspace = '' OR m.workspace = t.workspace))
     LIMIT @up_to) AS usable;

-- name: CountCovered :one
-- The usable tokens that a mark would revoke.
SELECT count(*) FROM tokens t
 WHERE t.kind = @kind AND t.class IN ('live', 'disabled') AND t.expires_at > @now AND t.created_at <= @not_before
   AND (cast(@workspace AS text) = '' OR t.workspace = @workspace)
   AND NOT EXISTS (
       SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
          AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
          AND (m.workspace = '' OR m.workspace = t.workspace));

-- name: CountCoveredOfOwner :one
SELECT count(*) FROM tokens t
 WHERE t.kind = @kind AND t.class IN ('live', 'disabled') AND t.owner = @owner
   AND t.expires_at > @now AND t.created_at <= @not_before
   AND (cast(@workspace AS text) = '' OR t.workspace = @workspace)
   AND NOT EXISTS (
       SELECT 1 FROM marks m WHERE m.swept_at IS NULL AND m.not_before >= t.created_at
          AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
          AND (m.workspace = '' OR m.workspace = t.workspace));
