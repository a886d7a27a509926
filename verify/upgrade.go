package verify

import (
	"iter"
	"net/http"
	"strings"
)

const webSocket = "websocket"

// Offered gives the protocols that a request offers to change to, as
// [Rules.Match] takes them: the lines of its Upgrade header joined by commas
// (RFC 9110 section 7.8), "" for none. All lines count: a second one must not
// hide the first from a rule (D-08).
//
// Some proxies (Traefik, nginx by default) keep Upgrade from the question they
// ask and hand it to the application all the same. No WebSocket begins without
// Sec-WebSocket-Key (RFC 6455 section 4.2.1), which they do not keep back, so
// that it counts as an offer too.
func Offered(h http.Header) string {
	upgrade := strings.Join(h["Upgrade"], ",")
	if len(h["Sec-Websocket-Key"]) == 0 || offers(upgrade, webSocket) {
		return upgrade
	}
	return upgrade + "," + webSocket
}

// letsUpgrade reports whether a request can become what the rule is for. A
// WebSocket begins with GET (RFC 6455 section 4.1); with another method it is a
// request like any other, whatever it offers.
func (c *compiled) letsUpgrade(method, upgrade string) bool {
	return offers(upgrade, c.rule.Upgrade) && (method == http.MethodGet || !strings.EqualFold(c.rule.Upgrade, webSocket))
}

// namesAll reports whether the rule names every protocol that a request can
// change to.
func (c *compiled) namesAll(method, upgrade string) bool {
	if upgrade == "" {
		return true
	}
	for name := range protocols(upgrade) {
		idle := name == "" || method != http.MethodGet && same(name, webSocket)
		if !idle && !same(name, c.rule.Upgrade) {
			return false
		}
	}
	return true
}

// offers reports whether a protocol is in an Upgrade header, whatever its
// version and wherever it stands: a request that could become a WebSocket must
// not be judged as one that could not (D-08).
func offers(upgrade, protocol string) bool {
	for name := range protocols(upgrade) {
		if same(name, protocol) {
			return true
		}
	}
	return false
}

// protocols goes through the names in an Upgrade header, without versions.
func protocols(upgrade string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for one := range strings.SplitSeq(upgrade, ",") {
			name, _, _ := strings.Cut(one, "/")
			if !yield(strings.Trim(name, " \t")) {
				return
			}
		}
	}
}

// same compares names of protocols and schemes. They are of one length: EqualFold also
// takes U+017F for an s, which no server behind does, and which has more bytes
// (trap T-16).
func same(name, protocol string) bool {
	return len(name) == len(protocol) && strings.EqualFold(name, protocol)
}
