-- +goose Up

-- One account of a provider is one user. Of several users that one account was,
-- under several names, it stays the first; nobody signs in as the others until
-- an administrator says who may.
UPDATE identities SET subject = '' WHERE EXISTS (
    SELECT 1 FROM identities AS first
     WHERE first.issuer = identities.issuer AND first.subject = identities.subject
       AND (first.created_at < identities.created_at
            OR first.created_at = identities.created_at AND first.user_ref < identities.user_ref));

CREATE UNIQUE INDEX identities_account ON identities (issuer, subject) WHERE subject <> '';

-- Users whom an administrator opened to the next account that signs in under
-- their name.
CREATE TABLE identity_openings (
    user_ref TEXT NOT NULL PRIMARY KEY,
    ends_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
