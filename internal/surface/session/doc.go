// Package session tells people who they are here, and lists and ends their own
// login sessions.
//
//	GET    /api/session         who am I: ref, name, roles, permissions, how signed in, CSRF value
//	DELETE /api/session         signs this browser out
//	GET    /api/sessions        where I am signed in
//	DELETE /api/sessions        signs out everywhere
//	DELETE /api/sessions/{id}   signs out there
//
// All of it takes the cookie of a login session or a bearer of a person. With a
// cookie, a change needs the CSRF value in X-Csrf-Token and must come from a
// page of this origin. Sessions of others are not found here, whoever asks:
// administrators reach them through the administrative API.
//
// Who one is is worked out on every request: no cookie carries a role. So a
// role that is given or taken counts on the next request.
package session
