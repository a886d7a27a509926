package token

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// The written form of an opaque token:
//
//	<prefix>_<43 base62 characters><6 base62 characters>
//
// The 43 characters carry at least 256 random bits. The last six are the
// CRC-32 (IEEE) of everything before them, so that junk is refused, and
// leaked tokens are recognised, without any look-up. The checksum is no
// security check.
const (
	RandomLength   = 43
	ChecksumLength = 6
	HintLength     = 12
	// MaxRawLength is the length of the longest raw string that can be a
	// token of ours: a prefix of 16, an underscore, and the rest.
	MaxRawLength = maxPrefix + 1 + RandomLength + ChecksumLength

	minPrefix, maxPrefix = 2, 16 // characters

	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// ValidPrefix reports whether s can be a kind's prefix:
// [a-z][a-z0-9_]{1,15}.
func ValidPrefix(s string) bool {
	if len(s) < minPrefix || len(s) > maxPrefix || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// Formats knows which prefix belongs to which kind. It is immutable. Refresh
// tokens have no prefix and no checksum: every Formats knows them by their
// shape, see [ParseRefresh], and takes them for personal ones.
type Formats struct{ list []format }

type format struct {
	lead     string // prefix and underscore
	kind     Kind
	former   bool
	imported *ImportedForm // nil for tokens of our own
}

// FormerPrefix is a prefix that tokens of a kind had once: they are good, and
// new ones do not get it.
type FormerPrefix struct {
	Kind   Kind
	Prefix string
}

// NewFormats takes a prefix per kind, and former ones. No two may be the same.
func NewFormats(prefixes map[Kind]string, former ...FormerPrefix) (Formats, error) {
	var f Formats
	for kind, prefix := range prefixes {
		if err := f.add(format{lead: prefix + "_", kind: kind}); err != nil {
			return Formats{}, err
		}
	}
	for _, one := range former {
		if err := f.add(format{lead: one.Prefix + "_", kind: one.Kind, former: true}); err != nil {
			return Formats{}, err
		}
	}
	slices.SortFunc(f.list, longestFirst)
	return f, nil
}

// longestFirst: of the prefixes "pv" and "pv_live" the second must win. The
// forms of one prefix stand together, in the order in which they were added.
func longestFirst(a, b format) int {
	return cmp.Or(cmp.Compare(len(b.lead), len(a.lead)), strings.Compare(a.lead, b.lead))
}

func (f *Formats) add(one format) error {
	if !ValidPrefix(strings.TrimSuffix(one.lead, "_")) {
		return errPrefix(one.kind)
	}
	for _, other := range f.list {
		if other.lead == one.lead {
			return errSamePrefix(other.kind, one.kind)
		}
	}
	f.list = append(f.list, one)
	return nil
}

func errPrefix(kind Kind) error {
	return Invalid("the prefix of kind " + string(kind) +
		" must be 2 to 16 characters: a lower-case letter, then lower-case letters, digits or underscores")
}

func errSamePrefix(one, other Kind) error {
	return Invalid("kinds " + string(one) + " and " + string(other) + " have the same prefix")
}

// Prefix gives the prefix of a kind, without the underscore, or "".
func (f Formats) Prefix(kind Kind) string {
	for _, one := range f.list {
		if one.kind == kind && !one.former && one.imported == nil {
			return one.lead[:len(one.lead)-1]
		}
	}
	return ""
}

// KindOf gives the kind whose prefix raw begins with, the longest prefix
// first, or that of a refresh token. ok is false when nothing matches: the string is "not mine", which
// is not the same as refused.
func (f Formats) KindOf(raw string) (kind Kind, ok bool) {
	for i := range f.list {
		if strings.HasPrefix(raw, f.list[i].lead) {
			return f.list[i].kind, true
		}
	}
	if isRefresh(raw) {
		return KindPersonal, true
	}
	return "", false
}

// Parse checks length, shape and checksum of a raw string and gives its kind,
// or ErrUnknown when no prefix matches ("not mine"), or ErrMalformed. It does
// no I/O, computes no digest and does not allocate.
func (f Formats) Parse(raw string) (Kind, error) {
	for i := range f.list {
		if !strings.HasPrefix(raw, f.list[i].lead) {
			continue
		}
		if one := f.matchFrom(i, raw); one != nil {
			return one.kind, nil
		}
		return "", ErrMalformed
	}
	if isRefresh(raw) {
		return KindPersonal, nil
	}
	return "", ErrUnknown
}

// match gives the form of a raw string that Parse finds good, or nil.
func (f Formats) match(raw string) *format {
	for i := range f.list {
		if strings.HasPrefix(raw, f.list[i].lead) {
			return f.matchFrom(i, raw)
		}
	}
	return nil
}

// matchFrom tries the forms of one prefix, of which the one at first is the
// first. A shorter prefix is never tried: the longest decides the kind, and a
// failure there is final.
func (f Formats) matchFrom(first int, raw string) *format {
	lead := f.list[first].lead
	rest := raw[len(lead):]
	for i := first; i < len(f.list) && f.list[i].lead == lead; i++ {
		one := &f.list[i]
		switch {
		case one.imported != nil:
			if one.imported.holds(rest) {
				return one
			}
		case len(rest) == RandomLength+ChecksumLength && isBase62(rest) && hasChecksum(raw):
			return one
		}
	}
	return nil
}

// Generate makes a new secret of a kind that has a prefix. Its randomness is
// crypto/rand, which ends the process rather than give weak bytes.
func (f Formats) Generate(kind Kind) (Secret, error) {
	prefix := f.Prefix(kind)
	if prefix == "" {
		return Secret{}, Invalid("tokens of kind " + string(kind) + " are not issued here")
	}
	raw := make([]byte, 0, MaxRawLength)
	raw = append(raw, prefix...)
	raw = append(raw, '_')
	raw = appendRandom62(raw, RandomLength)
	return NewSecret(string(AppendChecksum(raw))), nil
}

// Hint gives the first 12 characters of a raw string.
func Hint(raw string) string { return raw[:min(HintLength, len(raw))] }

// appendRandom62 appends n uniformly chosen base62 characters. Bytes of 248
// and above are thrown away: 256 is no multiple of 62, and taking the
// remainder would favour the first characters.
func appendRandom62(dst []byte, n int) []byte {
	var buf [64]byte
	for n > 0 {
		_, _ = rand.Read(buf[:]) // never returns an error: it ends the process
		for _, b := range buf {
			if b < 248 && n > 0 {
				dst = append(dst, base62[b%62])
				n--
			}
		}
	}
	return dst
}

// NewID makes a record id: a UUID of version 7, lower case, so that ids sort
// by the time they were made. Ids are never used again.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
