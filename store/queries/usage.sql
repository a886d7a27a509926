-- name: ListUsageDays :many
-- At most 24 rows for each day of one token.
SELECT cast(hour / 86400000000 AS bigint) AS day, cast(sum(allowed) AS bigint) AS allowed, cast(sum(refused) AS bigint) AS refused
  FROM token_usage WHERE token_id = @token_id AND hour >= @since
 GROUP BY 1 ORDER BY 1;

-- name: SumUsage :one
SELECT cast(coalesce(sum(allowed), 0) AS bigint) AS allowed, cast(coalesce(sum(refused), 0) AS bigint) AS refused,
       cast(coalesce(sum(former), 0) AS bigint) AS former, cast(coalesce(max(used_at), 0) AS bigint) AS used_at,
       cast(coalesce(max(former_at), 0) AS bigint) AS former_at
  FROM token_usage WHERE token_id = @token_id AND hour >= @since;

-- name: ListKindUsageDays :many
SELECT cast(hour / 86400000000 AS bigint) AS day, cast(sum(allowed) AS bigint) AS allowed, cast(sum(refused) AS bigint) AS refused
  FROM usage_sums WHERE kind = @kind AND hour >= @since
 GROUP BY 1 ORDER BY 1;

-- name: ListMostRefused :many
-- Of the newest hours alone: however often tokens are refused, it reads so many
-- rows at the most.
SELECT r.token_id, r.kind, cast(sum(r.refused) AS bigint) AS refused
  FROM (SELECT u.token_id, u.kind, u.refused FROM token_usage u
         WHERE u.refused > 0 AND u.hour >= @since ORDER BY u.hour DESC, u.token_id DESC LIMIT @read_at_most) AS r
 GROUP BY r.token_id, r.kind ORDER BY 3 DESC, 1 LIMIT @up_to;

-- name: ListOrigins :many
SELECT used_from, used_at FROM token_origins WHERE token_id = $1 ORDER BY used_at DESC, used_from;

-- name: SweepTokenUsage :execrows
DELETE FROM token_usage WHERE (token_id, hour) IN (
    SELECT u.token_id, u.hour FROM token_usage u WHERE u.hour < @before ORDER BY u.hour LIMIT @up_to);

-- name: SweepUsageSums :execrows
DELETE FROM usage_sums WHERE hour < @before;

-- name: SweepOrigins :execrows
DELETE FROM token_origins WHERE (token_id, used_from) IN (
    SELECT o.token_id, o.used_from FROM token_origins o WHERE o.used_at < @before ORDER BY o.used_at LIMIT @up_to);
