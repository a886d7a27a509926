// Package tokentest starts a whole Tokenwright for a test: the server that
// production runs, on a temporary SQLite database and a free port of the
// loopback interface, with a clock that the test may move.
//
//	func TestMyAPIRefusesARevokedToken(t *testing.T) {
//		tw := tokentest.Start(t)
//		issued := tw.Issue("group:default/platform", "ci", "catalog:read")
//		api := verify.Middleware(tw.Verifier(), rules)(myAPI)
//		...
//		tw.Revoke(issued)
//	}
//
// Nothing in it is a stand-in: requests go over HTTP, records through the
// database, and revocations through the log. What differs from production is
// what the options say, and the demonstration directory:
//
//	user:default/admin                     administrator
//	user:default/alice                     member of group:default/platform
//	user:default/bob                       member of group:default/data
//	workspace demo                         alice is its owner, bob a user
//
// The server is stopped when the test ends; a test that has failed prints the
// server's log.
package tokentest
