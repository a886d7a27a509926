package web

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// maxTarget is the longest target in bytes, query included (row C11). A head
// above 16 KiB is refused by net/http, with 431, before this is asked.
const maxTarget = 8 << 10

// checkTarget judges the bytes of the request line. A target that two
// programs could read in two ways is refused instead of repaired: the router,
// the policy and a proxy in front must never judge different paths (row D-06;
// traps T-10 and T-12). Only the origin form (RFC 9112 section 3.2.1) is
// taken: an absolute form would bring a second host (D-07).
//
// known says that the path equals a mounted one, which was checked then.
func checkTarget(r *http.Request, known bool) error {
	if len(r.RequestURI) > maxTarget {
		return ErrLongTarget
	}
	path, query, _ := strings.Cut(r.RequestURI, "?")
	if !known && !cleanPath(path) || !cleanQuery(query) {
		return ErrTarget
	}
	return nil
}

// cleanPath reports whether a raw path has one reading: it begins with one
// slash, has no empty or dot segment, and encodes nothing that separates.
func cleanPath(path string) bool {
	if path == "" || path[0] != '/' {
		return false
	}
	if path == "/" {
		return true
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(path[1:], "/"), "/") {
		if !cleanSegment(segment) {
			return false
		}
	}
	return true
}

// LocalTarget reports whether s is a path of this server, with or without a
// query, that every browser reads as one: it begins with exactly one slash, and
// nothing in it can turn it into the address of another site (row F-02). At
// most 512 bytes.
func LocalTarget(s string) bool {
	path, query, _ := strings.Cut(s, "?")
	return len(s) <= maxLocalTarget && cleanPath(path) && cleanQuery(query)
}

const maxLocalTarget = 512

func cleanSegment(s string) bool {
	decoded := make([]byte, 0, 64)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= 0x20 || c >= 0x7f || c == '\\' || c == ';' || c == '#' {
			return false
		}
		if c == '%' {
			v, ok := unhex(s, i)
			if !ok || v == '/' || v == '\\' || v == '.' || v == ';' || v == '%' {
				return false
			}
			c, i = v, i+2
		}
		if c < 0x20 || c == 0x7f {
			return false
		}
		decoded = append(decoded, c)
	}
	text := string(decoded)
	return text != "" && text != "." && text != ".." && utf8.ValidString(text)
}

// cleanQuery reports whether a raw query has whole escapes, no control
// characters, and no separator but '&' (trap T-11).
func cleanQuery(q string) bool {
	for i := 0; i < len(q); i++ {
		switch c := q[i]; {
		case c <= 0x20, c >= 0x7f, c == ';', c == '#':
			return false
		case c == '%':
			if _, ok := unhex(q, i); !ok {
				return false
			}
			i += 2
		}
	}
	return true
}

// unhex reads the escape that begins at s[i].
func unhex(s string, i int) (byte, bool) {
	if i+2 >= len(s) {
		return 0, false
	}
	high, ok1 := hexDigit(s[i+1])
	low, ok2 := hexDigit(s[i+2])
	return high<<4 | low, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// servedHost reports whether the Host header names this server. names are
// lower-case and without port; none means any. An unknown name is refused, so
// that it can never reach a link, a log or a cache (row J-03).
func servedHost(host string, names []string) bool {
	if len(names) == 0 {
		return true
	}
	for _, name := range names {
		if equalFoldASCII(withoutPort(host), name) {
			return true
		}
	}
	return false
}

func withoutPort(host string) string {
	if colon := strings.LastIndexByte(host, ':'); colon >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:colon]
	}
	return strings.TrimSuffix(host, ".")
}
