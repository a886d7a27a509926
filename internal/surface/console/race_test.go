//go:build race

package console_test

// watched is true where the race detector watches the program. What drives a
// browser, or types each of a thousand texts, is a test of its own run without it:
// see scripts/test.sh.
const watched = true
