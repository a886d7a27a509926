-- name: DisablePeer :execrows
INSERT INTO disabled_peers (name, disabled_by, disabled_at, checksum)
VALUES (@name, @disabled_by, @disabled_at, @checksum)
ON CONFLICT (name) DO NOTHING;

-- name: EnablePeer :execrows
DELETE FROM disabled_peers WHERE name = $1;

-- name: ListDisabledPeers :many
SELECT name, disabled_by, disabled_at, checksum FROM disabled_peers ORDER BY name;
