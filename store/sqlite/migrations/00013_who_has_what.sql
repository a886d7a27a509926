-- +goose Up

-- Whether somebody has a seat in a workspace, or was sent a link, is asked before
-- an account of a provider becomes them; how many clients somebody has registered,
-- before they register one more.
CREATE INDEX workspace_members_user ON workspace_members (user_ref);
CREATE INDEX links_user ON links (user_ref);
CREATE INDEX clients_created_by ON clients (created_by);

-- By which tables of letters that look alike all names of tokens were compared
-- once.
CREATE TABLE name_keys (
    version    INTEGER NOT NULL PRIMARY KEY,
    written_at INTEGER NOT NULL
) STRICT;

INSERT INTO schema_reach (version, runs_from) VALUES (13, 11);
