// Package page is what every page of Tokenwright is made of. It knows how pages
// look and what they may do, and nothing about tokens: which page there is and
// what it does is the business of the surfaces.
//
// # A page
//
// A handler asks [Site.Visitor] who looks, builds a [Sheet] from components and
// answers with [Site.Write]:
//
//	v, err := site.Visitor(r)
//	...
//	return site.Write(w, v, page.Sheet{Title: v.Text("keys.title"), Content: keysView(v, keys)})
//
// The visitor is the first parameter of every component: it says things in the
// visitor's language ([message.Language]), knows the time and the CSRF value.
//
// # Safe by what it is made of
//
// Components are templ: text is escaped where it stands, and a URL with a
// scheme of its own is no link. The policy of every page ([policyOf]) allows one
// script and one style sheet of ours and nothing else: no inline script, no
// inline style (a bar is drawn by attributes of SVG), no frame, no third party.
// Scripts can turn no text into markup (Trusted Types without any policy).
//
// # With scripts and without
//
// Every page works as a plain page: links, forms, POST and then a redirect. The
// script adds to it by attributes, so that no page has a script of its own:
//
//	data-dialog        on a link: its page opens in a dialog
//	data-copy="ID"     on a button: copies the text of that element
//	data-preview="ID"  on a form: that element follows what is typed
//	data-submit        on a select: the form is sent when it changes
//	data-leave         on a form in a dialog: it leads to another page, not back
//	data-guard="TEXT"  on a secret: asks once before it is left uncopied
//	data-continue      on a form: asks for the next part of long work by itself
//	data-live="KIND"   on <main> ([Sheet].Live): takes over what changes
//
// # A secret is shown once
//
// It stands in the answer to the POST that made it and nowhere else: no
// redirect, no cookie, no URL. No answer is kept by a cache, and the script
// empties the element when the page is left, so that the way back does not show
// it either. A personal token is the one exception: it comes in the fragment of
// the address, and [Sheet.First] takes it from there before anything else of the
// page is there ([Awaited]).
package page
