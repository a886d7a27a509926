package page

import (
	"net/url"
	"strings"
)

// policyOf gives the Content-Security-Policy (level 3) of a page: our script and
// our style sheet from this origin, forms to this origin and, since browsers
// judge the redirect after a form too, to where the form leads in the end.
//
// Nothing is inline, so injected markup can neither run nor restyle anything
// (row H-01); nobody may frame a page (row F-09); and with Trusted Types
// demanded but none allowed, our own script cannot turn text into markup.
func policyOf(formTarget string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'" +
		formTarget + "; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// FormTarget gives the source expression of a URI for [Sheet.FormTarget]: its
// origin, or its scheme where a policy cannot name the host. A host that a policy
// would read as something else, such as a;sandbox, gives none: the form then leads
// to nobody but this server.
func FormTarget(uri string) string {
	u, err := url.Parse(uri)
	switch {
	case uri == "" || err != nil || u.Scheme == "":
		return ""
	case u.Host == "" || u.Hostname() != "" && u.Host[0] == '[':
		return " " + u.Scheme + ":"
	case strings.ContainsFunc(u.Host, notOfHost):
		return ""
	}
	return " " + u.Scheme + "://" + u.Host
}

// notOfHost finds what a host-source of a policy has no place for, beside the colon
// before its port.
func notOfHost(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != ':'
}
