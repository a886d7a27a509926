// Package forwardauth answers a reverse proxy that asks, before each request
// it forwards, whether to let it through: nginx auth_request, Traefik
// ForwardAuth, Caddy forward_auth.
//
// # What is judged
//
// The demand comes from the rules of the configuration, which judge method
// and target of the original request, and from the query of the forward-auth
// URL, which the proxy's own configuration sets:
//
//	/forward-auth?scope=catalog:read          all of these scopes, by spaces
//	/forward-auth?any_scope=a:read%20b:read   one of these
//	/forward-auth?kind=service                one of these kinds
//
// Where there are both, both must hold. Where there is neither, the answer is
// no: a proxy that asks nothing must not get a yes. A misspelt parameter is an
// error for the same reason, and so is a query that is that of the original
// request: a proxy that hands it on would let clients choose the demand.
//
// # Whom the original request is believed from
//
// Method and target come from X-Original-Method and X-Original-URI (nginx), or
// X-Forwarded-Method and X-Forwarded-Uri (Traefik, Caddy), and only from peers
// in trusted_proxies: from anybody else these headers are a wish (row D-01).
// Sent by both families they must agree. Without a believed target rules
// cannot match. The query alone then decides, unless there are rules and the
// peer did name a target: a trusted_proxies that was forgotten must not
// silently switch the rules off.
//
// # What is answered
//
// 200 lets through. It always carries all seven X-Auth headers, empty when
// there is nothing to say, so that a value that the client sent cannot survive
// for lack of one of ours (row D-02). Everything else keeps out: 400, 401, 403
// or 503, never another 2xx and never a redirect (row C12). A verdict is good
// for this request alone, so no cache may keep it (row D-09).
//
// The values are visible ASCII and spaces and have together at most 3 KiB,
// so that the whole head stays below 4 KiB, the buffer that proxies set aside
// for it (row D-10). A token whose values do not fit is refused: a cut list of
// scopes would be a lie.
package forwardauth
