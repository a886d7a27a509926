package token

import (
	"encoding/binary"
	"hash/crc32"
	"unsafe"
)

// AppendChecksum appends the checksum of a token's text to it, for tools that
// make or test the written form: the CRC-32 (IEEE) of text as six base62
// characters, most significant first (62^6 > 2^32).
func AppendChecksum(text []byte) []byte {
	var sum [ChecksumLength]byte
	crc := crc32.ChecksumIEEE(text)
	for i := ChecksumLength - 1; i >= 0; i-- {
		sum[i] = base62[crc%62]
		crc /= 62
	}
	return append(text, sum[:]...)
}

// hasChecksum reports whether the last six characters, which must be base62,
// are the checksum of what stands before them. The numbers are compared, not
// their spellings: reading six characters is cheaper than writing them. A
// number has one spelling of six characters, so there is no second checksum.
func hasChecksum(raw string) bool {
	end := len(raw) - ChecksumLength
	var stated uint64 // 62^6 does not fit into 32 bits
	for i := end; i < len(raw); i++ {
		stated = stated*62 + digit62(raw[i])
	}
	return stated == uint64(crc32.ChecksumIEEE(bytesOf(raw[:end])))
}

// digit62 gives the value of a base62 character, without a branch that would
// be guessed wrong for every other character. Bit 6 tells letters from digits,
// bit 5 small letters from capitals; between '9' and 'A' lie 7 characters,
// between 'Z' and 'a' 6.
func digit62(c byte) uint64 {
	letter := c >> 6 & 1
	small := c >> 5 & letter
	return uint64(c - '0' - 7*letter - 6*small)
}

// isBase62 reports whether s has ASCII letters and digits alone. It looks at
// eight characters at a time, without a branch on any of them: it runs over
// every credential.
func isBase62(s string) bool {
	other := uint64(0)
	for ; len(s) >= 8; s = s[8:] {
		other |= notBase62(binary.LittleEndian.Uint64(bytesOf(s[:8])))
	}
	for i := range len(s) {
		if !alnum(s[i]) {
			return false
		}
	}
	return other == 0
}

// notBase62 sets the highest bit of every byte of w that is no ASCII letter or
// digit.
//
// Take a byte x below 0x80: the highest bit of x + (0x80-low) is set when
// x >= low. No sum reaches 0x100, so no byte carries into its neighbour. Bytes
// from 0x80 on are found by their own highest bit, and may only carry into
// bytes of a word that is refused anyhow.
func notBase62(w uint64) uint64 {
	const (
		each = 0x0101010101010101 // times a byte: that byte in every place
		high = 0x80 * each
	)
	lower := w | 0x20*each
	letter := (lower + (0x80-'a')*each) &^ (lower + (0x80-'z'-1)*each)
	digit := (w + (0x80-'0')*each) &^ (w + (0x80-'9'-1)*each)
	return (w | ^(letter | digit)) & high
}

// bytesOf gives the bytes of a string without copying them, for functions that
// only read: their argument escapes, so a copy would be an allocation on every
// verification.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) } //nolint:gosec // see above
