-- +goose Up

-- Lines of imports that are not applied yet: what the tables tokens and secrets
-- will have of each. An import that was cut off leaves its lines behind, for the
-- next one to remove.
CREATE TABLE import_lines (
    import_id       TEXT COLLATE "C" NOT NULL,
    line            BIGINT NOT NULL,
    token_id        TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    name_key        TEXT COLLATE "C",
    description     TEXT NOT NULL,
    hint            TEXT NOT NULL,
    search          TEXT COLLATE "C" NOT NULL,
    owner           TEXT COLLATE "C" NOT NULL,
    subject         TEXT NOT NULL,
    scopes          TEXT NOT NULL,
    created_by      TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    last_used_at    BIGINT,
    revoked_at      BIGINT,
    revoked_by      TEXT NOT NULL,
    digest          BYTEA NOT NULL,
    token_checksum  BIGINT NOT NULL,
    secret_checksum BIGINT NOT NULL,
    PRIMARY KEY (import_id, line)
);

-- By these the lines are compared with what is stored and with each other,
-- without being read.
CREATE INDEX import_lines_digest ON import_lines (import_id, digest, line);
CREATE INDEX import_lines_token ON import_lines (import_id, token_id, line);
CREATE INDEX import_lines_name ON import_lines (import_id, kind, owner, name_key, line);

-- What the log will have of each line.
CREATE TABLE import_entries (
    import_id TEXT COLLATE "C" NOT NULL,
    line      BIGINT NOT NULL,
    token_id  TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    owner     TEXT COLLATE "C" NOT NULL,
    entry_id  TEXT COLLATE "C" NOT NULL,
    body      BYTEA NOT NULL,
    PRIMARY KEY (import_id, line)
);
