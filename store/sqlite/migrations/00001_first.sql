-- +goose Up

-- Times are UTC in microseconds since 1970; NULL means "not yet". The tables are
-- those of store/postgres, column by column: one set of queries serves both.

-- class is where a token stands in the indexes: 'live', 'disabled', 'expired'
-- or 'revoked'. It follows the times beside it, except that a token becomes
-- 'expired' only when the sweep comes by; queries look at expires_at as well.
-- name_key is the name for as long as nobody else may take it, then NULL.
-- search is what a text search looks at, in lower case.
CREATE TABLE tokens (
    id            TEXT NOT NULL PRIMARY KEY,
    family        TEXT NOT NULL,
    kind          TEXT NOT NULL,
    class         TEXT NOT NULL,
    name          TEXT NOT NULL,
    name_key      TEXT,
    description   TEXT NOT NULL,
    hint          TEXT NOT NULL,
    search        TEXT NOT NULL,
    owner         TEXT NOT NULL,
    workspace     TEXT NOT NULL,
    subject       TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    created_by    TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    last_used_at  INTEGER,
    disabled_at   INTEGER,
    revoked_at    INTEGER,
    revoked_by    TEXT NOT NULL,
    revoke_reason TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX tokens_name_key ON tokens (kind, owner, name_key);
-- One index for each order of a list, of all owners and of one. Each ends with
-- the expiry, so that a filter by state is decided without the row.
CREATE INDEX tokens_created    ON tokens (kind, class, created_at, id, expires_at);
CREATE INDEX tokens_expires    ON tokens (kind, class, expires_at, id);
CREATE INDEX tokens_last_used  ON tokens (kind, class, last_used_at, id, expires_at);
CREATE INDEX tokens_name       ON tokens (kind, class, name, id, expires_at);
CREATE INDEX tokens_owner      ON tokens (kind, class, owner, id, expires_at);
CREATE INDEX tokens_owner_created   ON tokens (kind, class, owner, created_at, id, expires_at);
CREATE INDEX tokens_owner_expires   ON tokens (kind, class, owner, expires_at, id);
CREATE INDEX tokens_owner_last_used ON tokens (kind, class, owner, last_used_at, id, expires_at);
CREATE INDEX tokens_owner_name      ON tokens (kind, class, owner, name, id, expires_at);
CREATE INDEX tokens_workspace  ON tokens (workspace, class, created_at) WHERE workspace <> '';

-- Every secret a token ever had, by digest. A former secret has an end.
CREATE TABLE secrets (
    digest     BLOB NOT NULL PRIMARY KEY,
    token_id   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER
) STRICT;

CREATE INDEX secrets_token ON secrets (token_id);

-- Not-before marks; '' matches any. A mark is kept for ever. Until swept_at
-- its tokens may still have no revoked_at of their own.
CREATE TABLE marks (
    id         TEXT NOT NULL PRIMARY KEY,
    owner      TEXT NOT NULL,
    workspace  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    revoked_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    swept_at   INTEGER
) STRICT;

CREATE INDEX marks_unswept ON marks (created_at, id) WHERE swept_at IS NULL;
CREATE INDEX marks_not_before ON marks (not_before);

-- Tokens as every reader must see them: a token under a mark that is not
-- swept yet has been revoked by that mark (its first one).
CREATE VIEW token_records AS
SELECT t.id, t.family, t.kind, t.name, t.description, t.hint, t.owner, t.workspace, t.subject, t.scopes,
       t.created_by, t.created_at, t.expires_at, t.last_used_at, t.disabled_at, t.revoked_at, t.revoked_by,
       (SELECT m.created_at FROM marks m
         WHERE m.swept_at IS NULL AND t.revoked_at IS NULL AND m.not_before >= t.created_at
           AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
           AND (m.workspace = '' OR m.workspace = t.workspace)
         ORDER BY m.created_at, m.id LIMIT 1) AS mark_at,
       (SELECT m.revoked_by FROM marks m
         WHERE m.swept_at IS NULL AND t.revoked_at IS NULL AND m.not_before >= t.created_at
           AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
           AND (m.workspace = '' OR m.workspace = t.workspace)
         ORDER BY m.created_at, m.id LIMIT 1) AS mark_by
  FROM tokens t;

-- Rows that transactions write to wait for each other: one a name, see turn.go.
CREATE TABLE turns (
    name  TEXT NOT NULL PRIMARY KEY,
    taken INTEGER NOT NULL
) STRICT;

-- Counters of tokens, so that the total of a list costs the same however long
-- it is; see count.go. Transactions append deltas, the sequencer folds them.
CREATE TABLE count_deltas (
    id         TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    owner      TEXT NOT NULL,
    class      TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    delta      INTEGER NOT NULL
) STRICT;

CREATE INDEX count_deltas_owner ON count_deltas (owner, kind, class);

CREATE TABLE token_counts (
    kind   TEXT NOT NULL,
    owner  TEXT NOT NULL,
    class  TEXT NOT NULL,
    level  INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (kind, owner, class, level, bucket)
) STRICT;

-- The log. body is the stored form of the entry and what the tree is computed
-- over; the columns beside it are for queries and checked against it.
CREATE TABLE audit_entries (
    id        TEXT NOT NULL PRIMARY KEY,
    at        INTEGER NOT NULL,
    action    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    actor     TEXT NOT NULL,
    token_id  TEXT NOT NULL,
    owner     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    workspace TEXT NOT NULL,
    body      BLOB NOT NULL,
    position  INTEGER
) STRICT;

CREATE UNIQUE INDEX audit_entries_position ON audit_entries (position) WHERE position IS NOT NULL;
CREATE INDEX audit_entries_pending ON audit_entries (id) WHERE position IS NULL;
CREATE INDEX audit_entries_at ON audit_entries (at, id);
CREATE INDEX audit_entries_token ON audit_entries (token_id, at, id) WHERE token_id <> '';
CREATE INDEX audit_entries_owner ON audit_entries (owner, at, id) WHERE owner <> '';
CREATE INDEX audit_entries_actor ON audit_entries (actor, at, id) WHERE actor <> '';

CREATE TABLE log_nodes (
    idx  INTEGER NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL
) STRICT;

-- One row, id 1: the end of the log. signed is empty only for the empty log.
CREATE TABLE log_head (
    id     INTEGER NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL,
    size   INTEGER NOT NULL,
    root   BLOB NOT NULL,
    signed BLOB NOT NULL
) STRICT;

INSERT INTO log_head (id, origin, size, root, signed) VALUES (1, '', 0, x'', x'');

-- Who and what exists.
CREATE TABLE users (
    ref         TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE user_groups (
    ref        TEXT NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE group_members (
    group_ref TEXT NOT NULL,
    user_ref  TEXT NOT NULL,
    PRIMARY KEY (group_ref, user_ref)
) STRICT;

CREATE INDEX group_members_user ON group_members (user_ref, group_ref);

CREATE TABLE workspaces (
    name       TEXT NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE workspace_members (
    workspace TEXT NOT NULL,
    user_ref  TEXT NOT NULL,
    role      TEXT NOT NULL,
    PRIMARY KEY (workspace, user_ref)
) STRICT;

CREATE TABLE role_grants (
    ref        TEXT NOT NULL,
    role       TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (role, ref)
) STRICT;

-- One-time sign-in links.
CREATE TABLE links (
    digest     BLOB NOT NULL PRIMARY KEY,
    user_ref   TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

-- Signing keys of all nodes. sealed is encrypted under a key that is kept
-- outside the database, and empty once the key is removed.
CREATE TABLE signing_keys (
    kid        TEXT NOT NULL PRIMARY KEY,
    key_use    TEXT NOT NULL,
    algorithm  TEXT NOT NULL,
    public     BLOB NOT NULL,
    sealed     BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    removed_at INTEGER
) STRICT;
