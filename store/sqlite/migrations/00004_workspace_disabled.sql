-- +goose Up

-- A workspace that is switched off, and since when: its tokens are refused until
-- it is enabled.
ALTER TABLE workspaces ADD COLUMN disabled_at INTEGER;
