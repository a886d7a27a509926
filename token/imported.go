package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Alphabet names the characters behind the prefix of an imported token.
type Alphabet string

// The alphabets.
const (
	// AlphabetBase64URL is A-Z, a-z, 0-9, '-' and '_' (RFC 4648 section 5)
	// without padding, in canonical spelling alone: the bits of the last
	// character that carry nothing are zero. Otherwise one secret would have
	// several spellings, and a digest for each.
	AlphabetBase64URL Alphabet = "base64url"
	AlphabetBase62    Alphabet = "base62"  // 0-9, A-Z, a-z
	AlphabetHex       Alphabet = "hex"     // 0-9, a-f
	AlphabetLetters   Alphabet = "letters" // A-Z, a-z
)

// Alphabets lists the alphabets in their documented order.
func Alphabets() []Alphabet {
	return []Alphabet{AlphabetBase64URL, AlphabetBase62, AlphabetHex, AlphabetLetters}
}

// size is how many characters an alphabet has; 0 for one that is not known.
func (a Alphabet) size() float64 {
	switch a {
	case AlphabetBase64URL:
		return 64
	case AlphabetBase62:
		return 62
	case AlphabetLetters:
		return 52
	case AlphabetHex:
		return 16
	}
	return 0
}

const (
	// minImportedBits is what an imported secret must be able to carry. A fast
	// hash keeps nothing that can be guessed (row B-01).
	minImportedBits   = 128
	maxImportedLength = 256 // characters behind the prefix
)

// ImportedForm is how tokens of another system are written. They have no
// checksum: what such a token looks like is all that is known of it before it
// is looked up.
type ImportedForm struct {
	Kind Kind
	// Prefix stands in front, followed by an underscore. It may be the prefix
	// of tokens that are issued here, when the kind is the same and the length
	// another.
	Prefix string
	// Length is how many characters follow the underscore.
	Length   int
	Alphabet Alphabet
	// Key, when it is not zero, says that digests of these tokens are
	// HMAC-SHA-256 under it. Otherwise they are SHA-256, whatever pepper the
	// tokens that are issued here are digested with.
	Key Secret
}

// WithImported gives formats that know tokens of other systems too.
func (f Formats) WithImported(forms ...ImportedForm) (Formats, error) {
	out := Formats{list: slices.Clone(f.list)}
	for _, one := range forms {
		if err := one.validate(); err != nil {
			return Formats{}, err
		}
		next := format{lead: one.Prefix + "_", kind: one.Kind, imported: &one}
		for _, other := range out.list {
			if err := next.clashes(other); err != nil {
				return Formats{}, err
			}
		}
		out.list = append(out.list, next)
	}
	slices.SortStableFunc(out.list, longestFirst)
	return out, nil
}

func (i ImportedForm) validate() error {
	kind, size := string(i.Kind), i.Alphabet.size()
	switch {
	case i.Kind != KindService && i.Kind != KindUser:
		return Invalid("tokens of kind " + kind + " cannot be imported; the kind of an imported form is service or user")
	case !ValidPrefix(i.Prefix):
		return errPrefix(i.Kind)
	case size == 0:
		return Invalid("the alphabet of an imported form is one of base64url, base62, hex, letters")
	case i.Length < 1 || i.Length > maxImportedLength:
		return Invalid("imported tokens have 1 to " + strconv.Itoa(maxImportedLength) + " characters behind their prefix")
	case float64(i.Length)*math.Log2(size) < minImportedBits:
		return Invalid("imported tokens that have so few characters can be guessed: 128 bits are the least")
	case i.Alphabet == AlphabetBase64URL && i.Length%4 == 1:
		return Invalid("no base64url has " + strconv.Itoa(i.Length) + " characters")
	}
	return nil
}

// clashes says why two forms cannot be told apart.
func (one format) clashes(other format) error {
	switch {
	case other.lead != one.lead:
		return nil
	case other.kind != one.kind:
		return errSamePrefix(other.kind, one.kind)
	case other.length() == one.length():
		return Invalid("two forms of the prefix " + strings.TrimSuffix(one.lead, "_") + " have the same length: nobody could tell their tokens apart")
	}
	return nil
}

// length is how many characters follow the lead.
func (one format) length() int {
	if one.imported != nil {
		return one.imported.Length
	}
	return RandomLength + ChecksumLength
}

// holds reports whether rest, which follows the prefix, has the shape.
func (i *ImportedForm) holds(rest string) bool {
	if len(rest) != i.Length {
		return false
	}
	switch i.Alphabet {
	case AlphabetBase64URL:
		return base64urlRun(rest) == len(rest) && digit64(rest[len(rest)-1])&spareBits(len(rest)) == 0
	case AlphabetBase62:
		return isBase62(rest)
	case AlphabetHex:
		return !strings.ContainsFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
	case AlphabetLetters:
		return !strings.ContainsFunc(rest, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' })
	}
	return false
}

// spareBits are those of the last base64 character that carry nothing.
func spareBits(length int) byte {
	switch length % 4 {
	case 2:
		return 0x0f
	case 3:
		return 0x03
	}
	return 0
}

// digit64 gives the value of a base64url character.
func digit64(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '-':
		return 62
	}
	return 63
}

// Imported lists the imported forms of a kind that a raw string may have which
// begins with hint: those of the longest prefix that it has. An empty hint gives
// all forms of the kind.
func (f Formats) Imported(kind Kind, hint string) []ImportedForm {
	var list []ImportedForm
	lead := ""
	for _, one := range f.list {
		switch {
		case hint == "":
		case lead == "" && strings.HasPrefix(hint, one.lead):
			lead = one.lead
		case lead != one.lead || lead == "":
			continue
		}
		if one.imported != nil && one.kind == kind {
			list = append(list, *one.imported)
		}
	}
	return list
}

// importedKey gives the key of an imported token. ok is false for every other
// string.
func (f Formats) importedKey(raw string) (key Secret, ok bool) {
	one := f.match(raw)
	if one == nil || one.imported == nil {
		return Secret{}, false
	}
	return one.imported.Key, true
}

// For gives a Digester that digests imported tokens as the systems did from
// which they came, and all others as before.
func (d Digester) For(f Formats) Digester {
	for _, one := range f.list {
		if one.imported != nil && (!one.imported.Key.IsZero() || !d.pepper.IsZero()) {
			d.foreign = &f
		}
	}
	return d
}

// digestUnder gives HMAC-SHA-256 under a key, or SHA-256 when there is none.
func digestUnder(key Secret, raw string) Digest {
	if key.IsZero() {
		return sha256.Sum256(bytesOf(raw))
	}
	mac := hmac.New(sha256.New, bytesOf(key.Reveal()))
	mac.Write(bytesOf(raw))
	return Digest(mac.Sum(nil))
}
