// Package cli is the command line of Tokenwright. Each command is a thin call:
// serve calls package server, the commands that administer call a running
// server through package client, and the rest looks at files.
//
// # What scripts rely on
//
// The standard output holds the result and nothing else; everything that is
// said to a person goes to the standard error. A command that makes a
// credential prints it alone on the standard output, once, so that
//
//	TOKEN=$(tokenwright token issue service --name ci …)
//
// works as it stands. With -o json the result is one JSON document. The exit
// status is 0 for done, 1 for refused or failed, 2 for wrong use and 3 when
// the server cannot be reached.
//
// # Which server
//
// A command talks to the admin socket in the data folder, or to the server at
// --url or TOKENWRIGHT_URL with the bearer in TOKENWRIGHT_TOKEN. A credential
// is never taken from an argument: those stand in the process list.
//
// # What the server says is not trusted
//
// Names and descriptions were typed by strangers. Control characters are
// escaped before anything is printed (row H-02), in JSON too, and cells of a
// CSV export that a spreadsheet would run as a formula are made text (H-03).
package cli
