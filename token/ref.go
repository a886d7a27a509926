package token

import "strings"

const maxRefPart = 63

// ParseRef reads an entity ref "[<kind>:][<namespace>/]<name>" of the given
// kind ("group" or "user") and gives its canonical form
// "<kind>:<namespace>/<name>": trimmed, defaulted and lower-cased.
//
// Two spellings of one ref would be two owners with separate names, quotas
// and subjects, so the canonical form is made here, before anything is
// stored, compared or filtered. ok is false when s is not a ref of that kind.
func ParseRef(kind, s string) (ref string, ok bool) {
	s = strings.Trim(s, " \t\r\n")
	if k, rest, found := strings.Cut(s, ":"); found {
		if !asciiEqualFold(k, kind) {
			return "", false
		}
		s = rest
	}
	namespace, name := "default", s
	if ns, rest, found := strings.Cut(s, "/"); found {
		namespace, name = ns, rest
	}
	namespace, name = asciiLower(namespace), asciiLower(name)
	if !validNamespace(namespace) || !validName(name) {
		return "", false
	}
	return kind + ":" + namespace + "/" + name, true
}

// ParseGroupRef is ParseRef for groups.
func ParseGroupRef(s string) (string, bool) { return ParseRef("group", s) }

// ParseUserRef is ParseRef for users.
func ParseUserRef(s string) (string, bool) { return ParseRef("user", s) }

// validName: letters, digits, '-', '_' and '.', beginning and ending with a
// letter or digit, at most 63.
func validName(s string) bool {
	if s == "" || len(s) > maxRefPart || !alnum(s[0]) || !alnum(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !alnum(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// validNamespace: letters and digits in groups joined by hyphens, at most 63.
func validNamespace(s string) bool {
	if s == "" || len(s) > maxRefPart || !alnum(s[0]) || !alnum(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !alnum(c) && c != '-' {
			return false
		}
	}
	return true
}

// alnum reports whether c is an ASCII letter or digit.
func alnum(c byte) bool {
	letter := (c | 0x20) - 'a'
	return letter < 26 || c-'0' < 10
}

// asciiLower lowers A-Z only. strings.ToLower would map the Kelvin sign to
// 'k' and make two different names equal.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func asciiEqualFold(a, b string) bool { return asciiLower(a) == asciiLower(b) }
