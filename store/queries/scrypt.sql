-- name: FindScrypt :one
SELECT token_id, hash, created_at, checksum FROM scrypt_secrets WHERE token_id = $1;

-- name: DeleteScrypt :execrows
DELETE FROM scrypt_secrets WHERE token_id = $1;
