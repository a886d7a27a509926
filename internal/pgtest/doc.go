// Package pgtest gives tests a real PostgreSQL that belongs to them.
//
// A cluster is made in a folder of its own, in memory where there is room,
// listens on a Unix socket only, and ends with the test process, however that
// process ends. Nothing of an installed service is touched: only the program
// files are used, from /usr/lib/postgresql or from PATH.
//
// # One cluster for all tests of a package
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		url := pgtest.Start(t).Database(t, migrate)
//		...
//	}
//
// The cluster starts with the first test that asks for it. The first call of
// [Cluster.Database] migrates a template; every test then gets a copy of it
// within some tens of milliseconds and shares no row with any other test.
//
// # A cluster for one test
//
// A test that pauses, stops or kills its database uses [New], so that it
// disturbs nobody, and [Options.Durable] when it asserts that something
// survived. Without it the cluster trades safety for speed: no fsync at all.
//
// # Where there is no PostgreSQL
//
// The test skips with the reason. With TOKENWRIGHT_REQUIRE=1, which the gate
// sets, it fails instead: a suite that silently ran on one database only would
// be a green light that says nothing.
package pgtest
