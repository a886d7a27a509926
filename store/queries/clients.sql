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

-- name: CountClientsBy :one
SELECT count(*) FROM (SELECT 1 FROM clients c WHERE c.created_by = @created_by LIMIT @up_to) AS registered;

-- name: TouchClient :exec
-- A client that is used lives on.
UPDATE clients SET used_at = @used_at, expires_at = @expires_at WHERE id = @id AND (used_at IS NULL OR used_at < @used_at);

-- name: DeleteClient :execrows
DELETE FROM clients WHERE id = $1;

-- name: DeleteClients :execrows
DELETE FROM clients WHERE id IN (SELECT c.id FROM clients c WHERE c.expires_at <= @now LIMIT @batch);

-- name: InsertRemovedClient :exec
INSERT INTO removed_clients (client, removed_at, removed_by, actor_type, checksum)
VALUES (@client, @removed_at, @removed_by, @actor_type, @checksum);

-- name: ListRemovedClients :many
SELECT client, removed_at, removed_by, actor_type, checksum FROM removed_clients ORDER BY removed_at, client;

-- name: DeleteRemovedClient :exec
DELETE FROM removed_clients WHERE client = $1;

-- name: ListGrantsOf :many
-- The refresh records of a client that may still be good: a page of each index,
-- and of those that no index has yet.
SELECT live.id FROM (SELECT t.id FROM tokens t
    WHERE t.kind = 'refresh' AND t.class = 'live' AND t.name = @client AND t.revoked_at IS NULL AND t.expires_at > @now
    ORDER BY t.id LIMIT @up_to) AS live
UNION
SELECT disabled.id FROM (SELECT t.id FROM tokens t
    WHERE t.kind = 'refresh' AND t.class = 'disabled' AND t.name = @client AND t.revoked_at IS NULL AND t.expires_at > @now
    ORDER BY t.id LIMIT @up_to) AS disabled
UNION
SELECT waiting.id FROM (SELECT t.id FROM unsettled u CROSS JOIN tokens t
    WHERE t.id = u.token_id AND u.kind = 'refresh' AND t.name = @client AND t.revoked_at IS NULL AND t.expires_at > @now
    ORDER BY t.id LIMIT @up_to) AS waiting
ORDER BY 1;
