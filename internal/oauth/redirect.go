package oauth

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// maxURI bounds a redirect URI, in bytes.
const maxURI = 2048

// RedirectRules says how redirect URIs are compared.
type RedirectRules struct {
	// LocalhostPortFree lets the port differ for http://localhost, too. The
	// name may be resolved to another machine, which a loopback address cannot
	// (RFC 8252 section 8.3), so it is off.
	LocalhostPortFree bool
}

// CheckRedirect reports whether a URI may be registered: absolute, in visible
// ASCII, without fragment, credentials and wildcards; https, http to this
// machine alone, or a scheme of an application in reverse domain form (RFC 8252
// section 7.1). Schemes that run code or read files have no dot and are none
// of these. A host is a name of letters, digits, '-' and '.', or an IP address: it
// goes into the policy of the page that asks, where a ';' or a ',' would begin
// something else (H-01).
func CheckRedirect(uri string) bool {
	if uri == "" || len(uri) > maxURI || !isPlain(uri) || strings.ContainsAny(uri, `#\*"<>`+"`^{|}") {
		return false
	}
	u, err := url.Parse(uri)
	if err != nil || u.Opaque != "" || u.User != nil || u.Scheme != schemeOf(uri) || u.Host != "" && !goodHost(u) {
		return false
	}
	switch u.Scheme {
	case "https":
		return u.Host != ""
	case "http":
		return isLoopbackIP(u.Hostname()) || u.Hostname() == "localhost"
	}
	return strings.Contains(u.Scheme, ".")
}

// IsLoopback reports whether a URI leads to this machine.
func IsLoopback(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && CheckRedirect(uri) && u.Scheme == "http"
}

// schemeOf gives the scheme as it is written: other letter case is another
// URI, since URIs are compared byte by byte.
func schemeOf(uri string) string {
	scheme, _, _ := strings.Cut(uri, ":")
	return scheme
}

// Matches reports whether uri is one of the registered ones: byte by byte, the
// query included (RFC 9700 section 4.1.3). Only the port of a loopback address
// over http may differ, for programs that listen where they can (RFC 8252
// section 7.3).
func (r RedirectRules) Matches(registered []string, uri string) bool {
	if slices.Contains(registered, uri) {
		return CheckRedirect(uri)
	}
	portless, ok := r.withoutPort(uri)
	if !ok || !CheckRedirect(uri) {
		return false
	}
	return slices.ContainsFunc(registered, func(one string) bool {
		other, ok := r.withoutPort(one)
		return ok && other == portless
	})
}

// withoutPort cuts the port out of a URI whose port is free.
func (r RedirectRules) withoutPort(uri string) (string, bool) {
	rest, ok := strings.CutPrefix(uri, "http://")
	if !ok {
		return "", false
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, tail := rest[:end], rest[end:]
	for _, host := range r.portFree() {
		port, ok := strings.CutPrefix(authority, host)
		if ok && (port == "" || isPort(port)) {
			return "http://" + host + tail, true
		}
	}
	return "", false
}

func (r RedirectRules) portFree() []string {
	hosts := []string{"127.0.0.1", "[::1]"}
	if r.LocalhostPortFree {
		hosts = append(hosts, "localhost")
	}
	return hosts
}

// isPort: a colon and a number from 1 to 65535 without a leading zero.
func isPort(text string) bool {
	digits, ok := strings.CutPrefix(text, ":")
	if !ok || digits == "" || len(digits) > 5 || digits[0] == '0' {
		return false
	}
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n <= 65535
}

// goodHost: a name or an address, and perhaps a port. net/url takes nearly anything
// for a name.
func goodHost(u *url.URL) bool {
	name := u.Hostname()
	if strings.HasSuffix(u.Host, ":") || u.Port() != "" && !isPort(":"+u.Port()) {
		return false
	}
	if strings.HasPrefix(u.Host, "[") {
		address, err := netip.ParseAddr(name)
		return err == nil && address.Is6() && address.Zone() == ""
	}
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.'
	})
}

// isLoopbackIP knows the two spellings that programs register.
func isLoopbackIP(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && (address == netip.MustParseAddr("127.0.0.1") || address == netip.IPv6Loopback())
}

// isPlain: visible ASCII. Anything else is read in two ways by two programs.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] <= 0x20 || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// AppendParams gives a redirect URI with parameters behind those that were
// registered, which stay as they are (PER-18). Empty values are left out;
// params are name, value, name, value.
func AppendParams(uri string, params ...string) string {
	var out strings.Builder
	out.WriteString(uri)
	mark := byte('?')
	if strings.Contains(uri, "?") {
		mark = '&'
	}
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] == "" {
			continue
		}
		out.WriteByte(mark)
		out.WriteString(params[i] + "=" + url.QueryEscape(params[i+1]))
		mark = '&'
	}
	return out.String()
}
