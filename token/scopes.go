package token

import (
	"slices"
	"strings"
)

// Limits of scopes.
const (
	MaxScopeLength = 100 // bytes of one scope
	MaxScopes      = 100 // scopes of one token
)

// Scopes is a set of scope tokens in the order given. Matching is exact and
// case-sensitive; see Covers for the one exception.
type Scopes []string

// ValidScope reports whether s is one scope-token of RFC 6749 section 3.3
// (%x21 / %x23-5B / %x5D-7E) of at most MaxScopeLength bytes.
func ValidScope(s string) bool {
	if s == "" || len(s) > MaxScopeLength {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c < 0x21 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// ParseScopes reads a space-delimited list (RFC 6749 section 3.3). It splits
// at U+0020 only: strings.Fields would also split at other Unicode spaces and
// let one scope turn into two.
func ParseScopes(s string) (Scopes, error) {
	if s == "" {
		return nil, nil
	}
	var out Scopes
	for part := range strings.SplitSeq(s, " ") {
		if !ValidScope(part) {
			return nil, Invalid("scope must be space-delimited scope tokens")
		}
		if slices.Contains(out, part) {
			continue
		}
		// Counted here and not at the end, so that a long list costs no
		// more than a short one.
		if len(out) == MaxScopes {
			return nil, Invalid("scopes must not exceed 100")
		}
		out = append(out, part)
	}
	return out, nil
}

// Unique gives the set without repetitions, first positions kept.
func (s Scopes) Unique() Scopes {
	out := make(Scopes, 0, len(s))
	seen := make(map[string]bool, len(s))
	for _, one := range s {
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out
}

// String joins with single spaces, as in the scope member of RFC 7662.
func (s Scopes) String() string { return strings.Join(s, " ") }

// Covers reports whether one of the held scopes covers the demanded one:
// equal, or held as the wildcard "*" or "verb:*" while the demanded one has
// that verb. A wildcard can only be held when the catalogue has it and it was
// granted as such; a request cannot bring one of its own.
func (s Scopes) Covers(demanded string) bool {
	for _, held := range s {
		if held == demanded || covers(held, demanded) {
			return true
		}
	}
	return false
}

// Wildcards reports whether one of the scopes covers more than itself.
func (s Scopes) Wildcards() bool { return slices.ContainsFunc(s, isWildcard) }

// WithoutWildcards gives the scopes that cover nothing but themselves.
func (s Scopes) WithoutWildcards() Scopes { return slices.DeleteFunc(slices.Clone(s), isWildcard) }

// isWildcard: "*", or a verb, a colon and "*". An asterisk elsewhere is a
// character like any other (E-01).
func isWildcard(held string) bool {
	return held == "*" || len(held) > len(":*") && strings.HasSuffix(held, ":*")
}

// covers reports whether a wildcard covers the demanded scope.
func covers(held, demanded string) bool {
	if !isWildcard(held) {
		return false
	}
	verb := strings.TrimSuffix(held, "*")
	return strings.HasPrefix(demanded, verb) && len(demanded) > len(verb)
}

// Missing gives the demanded scopes that are not covered, or nil. It does not
// allocate when nothing is missing.
func (s Scopes) Missing(demanded Scopes) Scopes {
	var missing Scopes
	for _, d := range demanded {
		if !s.Covers(d) {
			missing = append(missing, d)
		}
	}
	return missing
}
