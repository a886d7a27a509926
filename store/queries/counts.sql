-- name: InsertCountDelta :exec
INSERT INTO count_deltas (id, kind, owner, class, expires_at, delta)
VALUES (@id, @kind, @owner, @class, @expires_at, @delta);

-- name: ListCountDeltas :many
SELECT id, kind, owner, class, expires_at, delta FROM count_deltas ORDER BY id LIMIT @up_to;

-- name: CountWaitingDeltas :one
-- Stops counting at the limit.
SELECT count(*) FROM (SELECT 1 FROM count_deltas LIMIT @up_to) AS waiting;
