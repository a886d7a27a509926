-- name: InsertAuthorization :exec
INSERT INTO authorizations (id, client, browser, user_ref, redirect_uri, state, state_digest, nonce, challenge, scopes,
                            wish_name, wish_scopes, wish_expires_at, status, created_at, expires_at, code, code_ends_at,
                            failures, token_id)
VALUES (@id, @client, @browser, @user_ref, @redirect_uri, @state, @state_digest, @nonce, @challenge, @scopes,
        @wish_name, @wish_scopes, @wish_expires_at, 'pending', @created_at, @expires_at, NULL, NULL, 0, '');

-- name: CountPendingAuthorizationsOf :one
SELECT count(*) FROM (
    SELECT 1 FROM authorizations a
     WHERE a.status = 'pending' AND a.browser = @browser AND a.expires_at > @now LIMIT @up_to) AS pending;

-- name: CountPendingAuthorizations :one
-- Stops counting at the bound: what strangers can begin is little, and so is
-- what it costs to look.
SELECT count(*) FROM (
    SELECT 1 FROM authorizations a WHERE a.expires_at > @now AND a.status = 'pending' LIMIT @up_to) AS pending;

-- name: FindAuthorization :one
SELECT id, client, browser, user_ref, redirect_uri, state, state_digest, nonce, challenge, scopes, wish_name, wish_scopes,
       wish_expires_at, status, created_at, expires_at, code, code_ends_at, failures, token_id
  FROM authorizations WHERE id = $1;

-- name: FindAuthorizationByState :one
SELECT id, client, browser, user_ref, redirect_uri, state, state_digest, nonce, challenge, scopes, wish_name, wish_scopes,
       wish_expires_at, status, created_at, expires_at, code, code_ends_at, failures, token_id
  FROM authorizations WHERE state_digest = $1;

-- name: FindAuthorizationByCode :one
SELECT id, client, browser, user_ref, redirect_uri, state, state_digest, nonce, challenge, scopes, wish_name, wish_scopes,
       wish_expires_at, status, created_at, expires_at, code, code_ends_at, failures, token_id
  FROM authorizations WHERE code = $1;

-- name: ClaimAuthorization :execrows
-- The first person who is signed in there; nobody after them.
UPDATE authorizations SET user_ref = @user_ref
 WHERE id = @id AND browser = @browser AND user_ref = '' AND status = 'pending' AND expires_at > @now;

-- name: AnswerAuthorization :execrows
-- The conditions make it one answer: of two at once, one finds no row.
UPDATE authorizations SET status = @status, code = @code, code_ends_at = @code_ends_at
 WHERE id = @id AND browser = @browser AND user_ref = @user_ref AND status = 'pending' AND expires_at > @now;

-- name: EndAuthorization :execrows
UPDATE authorizations SET status = 'ended'
 WHERE id = @id AND status IN ('pending', 'approved', 'rejected');

-- name: EndAuthorizationsUpTo :execrows
-- Of one user, or of everybody when no owner is given. An
-- approved one takes its code with it.
UPDATE authorizations SET status = 'ended'
 WHERE status IN ('pending', 'approved') AND created_at <= @up_to AND (cast(@owner AS text) = '' OR user_ref = @owner);

-- name: EndAuthorizationsOfClient :exec
-- What people were asked for, and the codes that nobody has used yet.
UPDATE authorizations SET status = 'ended' WHERE client = $1 AND status IN ('pending', 'approved');

-- name: FailCode :exec
UPDATE authorizations SET failures = failures + 1,
       status = CASE WHEN failures + 1 >= cast(@bound AS bigint) THEN 'ended' ELSE status END
 WHERE code = @code AND status = 'approved';

-- name: RedeemCode :execrows
-- The conditions make it one use, on all nodes.
UPDATE authorizations SET status = 'redeemed', token_id = @token_id
 WHERE code = @code AND status = 'approved' AND code_ends_at > @now;

-- name: DeleteAuthorizations :execrows
DELETE FROM authorizations WHERE id IN (
    SELECT a.id FROM authorizations a
     WHERE a.expires_at <= @expired AND (a.token_id = '' OR a.expires_at <= @forgotten) LIMIT @batch);

-- name: FindSecret :one
SELECT ends_at FROM secrets WHERE digest = $1 AND token_id = $2;
