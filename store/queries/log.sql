-- name: InsertEntry :exec
INSERT INTO audit_entries (id, at, action, outcome, actor, token_id, owner, kind, workspace, body, position)
VALUES (@id, @at, @action, @outcome, @actor, @token_id, @owner, @kind, @workspace, @body, NULL);

-- name: LockHead :one
-- The first statement of the sequencer: one at a time moves the head.
UPDATE log_head SET size = size WHERE id = 1 RETURNING id, origin, size, root, signed;

-- name: FindHead :one
SELECT id, origin, size, root, signed FROM log_head WHERE id = 1;

-- name: MoveHead :exec
UPDATE log_head SET size = @size, root = @root, signed = @signed WHERE id = 1;

-- name: NameLog :execrows
UPDATE log_head SET origin = @origin WHERE id = 1 AND origin = '' AND size = 0;

-- name: ListPending :many
SELECT id, body FROM audit_entries WHERE position IS NULL ORDER BY id LIMIT @up_to;

-- name: HasPending :one
SELECT EXISTS (SELECT 1 FROM audit_entries WHERE position IS NULL);

-- name: FindOldestPending :one
-- Ids are made in order of time, so the first id is the oldest but for milliseconds.
SELECT at FROM audit_entries WHERE position IS NULL ORDER BY id LIMIT 1;

-- name: FindPosition :one
SELECT position FROM audit_entries WHERE id = $1;

-- name: ReadLog :many
SELECT id, at, action, outcome, actor, token_id, owner, kind, workspace, body, position FROM audit_entries
 WHERE position >= cast(@first AS bigint) ORDER BY position LIMIT @up_to;

-- name: FindNode :one
SELECT hash FROM log_nodes WHERE idx = $1;

-- name: ReadNodes :many
SELECT idx, hash FROM log_nodes WHERE idx >= @first ORDER BY idx LIMIT @up_to;

-- name: CountPending :one
SELECT count(*) FROM audit_entries WHERE position IS NULL;
