-- +goose Up

-- What each migration from here on says of older programs: runs_from is the last
-- migration that a program must know to run on the schema after this one. Such a
-- program starts here, and goes on running while a newer one migrates.
CREATE TABLE schema_reach (
    version   BIGINT NOT NULL PRIMARY KEY,
    runs_from BIGINT NOT NULL
);

INSERT INTO schema_reach (version, runs_from) VALUES (9, 9);
