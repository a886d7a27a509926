// Package console is the pages on which people see and change tokens: views and
// forms over the verbs of the authority, the same that the REST surfaces call.
// What a page is made of is in package page.
//
// # A page per file
//
// Each page has a Go file with its handlers and view structs, and a templ file
// with its markup. A handler reads the request, calls one verb, puts what it
// got into words for the visitor, and writes a sheet. View structs hold text,
// times and paths, never a token.Token: what is not needed cannot be shown.
//
// Kinds of tokens differ in words, in what owns them and in a few fields, and
// in nothing that one does with them. So there is one set of pages
// ([tokenPages]), and a file for each kind that says what differs: service.go,
// user.go. Personal tokens share the table, the form's parts and the words; they
// are made by consent and arrive in the fragment of an address (personal.go).
//
// # Reading
//
// Filters, order and place of a list are its URL. A value of them that means
// nothing is as good as none: a link from an older version still opens.
//
// A list goes on behind a token that is named by its id ("after=ID"), and the
// place in the order is computed from the record as it is now. So a cursor can
// neither be forged nor tell anything: whoever may not see the token gets the
// first page (row H-09).
//
// # Changing
//
// A change is a form on a page of its own, which a script opens in a dialog. It
// is sent by POST and answered by 303 to what it changed (row F-12), or by the
// same form with what was typed and what is wrong with it. The answers with a
// new secret are the exception: they are the only ones that ever hold it, so
// they answer the POST itself. No page of ours ever holds a personal token: a
// script takes it from the address (personalarrival.go).
package console
