-- name: InsertClient :execrows
INSERT INTO clients (id, name, secret, redirect_uris, refresh, scopes, created_by, created_at, used_at, expires_at)
VALUES (@id, @name, @secret, @redirect_uris, @refresh, @scopes, @created_by, @created_at, NULL, @expires_at)
ON CONFLICT (id) DO NOTHING;

-- name: FindClient :one
SELECT id, name, secret, redirect_uris, refresh, scopes, created_by, created_at, used_at, expires_at
  FROM clients WHERE id = $1;

-- name: ListClients :many
SELECT id, name, secret, redirect_uris, refresh, scopes, created_by, created_at, used_at, expires_at
  FROM clients ORDER BY created_at, id;

-- name: CountClients :one
SELECT count(*) FROM (SELECT 1 FROM clients LIMIT @up_to) AS registered;

-- name: TouchClient :exec
-- A client that is used lives on.
UPDATE clients SET used_at = @used_at, expires_at = @expires_at WHERE id = @id AND (used_at IS NULL OR used_at < @used_at);

-- name: DeleteClient :execrows
DELETE FROM clients WHERE id = $1;

-- name: DeleteClients :execrows
DELETE FROM clients WHERE id IN (SELECT c.id FROM clients c WHERE c.expires_at <= @now LIMIT @batch);

-- name: ListGrantsOf :many
-- The refresh records of a client that may still be good.
SELECT id FROM tokens WHERE kind = 'refresh' AND name = $1 AND revoked_at IS NULL;
