package proof_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/token"
)

// windowLength is how many characters of a secret count as a leak.
const windowLength = token.HintLength

// needles are issued secrets to search for: every run of 12 characters of
// each. One of them is allowed, the first: it is the hint by which people
// recognise a token (tokenPrefix), and is kept and shown. Nothing may follow
// it, though: the 2nd to the 13th character are a window too. See layout for
// where that is loosened. Capital and small letters count as the same: who has
// a secret without its capitals can guess them.
type needles struct {
	mu      sync.Mutex
	windows map[[windowLength]byte]window
	maybe   []uint64 // a bit for the hash of each window
	secrets int
}

// layout says what stands beside a hint in an output. It is the number of the
// first character from which windows count.
type layout int32

const (
	// separate: something that no token has stands between two values.
	separate layout = 1
	// packed: in the files of a database one column begins where the other
	// ends, and with 20,000 secrets the first characters of the next column
	// continue some hint by chance. Windows count that reach six characters
	// beyond the hint: 20,000 in 36^6 is one false alarm in 100,000 columns
	// that begin alike.
	packed layout = 6
)

// window says which part of which secret it is. From 0 it is the hint.
type window struct{ secret, from int32 }

const maybeBits = 1 << 26

func newNeedles() *needles {
	return &needles{windows: map[[windowLength]byte]window{}, maybe: make([]uint64, maybeBits/64)}
}

// add takes a secret.
func (n *needles) add(raw string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	folded := fold([]byte(raw))
	for from := range len(folded) - windowLength + 1 {
		key := [windowLength]byte(folded[from:])
		n.windows[key] = window{int32(n.secrets), int32(from)}
		bit := hashOf(key[:])
		n.maybe[bit/64] |= 1 << (bit % 64)
	}
	n.secrets++
}

// hashOf spreads a window over the bits.
func hashOf(key []byte) uint64 {
	return (binary.LittleEndian.Uint64(key)*0x9E3779B97F4A7C15 ^ uint64(binary.LittleEndian.Uint32(key[8:]))*0xC2B2AE3D27D4EB4F) % maybeBits
}

// fold gives a copy with small letters. Bytes that are no text stay.
func fold(data []byte) []byte {
	folded := make([]byte, len(data))
	for i, c := range data {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		folded[i] = c
	}
	return folded
}

// leak is a run of characters of a secret where none may be.
type leak struct {
	what     string
	at       int // byte at which it ends
	secret   int32
	from, to int32
}

// String names a leak by its place, never by its text.
func (l leak) String() string {
	return fmt.Sprintf("%s, byte %d: characters %d to %d of secret %d", l.what, l.at, l.from, l.to, l.secret)
}

// haystack is what was found in the outputs.
type haystack struct {
	leaks []leak
	hints map[int32]bool // secrets whose hint is in it
	size  int64
}

// search looks through an output.
func (n *needles) search(what string, data []byte, how layout, into *haystack) {
	if into.hints == nil {
		into.hints = map[int32]bool{}
	}
	into.size += int64(len(data))
	folded := fold(data)
	run := 0 // characters of tokens that end here
	for i, c := range folded {
		if !ofToken[c] {
			run = 0
			continue
		}
		if run++; run < windowLength {
			continue
		}
		key := folded[i+1-windowLength : i+1]
		if bit := hashOf(key); n.maybe[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		switch found, ok := n.windows[[windowLength]byte(key)]; {
		case !ok:
		case found.from == 0:
			into.hints[found.secret] = true
		case found.from >= int32(how):
			into.take(leak{what, i, found.secret, found.from, found.from + windowLength})
		}
	}
}

// take adds a leak, or makes the last one longer.
func (h *haystack) take(l leak) {
	if n := len(h.leaks) - 1; n >= 0 {
		if last := &h.leaks[n]; last.what == l.what && last.secret == l.secret && last.at == l.at-1 && last.to == l.to-1 {
			last.at, last.to = l.at, l.to
			return
		}
	}
	h.leaks = append(h.leaks, l)
}

// ofToken marks the characters that a token can have, without the capitals.
var ofToken = func() (set [256]bool) {
	for _, c := range []byte("0123456789_abcdefghijklmnopqrstuvwxyz") {
		set[c] = true
	}
	return set
}()

func TestTheSearchFindsAnyTwelveCharactersButTheHint(t *testing.T) {
	formats, err := token.NewFormats(map[token.Kind]string{token.KindService: "bsat"})
	must(t, err)
	n := newNeedles()
	var raws []string
	for range 100 {
		secret, err := formats.Generate(token.KindService)
		must(t, err)
		raws = append(raws, secret.Reveal())
		n.add(secret.Reveal())
	}
	raw := raws[42]
	for from := range len(raw) - windowLength + 1 {
		var found haystack
		n.search("here", []byte("\x00 before "+raw[from:from+windowLength]+"\" after"), separate, &found)
		if leaked := len(found.leaks) > 0; leaked == (from == 0) {
			t.Errorf("characters from %d on: leaks %v", from, found.leaks)
		}
		if hint := found.hints[42]; hint != (from == 0) {
			t.Errorf("characters from %d on: called a hint: %v", from, hint)
		}
	}
	var found haystack
	n.search("here", []byte("x"+raw+"x"), separate, &found)
	if diff := cmp.Diff([]leak{{"here", len(raw), 42, 1, int32(len(raw))}}, found.leaks, cmp.AllowUnexported(leak{})); diff != "" {
		t.Errorf("the whole secret is one leak (-want +got):\n%s", diff)
	}
	found = haystack{}
	n.search("here", []byte(strings.ToLower(raw)), separate, &found)
	if len(found.leaks) != 1 {
		t.Errorf("a secret in small letters gives the leaks %v", found.leaks)
	}
	found = haystack{}
	n.search("here", []byte(raw[:windowLength]+"… "+raw[windowLength:2*windowLength-1]), separate, &found)
	if len(found.leaks) > 0 {
		t.Errorf("eleven characters beside the hint are no leak: %v", found.leaks)
	}
	for beyond := range windowLength {
		found = haystack{}
		n.search("here", []byte(raw[:windowLength+beyond]), packed, &found)
		if leaked := len(found.leaks) > 0; leaked != (beyond >= int(packed)) {
			t.Errorf("the hint and %d more in a packed file: leaks %v", beyond, found.leaks)
		}
	}
}
