-- +goose Up

-- Hashes of imported refresh tokens that nobody has presented here yet: 16 bytes
-- of salt, 64 of scrypt. At its first presentation the digest of a token comes
-- into the table secrets, and its row here goes.
CREATE TABLE scrypt_secrets (
    token_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash       BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    checksum   BIGINT NOT NULL
);

-- A line may have the scrypt hash of its secret in place of the digest, or, of a
-- token that has ended, neither. Lines are kept for the time of one import: one
-- that runs meanwhile finds them gone, and changes nothing.
DROP TABLE import_lines;

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
    digest          BYTEA,
    scrypt          BYTEA,
    token_checksum  BIGINT NOT NULL,
    secret_checksum BIGINT NOT NULL,
    PRIMARY KEY (import_id, line)
);

-- By these the lines are compared with what is stored and with each other,
-- without being read.
CREATE INDEX import_lines_digest ON import_lines (import_id, digest, line);
CREATE INDEX import_lines_token ON import_lines (import_id, token_id, line);
CREATE INDEX import_lines_name ON import_lines (import_id, kind, owner, name_key, line);
