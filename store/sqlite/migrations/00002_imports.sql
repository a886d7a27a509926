-- +goose Up

-- Lines of imports that are not applied yet: what the tables tokens and secrets
-- will have of each. An import that was cut off leaves its lines behind, for the
-- next one to remove.
CREATE TABLE import_lines (
    import_id       TEXT NOT NULL,
    line            INTEGER NOT NULL,
    token_id        TEXT NOT NULL,
    kind            TEXT NOT NULL,
    name            TEXT NOT NULL,
    name_key        TEXT,
    description     TEXT NOT NULL,
    hint            TEXT NOT NULL,
    search          TEXT NOT NULL,
    owner           TEXT NOT NULL,
    subject         TEXT NOT NULL,
    scopes          TEXT NOT NULL,
    created_by      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    last_used_at    INTEGER,
    revoked_at      INTEGER,
    revoked_by      TEXT NOT NULL,
    digest          BLOB NOT NULL,
    token_checksum  INTEGER NOT NULL,
    secret_checksum INTEGER NOT NULL,
    PRIMARY KEY (import_id, line)
) STRICT, WITHOUT ROWID;

-- By these the lines are compared with what is stored and with each other,
-- without being read.
CREATE INDEX import_lines_digest ON import_lines (import_id, digest, line);
CREATE INDEX import_lines_token ON import_lines (import_id, token_id, line);
CREATE INDEX import_lines_name ON import_lines (import_id, kind, owner, name_key, line);

-- What the log will have of each line.
CREATE TABLE import_entries (
    import_id TEXT NOT NULL,
    line      INTEGER NOT NULL,
    token_id  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    owner     TEXT NOT NULL,
    entry_id  TEXT NOT NULL,
    body      BLOB NOT NULL,
    PRIMARY KEY (import_id, line)
) STRICT, WITHOUT ROWID;
