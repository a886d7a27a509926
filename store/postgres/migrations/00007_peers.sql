-- +goose Up

-- Peers that were switched off, by the name that the configuration gives them;
-- there is a row as long as one is. Everything else about peers is configured.
CREATE TABLE disabled_peers (
    name        TEXT COLLATE "C" PRIMARY KEY,
    disabled_by TEXT NOT NULL,
    disabled_at BIGINT NOT NULL,
    checksum    BIGINT NOT NULL
);
