// Package web is how the surfaces of Tokenwright speak HTTP. A surface
// declares its routes and brings the error format of its protocol; everything
// that must hold on every route is here, once.
//
// # A route says who may use it
//
// Every [Route] carries an [Access]: [Public], [Principals], [Users] or
// [Local]. The zero Access is none of them, and [Mux.Mount] refuses such a
// route: a forgotten declaration keeps the server from starting instead of
// opening a door. [Mux.Routes] lists what was declared, for tests that walk
// all of it.
//
// # The gates, in order
//
// A request passes these gates, and the first failure decides the answer:
//
//  1. the target: what two programs could read in two ways is refused, never
//     repaired (rows D-06, D-07; traps T-10, T-12);
//  2. the host, when the names of the server are known (J-03);
//  3. the path, then the credential: exactly one, from one place (C3, B-06);
//  4. whether the credential is good, then the rate of its owner;
//  5. whether it belongs to a person, where the route asks for one;
//  6. the permission;
//  7. the method.
//
// Then the handler runs, and reads the body by [Request.JSON] or
// [Request.FormBody]: content type, size, form, in this order. The method
// comes after the permission so that a stranger learns nothing about what a
// path can do.
//
// # Guesses
//
// Whoever tries secrets is slowed down: see [Request.Guess]. The guard counts
// bad bearers by itself, after they were verified, so that one client with an
// old token does not shut out the others behind its address. A handler that
// asks for another sort of secret (the code of a link, a client's secret, a
// password) begins a guess with the account it is for before it looks at the
// secret, and says when it was right. All of them share one count (rows I-05,
// F-15). What a stranger causes is recorded only while [Request.MayRecord].
//
// # Browsers
//
// A route may also take the login session of a browser ([Access.AndBrowsers],
// [Browsers]); on every other route cookies are not looked at. Because a browser
// sends its cookie along with whatever another site makes it send, a change that
// a session asks for must come from a page of ours, as the browser says by
// Sec-Fetch-Site or Origin, and bring the value of [Request.CSRF], which no other
// site knows (rows F-07, J-06). That is judged behind the credential and before
// the permission. A value can be bound to one thing ([Access.BoundTo]).
//
// # Errors
//
// Handlers return errors. [Status] alone knows which status belongs to which
// meaning, and the [Dialect] of the surface writes the body: [Problem]
// (RFC 9457), [OAuth] (RFC 6749 section 5.2), or one of the surface's own.
// Causes of 5xx answers are logged here and shown to nobody.
//
// # What every answer carries
//
// No cache may keep it, no browser may sniff, frame or run it, and it names
// the request by a fresh id; see [NewMux]. A 401 always carries a challenge
// (RFC 6750 section 3): without an error code when nothing was presented, and
// with the same bytes for every reason when something was (C1, C2).
package web
