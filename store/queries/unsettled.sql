-- name: AddUnsettled :exec
-- A new token, which stands in no index of lists and no counter yet.
INSERT INTO unsettled (token_id, kind, owner, class, expires_at) VALUES (@token_id, @kind, @owner, NULL, @expires_at);

-- name: Unsettle :exec
-- Remembers where a token that is about to change is counted, unless an earlier
-- change did. The caller holds the token.
INSERT INTO unsettled (token_id, kind, owner, class, expires_at)
SELECT id, kind, owner, class, expires_at FROM tokens WHERE id = $1
ON CONFLICT (token_id) DO NOTHING;

-- name: ListUnsettled :many
SELECT token_id FROM unsettled ORDER BY token_id LIMIT @up_to;

-- name: CountUnsettled :one
-- Stops counting at the limit.
SELECT count(*) FROM (SELECT 1 FROM unsettled LIMIT @up_to) AS waiting;

-- name: ListOwned :many
-- The condition is that of its index, to the letter.
SELECT owner, n FROM token_counts
 WHERE kind = @kind AND class = 'live' AND level = 63 AND owner <> '' AND n > 0
 ORDER BY n DESC, owner LIMIT @up_to;
