// Package mediatype judges by its Content-Type whether a body may be read.
//
// A body is read twice where this product stands before another program: here, to
// decide, and there, to act. Both must read the same. A second Content-Type, another
// type than the expected one, or another charset than UTF-8 would let the other
// program take JSON for a form, or decode other names from it than those that were
// judged (row H-12).
package mediatype

import (
	"mime"
	"strings"
)

// Is reports whether the values of the header Content-Type (RFC 9110 section 8.3)
// are one, of the type want, which is in lower case, in UTF-8.
func Is(values []string, want string) bool {
	if len(values) != 1 {
		return false
	}
	got, params, err := mime.ParseMediaType(values[0])
	if err != nil || got != want {
		return false
	}
	charset, named := params["charset"]
	return !named || len(charset) == len(utf8) && strings.EqualFold(charset, utf8)
}

// utf8 is compared without regard to case; no other letter folds to one of it.
const utf8 = "utf-8"
