package storetest

// Additions is a migration of a program of tomorrow that only adds: a column to
// each table, a table, an index, and what it says of older programs. It is schema
// 99, and any program runs after it.
func Additions() []string {
	var all []string
	for _, table := range []string{
		"tokens", "secrets", "marks", "turns", "unsettled", "token_counts", "audit_entries", "log_nodes", "log_head",
		"users", "user_groups", "group_members", "workspaces", "workspace_members", "role_grants", "links",
		"signing_keys", "sessions", "identities", "claimed_groups", "spent", "authorizations", "clients", "removed_clients",
		"import_lines", "import_entries",
	} {
		all = append(all, "ALTER TABLE "+table+" ADD COLUMN added_tomorrow TEXT NOT NULL DEFAULT 'x'")
	}
	return append(all,
		"CREATE TABLE of_tomorrow (id TEXT NOT NULL PRIMARY KEY)",
		"CREATE INDEX tokens_of_tomorrow ON tokens (added_tomorrow, id)",
		"INSERT INTO schema_reach (version, runs_from) VALUES (99, 1)",
	)
}
