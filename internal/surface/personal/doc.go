// Package personal is the REST surface of personal tokens, at
// /api/access-tokens/personal: a person makes, lists, reads and ends tokens of
// their own.
//
// The package translates and decides nothing; see package service, whose
// sibling it is. Rows of other people do not exist here, not even for
// administrators: they have a surface of their own.
//
// # How a token is made
//
// Nobody is handed a personal token because of one request. The mint gives the
// address of the consent page, as for any other OAuth client, and a cookie by
// which the browser is known again:
//
//	POST /personal/mint           name, expiry and scopes are judged and kept
//	GET  authorizeUrl             the consent page, where the person says yes
//	GET  /personal/mint/callback  the code becomes a token, once
//
// The callback has no credential but the state, and the state counts in the
// browser that began alone (PER-42): a link that somebody else sends leads
// nowhere. The verifier of the code never leaves the server.
//
// # The fragment
//
// The token goes to the settings page behind the # of its address, which
// browsers send to no server. It is the one secret that ever stands in a
// Location header; the answer says that nobody may keep it, and nothing here
// logs it. What can go wrong has fixed words, so that nobody can put text of
// theirs into a person's page (PER-43).
//
// The settings page is one of the console's. It begins mints by [Options.Begin],
// and shows the token whose id the callback left in a cookie. There is one cookie
// for each token: of two that are made at once, in two tabs, each is shown in its
// own.
package personal
