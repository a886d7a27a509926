-- +goose Up

-- How often a token was used, by the hour: for people, nothing is decided by it.
-- allowed has former in it, the uses of a secret that a rotation replaced.
-- used_at is the last use of the secret in force, former_at that of a former one;
-- 0 means never.
CREATE TABLE token_usage (
    token_id  TEXT NOT NULL,
    hour      INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    allowed   INTEGER NOT NULL,
    refused   INTEGER NOT NULL,
    former    INTEGER NOT NULL,
    used_at   INTEGER NOT NULL,
    former_at INTEGER NOT NULL,
    PRIMARY KEY (token_id, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX token_usage_hour ON token_usage (hour);
CREATE INDEX token_usage_refused ON token_usage (hour, token_id) WHERE refused > 0;

-- The sums of these over all tokens of a kind.
CREATE TABLE usage_sums (
    kind    TEXT NOT NULL,
    hour    INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (kind, hour)
) STRICT, WITHOUT ROWID;

-- From where a token was used; of each token a few.
CREATE TABLE token_origins (
    token_id  TEXT NOT NULL,
    used_from TEXT NOT NULL,
    used_at   INTEGER NOT NULL,
    PRIMARY KEY (token_id, used_from)
) STRICT, WITHOUT ROWID;

CREATE INDEX token_origins_used ON token_origins (used_at);

-- Who owns the most tokens of a kind.
CREATE INDEX token_counts_owners ON token_counts (kind, class, n) WHERE level = 63 AND owner <> '';

INSERT INTO schema_reach (version, runs_from) VALUES (12, 11);
