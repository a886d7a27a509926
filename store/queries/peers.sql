-- name: DisablePeer :execrows
INSERT INTO disabled_peers (name, disabled_by, disabled_at, checksum, subjects, subject_leads)
VALUES (@name, @disabled_by, @disabled_at, @checksum, @subjects, @subject_leads)
ON CONFLICT (name) DO NOTHING;

-- name: FindDisabledPeer :one
SELECT name, disabled_by, disabled_at, checksum, subjects, subject_leads FROM disabled_peers WHERE name = $1;

-- name: EnablePeer :execrows
DELETE FROM disabled_peers WHERE name = $1;

-- name: ListDisabledPeers :many
SELECT name, disabled_by, disabled_at, checksum, subjects, subject_leads FROM disabled_peers ORDER BY name;
