-- +goose Up

-- Whom the credentials of a switched-off peer spoke for, separated by spaces, and
-- how the subjects begin that it vouched for as an issuer: whoever acts for one of
-- them is refused also once the peer has left the configuration.
ALTER TABLE disabled_peers ADD COLUMN subjects TEXT NOT NULL DEFAULT '';
ALTER TABLE disabled_peers ADD COLUMN subject_leads TEXT NOT NULL DEFAULT '';

-- Every issue near a limit counts the lines that an import keeps aside for its
-- owner, on SQLite inside the one writer.
CREATE INDEX import_lines_owner ON import_lines (kind, owner);

INSERT INTO schema_reach (version, runs_from) VALUES (11, 11);
