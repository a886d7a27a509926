-- name: InsertMark :execrows
INSERT INTO marks (id, owner, workspace, kind, not_before, reason, revoked_by, created_at, swept_at, checksum)
VALUES (@id, @owner, @workspace, @kind, @not_before, @reason, @revoked_by, @created_at, NULL, @checksum)
ON CONFLICT (id) DO NOTHING;

-- name: ListMarks :many
SELECT id, owner, workspace, kind, not_before, reason, revoked_by, created_at, swept_at, checksum FROM marks ORDER BY created_at, id;

-- name: ListUnsweptMarks :many
SELECT id, owner, workspace, kind, not_before, reason, revoked_by, created_at, swept_at, checksum FROM marks
 WHERE swept_at IS NULL ORDER BY created_at, id;

-- name: FindCoveringMark :one
-- The first mark, swept or not, that covers a token about to be inserted.
SELECT id, owner, workspace, kind, not_before, reason, revoked_by, created_at, swept_at, checksum FROM marks
 WHERE not_before >= @token_created_at AND (kind = '' OR kind = @kind) AND (owner = '' OR owner = @owner)
   AND (workspace = '' OR workspace = @workspace)
 ORDER BY created_at, id LIMIT 1;

-- name: SetMarkSwept :exec
UPDATE marks SET swept_at = sqlc.narg('swept_at'),
       checksum = checksum + (cast(sqlc.narg('swept_at') AS bigint) - coalesce(swept_at, -1))
 WHERE id = @id;

-- name: ListCovered :many
-- Tokens of one kind and class under a mark that have no revocation of their own.
SELECT id, owner, expires_at FROM tokens
 WHERE kind = @kind AND class = cast(@class AS text) AND created_at <= @not_before
   AND (cast(@workspace AS text) = '' OR workspace = @workspace)
 ORDER BY created_at, id LIMIT @up_to;

-- name: ListCoveredOfOwner :many
SELECT id, owner, expires_at FROM tokens
 WHERE kind = @kind AND class = cast(@class AS text) AND owner = @owner AND created_at <= @not_before
   AND (cast(@workspace AS text) = '' OR workspace = @workspace)
 ORDER BY created_at, id LIMIT @up_to;

-- name: SweepToken :execrows
-- Repeats class and expiry: a token that changed meanwhile is left for the next time.
UPDATE tokens SET class = 'revoked', revoked_at = sqlc.narg('revoked_at'), revoked_by = @revoked_by, revoke_reason = @reason,
       checksum = checksum + 5 * (cast(sqlc.narg('revoked_at') AS bigint) + 1)
 WHERE id = @id AND class = cast(@class AS text) AND expires_at = @expires_at AND revoked_at IS NULL;

-- name: ListExpired :many
SELECT id, owner, expires_at FROM tokens WHERE kind = @kind AND class = cast(@class AS text) AND expires_at <= @now ORDER BY expires_at, id LIMIT @up_to;

-- name: ShelveExpired :execrows
UPDATE tokens SET class = 'expired' WHERE id = @id AND class = cast(@class AS text) AND expires_at = @expires_at;

-- name: HasUnsweptMark :one
SELECT EXISTS (SELECT 1 FROM marks WHERE swept_at IS NULL);
