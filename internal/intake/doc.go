// Package intake reads tokens that exist elsewhere, for `tokenwright import`:
// JSON Lines, CSV, and the tables of the access-tokens plugin of Backstage, with
// the sessions of its auth plugin.
//
// Every reader gives one token after another and goes on behind a bad one, so
// that a person who moves hears of everything that is wrong in one run. No
// fault quotes what it is about: what people paste into the wrong column are
// tokens, and the report of an import ends in terminals, tickets and logs (rows
// B-06, B-07).
//
// Memory does not grow with the file. A line has at most [MaxLine] bytes.
package intake
