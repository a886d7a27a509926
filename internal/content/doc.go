// Package content says which scopes a request needs because of what is in it:
// a transaction that removes something needs more than one that creates.
//
// It is pure. What it reads comes from strangers, and whoever carries the
// request out reads the same bytes with another parser. So a text is refused
// whenever two parsers could read it in two ways: members that occur twice,
// members that differ from one that matters in letter case only, anything
// behind the value, more nesting or more transactions than any client sends.
// What cannot be told apart from a removal is one: a needless demand is better
// than a missed removal.
//
// # What removes
//
// A transaction of class core:class:TxRemoveDoc, wherever it stands: alone,
// in a TxApplyIf at any depth, even as an attribute of something else. An
// event or operation whose name begins with "remove" or "delete", or is one of
// the operator's own names.
//
// # What is not known is denied
//
// An unknown class of transaction, an event without a type, an unknown
// message: token.ErrRoute, whatever scopes the token has. What the text itself
// has wrong is token.ErrInvalid.
package content
