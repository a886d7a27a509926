-- name: InsertKey :execrows
INSERT INTO signing_keys (kid, key_use, algorithm, public, sealed, created_by, created_at, retired_at, removed_at)
VALUES (@kid, @key_use, @algorithm, @public, @sealed, @created_by, @created_at, @retired_at, @removed_at)
ON CONFLICT (kid) DO NOTHING;

-- name: ListKeys :many
SELECT kid, key_use, algorithm, public, sealed, created_by, created_at, retired_at, removed_at
  FROM signing_keys ORDER BY created_at, kid;

-- name: HasKey :one
SELECT EXISTS (SELECT 1 FROM signing_keys WHERE kid = $1);

-- name: RetireKey :execrows
UPDATE signing_keys SET retired_at = @retired_at
 WHERE kid = @kid AND (retired_at IS NULL OR retired_at > @retired_at) AND removed_at IS NULL;

-- name: RemoveKey :execrows
UPDATE signing_keys SET removed_at = @removed_at, sealed = @erased WHERE kid = @kid AND removed_at IS NULL;
