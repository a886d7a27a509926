package authority

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// NameTable gives the version of what foldName knows, and a digest of it: of its own
// tables, and of those that it takes from Unicode.
func NameTable() (version int, digest string) {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		capitals, latinCapitals, smalls, latinSmalls, unicode.Version, norm.Version, cases.UnicodeVersion,
	}, "\n")))
	return nameTable, hex.EncodeToString(sum[:8])
}
