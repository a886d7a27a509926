// Package proof tries to break Tokenwright from outside.
//
// Its tests run the program that users run, as a process of its own on a data
// folder of its own, under load, and then do to it what happens in production:
// they kill it, fill its disk, let its disk fail, move its clock, take its
// files away, and send it what no client should send. Afterwards they ask two
// witnesses what went wrong. One is the journal of the clients ([proof/journal]),
// which knows what was acknowledged. The other is the database, opened when
// nobody uses it.
//
//	TestKill                  kill -9 at random moments, on both databases
//	TestSteady                every answer under load, judged
//	TestRevokedStaysRevoked   restart, kill -9, new keys, a clock set back
//	TestRevokeRacesVerify     no accept after the acknowledgement
//	TestSecrets               issued secrets, searched for in all that is written
//	TestMutants               good tokens, changed a little
//	TestEntropy               what a secret is drawn from
//	TestBadRequests           hostile requests to every mounted route
//	TestModes, TestStart      modes of files, files that are missing or broken
//	TestC1 to TestC11         the answer contract, at every mounted route
//	TestD12                   every route, credential and place for one: who is let in
//	TestE03                   every subset of permissions and scopes: what brings forth tokens
//	TestE07                   everything of somebody else: answered as if it were not there
//	TestF04AndF05             200 at once on two nodes for a code, and for a refresh token
//	TestH01 to TestH13        odd texts, times, JSON, parameters and races, on both databases
//	TestI01 to TestI09        slow, endless and crowding clients, a database that stands still
//	TestDiskFull              a full disk, and a disk with room again
//	TestFsyncError            a disk that does not keep what it was given
//
// A test that finds nothing may have looked at nothing. So the witness is shown
// databases that were broken by hand, the search is given secrets to find, and
// every test asks for some sign that what it did took effect.
//
// # Short and full
//
// The tests run in the gate in a short form. With TOKENWRIGHT_PROOF=full they
// run as long as the reliability scoreboard asks for:
//
//	TOKENWRIGHT_PROOF=full go test -timeout 2h -v ./proof/...
//
// What is random is drawn from a seed that the test prints;
// TOKENWRIGHT_PROOF_SEED=N draws the same again. Figures are printed with -v.
// None of them is asserted, but for bounds that are part of being right.
//
// A test whose means are missing (PostgreSQL, strace, root for a mount) skips
// and says so. Skipped is not passed.
package proof
