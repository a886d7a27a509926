-- +goose Up

-- Peers that were switched off, by the name that the configuration gives them;
-- there is a row as long as one is. Everything else about peers is configured.
CREATE TABLE disabled_peers (
    name        TEXT NOT NULL PRIMARY KEY,
    disabled_by TEXT NOT NULL,
    disabled_at INTEGER NOT NULL,
    checksum    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
