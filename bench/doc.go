// Package bench measures Tokenwright beside what it is compared with, in one
// run: a verdict beside one SHA-256, forward-auth and introspection beside a
// bare net/http handler that answers the same bytes, a cold verification
// beside a raw look-up, issue and revoke beside a raw insert.
//
// Machines differ and are noisy; ratios of one run are what counts. Run it
// with
//
//	make bench
//
// At the end it prints one line per figure with the target it is held
// against. Lines whose database or program is missing say so.
package bench
