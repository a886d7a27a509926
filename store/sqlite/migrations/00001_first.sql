-- +goose Up

-- Times are UTC in microseconds since 1970; NULL means "not yet". The tables are
-- those of store/postgres, column by column: one set of queries serves both.

-- class is where a token stands in the indexes of lists: 'live', 'disabled',
-- 'expired' or 'revoked', or NULL while it stands nowhere yet. It follows the
-- times beside it when the token is settled, see the table unsettled; a token
-- becomes 'expired' only when the sweep comes by, and queries look at expires_at
-- as well.
-- name_key is the name for as long as nobody else may take it, then NULL.
-- search is what a text search looks at, in lower case. replaces and replaced_by
-- name the records before and after this one, of kinds whose rotation makes one.
-- The checksums of this and the next two tables cover what decides whether a
-- token is good, see checksum.go.
CREATE TABLE tokens (
    id            TEXT NOT NULL PRIMARY KEY,
    family        TEXT NOT NULL,
    kind          TEXT NOT NULL,
    class         TEXT,
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
    revoke_reason TEXT NOT NULL,
    replaces      TEXT NOT NULL DEFAULT '',
    replaced_by   TEXT NOT NULL DEFAULT '',
    checksum      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX tokens_name_key ON tokens (kind, owner, name_key);
-- One index for each order of a list, of all owners and of one. Each ends with
-- the expiry, so that a filter by state is decided without the row. A change of
-- a token writes none of them.
CREATE INDEX tokens_created    ON tokens (kind, class, created_at, id, expires_at) WHERE class IS NOT NULL;
CREATE INDEX tokens_expires    ON tokens (kind, class, expires_at, id) WHERE class IS NOT NULL;
CREATE INDEX tokens_last_used  ON tokens (kind, class, last_used_at, id, expires_at) WHERE class IS NOT NULL;
CREATE INDEX tokens_name       ON tokens (kind, class, name, id, expires_at) WHERE class IS NOT NULL;
CREATE INDEX tokens_owner      ON tokens (kind, class, owner, id, expires_at) WHERE class IS NOT NULL;
CREATE INDEX tokens_owner_created   ON tokens (kind, class, owner, created_at, id, expires_at) WHERE class IS NOT NULL;
CREATE INDEX tokens_owner_expires   ON tokens (kind, class, owner, expires_at, id) WHERE class IS NOT NULL;
CREATE INDEX tokens_owner_last_used ON tokens (kind, class, owner, last_used_at, id, expires_at) WHERE class IS NOT NULL;
CREATE INDEX tokens_owner_name      ON tokens (kind, class, owner, name, id, expires_at) WHERE class IS NOT NULL;
CREATE INDEX tokens_workspace  ON tokens (workspace, kind, class, created_at, id) WHERE class IS NOT NULL AND workspace <> '';

-- Every secret a token ever had, by digest. A former secret has an end.
CREATE TABLE secrets (
    digest     BLOB NOT NULL PRIMARY KEY,
    token_id   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER,
    checksum   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
    swept_at   INTEGER,
    checksum   INTEGER NOT NULL
) STRICT;

CREATE INDEX marks_unswept ON marks (created_at, id) WHERE swept_at IS NULL;
CREATE INDEX marks_not_before ON marks (not_before);

-- Tokens as every reader must see them: a token under a mark that is not
-- swept yet has been revoked by that mark (its first one).
CREATE VIEW token_records AS
SELECT t.id, t.family, t.kind, t.name, t.description, t.hint, t.owner, t.workspace, t.subject, t.scopes,
       t.created_by, t.created_at, t.expires_at, t.last_used_at, t.disabled_at, t.revoked_at, t.revoked_by,
       t.replaces, t.replaced_by,
       (SELECT m.created_at FROM marks m
         WHERE m.swept_at IS NULL AND t.revoked_at IS NULL AND m.not_before >= t.created_at
           AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
           AND (m.workspace = '' OR m.workspace = t.workspace)
         ORDER BY m.created_at, m.id LIMIT 1) AS mark_at,
       (SELECT m.revoked_by FROM marks m
         WHERE m.swept_at IS NULL AND t.revoked_at IS NULL AND m.not_before >= t.created_at
           AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
           AND (m.workspace = '' OR m.workspace = t.workspace)
         ORDER BY m.created_at, m.id LIMIT 1) AS mark_by,
       t.checksum
  FROM tokens t;

-- Rows that transactions write to wait for each other: one a name, see turn.go.
CREATE TABLE turns (
    name  TEXT NOT NULL PRIMARY KEY,
    taken INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens that were changed since they were last settled, and where they still
-- stand in the counters (class NULL: nowhere); see settle.go.
CREATE TABLE unsettled (
    token_id   TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    owner      TEXT NOT NULL,
    class      TEXT,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Counters of tokens, so that the total of a list costs the same however long
-- it is; see count.go.
CREATE TABLE token_counts (
    kind   TEXT NOT NULL,
    owner  TEXT NOT NULL,
    class  TEXT NOT NULL,
    level  INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (kind, owner, class, level, bucket)
) STRICT, WITHOUT ROWID;

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

-- An entry enters most indexes with its position, not in the transaction of the
-- change it tells of.
CREATE UNIQUE INDEX audit_entries_position ON audit_entries (position) WHERE position IS NOT NULL;
CREATE INDEX audit_entries_pending ON audit_entries (id) WHERE position IS NULL;
CREATE INDEX audit_entries_at ON audit_entries (at, id) WHERE position IS NOT NULL;
CREATE INDEX audit_entries_token ON audit_entries (token_id, at, id)
    WHERE position IS NOT NULL AND token_id <> '';
CREATE INDEX audit_entries_owner ON audit_entries (owner, at, id)
    WHERE position IS NOT NULL AND owner <> '';
CREATE INDEX audit_entries_actor ON audit_entries (actor, at, id)
    WHERE position IS NOT NULL AND actor <> '';

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
    email       TEXT NOT NULL,
    search      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER,
    uuid        TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX users_uuid ON users (uuid);
CREATE INDEX users_listed ON users (coalesce(nullif(name, ''), ref), ref) WHERE disabled_at IS NULL;

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
    created_at INTEGER NOT NULL,
    uuid       TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX workspaces_uuid ON workspaces (uuid);

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

-- Login sessions of people. digest is that of the session's secret, which only
-- the browser has. A session that has ended is never live again.
CREATE TABLE sessions (
    digest     BLOB NOT NULL PRIMARY KEY,
    id         TEXT NOT NULL,
    user_ref   TEXT NOT NULL,
    method     TEXT NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_user ON sessions (user_ref, id) WHERE ended_at IS NULL;
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX sessions_seen ON sessions (seen_at);

-- Which account of a provider a user signs in with.
CREATE TABLE identities (
    issuer     TEXT NOT NULL,
    user_ref   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, user_ref)
) STRICT;

-- Memberships that a provider claimed at the last sign-in of the user.
CREATE TABLE claimed_groups (
    user_ref  TEXT NOT NULL,
    group_ref TEXT NOT NULL,
    PRIMARY KEY (user_ref, group_ref)
) STRICT;

CREATE INDEX claimed_groups_group ON claimed_groups (group_ref, user_ref);

-- Digests of values that are good once and were used, until they would have
-- ended by themselves.
CREATE TABLE spent (
    digest     BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX spent_expires ON spent (expires_at);

-- Questions to people whether a client may act for them, and the codes that
-- follow from a yes. browser, state_digest and code are digests. wish_ is the
-- personal token that is to come out of a mint; token_id what came out.
CREATE TABLE authorizations (
    id              TEXT NOT NULL PRIMARY KEY,
    client          TEXT NOT NULL,
    browser         BLOB NOT NULL,
    user_ref        TEXT NOT NULL,
    redirect_uri    TEXT NOT NULL,
    state           TEXT NOT NULL,
    state_digest    BLOB,
    nonce           TEXT NOT NULL,
    challenge       TEXT NOT NULL,
    scopes          TEXT NOT NULL,
    wish_name       TEXT NOT NULL,
    wish_scopes     TEXT NOT NULL,
    wish_expires_at INTEGER,
    status          TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    code            BLOB,
    code_ends_at    INTEGER,
    failures        INTEGER NOT NULL,
    token_id        TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX authorizations_state ON authorizations (state_digest) WHERE state_digest IS NOT NULL;
CREATE UNIQUE INDEX authorizations_code ON authorizations (code) WHERE code IS NOT NULL;
CREATE INDEX authorizations_browser ON authorizations (browser, expires_at) WHERE status = 'pending';
CREATE INDEX authorizations_expires ON authorizations (expires_at);

-- OAuth clients that were registered. secret is a digest, NULL for public
-- clients; redirect_uris has one in each line.
CREATE TABLE clients (
    id            TEXT NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    secret        BLOB,
    redirect_uris TEXT NOT NULL,
    refresh       INTEGER NOT NULL,
    scopes        TEXT NOT NULL,
    created_by    TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    used_at       INTEGER,
    expires_at    INTEGER
) STRICT;

CREATE INDEX clients_expires ON clients (expires_at);
