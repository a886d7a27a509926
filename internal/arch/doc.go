// Package arch holds the house in shape. It has no code of its own: its tests
// read the source of the whole module and fail where a rule of the house is
// broken.
//
// # Imports
//
// rooms.txt names every room of the module and the rooms it may import. Any
// other edge fails, and so does a room that has no line there. An allow-list
// is needed because "imports point down" is too weak: it would let a surface
// reach a store past the authority, and with it past the permission check and
// the audit entry.
//
// The source is read as text, not as a build: files of every platform and
// build tag count. Tests inside a room (package x) stand under the rule of the
// room; external tests (package x_test) may import what they need, as a user
// of the library could.
//
// # Sizes and habits
//
// Files of at most 400 lines, functions of at most 60, a main function of a
// few lines, no init functions, no package whose name says nothing, no text
// that only means something on one machine. Generated code is exempt.
//
// Each rule is a pure function from a file system to a list of complaints, and
// is itself tested on a small tree that breaks it.
package arch
