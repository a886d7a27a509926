-- +goose Up

-- Clients that were removed while people still let them do something. Until its
-- row goes, what they had been let do may have no revoked_at of its own.
CREATE TABLE removed_clients (
    client     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    removed_at BIGINT NOT NULL,
    removed_by TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    checksum   BIGINT NOT NULL
);

-- Tokens as every reader must see them: one under a mark that is not swept yet
-- has been revoked by that mark (its first one), and so has what a client had
-- that was removed.
DROP VIEW token_records;

CREATE VIEW token_records AS
SELECT t.id, t.family, t.kind, t.name, t.description, t.hint, t.owner, t.workspace, t.subject, t.scopes,
       t.created_by, t.created_at, t.expires_at, t.last_used_at, t.disabled_at, t.revoked_at, t.revoked_by,
       t.replaces, t.replaced_by,
       coalesce((SELECT m.created_at FROM marks m
         WHERE m.swept_at IS NULL AND t.revoked_at IS NULL AND m.not_before >= t.created_at
           AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
           AND (m.workspace = '' OR m.workspace = t.workspace)
         ORDER BY m.created_at, m.id LIMIT 1),
       (SELECT c.removed_at FROM removed_clients c
         WHERE t.kind = 'refresh' AND t.revoked_at IS NULL AND c.client = t.name)) AS mark_at,
       coalesce((SELECT m.revoked_by FROM marks m
         WHERE m.swept_at IS NULL AND t.revoked_at IS NULL AND m.not_before >= t.created_at
           AND (m.kind = '' OR m.kind = t.kind) AND (m.owner = '' OR m.owner = t.owner)
           AND (m.workspace = '' OR m.workspace = t.workspace)
         ORDER BY m.created_at, m.id LIMIT 1),
       (SELECT c.removed_by FROM removed_clients c
         WHERE t.kind = 'refresh' AND t.revoked_at IS NULL AND c.client = t.name)) AS mark_by,
       t.checksum
  FROM tokens t;

INSERT INTO schema_reach (version, runs_from) VALUES (10, 10);
