package policy

import (
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

const (
	userLead    = "user:"
	groupLead   = "group:"
	serviceLead = "service-token:"
	peerLead    = "external:"

	maxTokenName = 100
)

// ParseRef reads who may be bound to a role and gives the canonical form: a
// user ref, a group ref, the subject of a service token, or that of a peer. The kind must be
// written out: "alice" could be a person or a group, and guessing would hand
// a role to the wrong one.
func ParseRef(s string) (string, error) {
	s = strings.Trim(s, " \t\r\n")
	if kind, rest, found := strings.Cut(s, ":"); found {
		if ref, ok := token.ParseUserRef(s); ok {
			return ref, nil
		}
		if ref, ok := token.ParseGroupRef(s); ok {
			return ref, nil
		}
		if ref, ok := parseServiceSubject(rest); ok && kind+":" == serviceLead {
			return ref, nil
		}
		if kind+":" == peerLead && validPeer(rest) {
			return s, nil
		}
	}
	return "", token.Invalid("must be user:<namespace>/<name>, group:<namespace>/<name>, " +
		"service-token:group:<namespace>/<name>:<token name> or external:<peer>")
}

// parseServiceSubject reads what follows "service-token:". Everything up to
// the last colon is the group, the rest is the token's name.
func parseServiceSubject(s string) (string, bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return "", false
	}
	group, ok := token.ParseGroupRef(s[:colon])
	name := s[colon+1:]
	if !ok || !validTokenName(name) {
		return "", false
	}
	return string(token.ServiceSubject(group, name)), true
}

// validPeer: what a caller of another issuer may be called, byte by byte.
// Peers without a name share one subject, which holds nothing.
func validPeer(s string) bool {
	return s != "" && len(s) <= 255-len(peerLead) && s != "backstage-plugin" &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= 0x20 || r >= 0x7f })
}

// validTokenName: 1 to 100 lower-case letters, digits and hyphens.
func validTokenName(s string) bool {
	if s == "" || len(s) > maxTokenName {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// ValidRole reports whether s can be the name of a role: a lower-case letter,
// then lower-case letters, digits and hyphens, at most 63. It need not exist.
func ValidRole(s string) bool {
	return s != "" && len(s) <= 63 && s[0] >= 'a' && s[0] <= 'z' && validTokenName(s)
}
