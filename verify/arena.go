package verify

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
)

// arena keeps records, one behind the other, in segments without pointers.
//
// A segment is written once, from its beginning to its end, and given up as a
// whole: when every record in it is past its time, or when the arena is full,
// the oldest first. Records live for the same time, so the oldest are those
// that would have to be read again next. Whoever still holds a record keeps its
// segment alive, as with any memory of Go.
//
// # The end of the numbers
//
// A segment's number is never used again, since readers tell by it that nothing
// was written over meanwhile. There are 2^28 of them, so after 35 TB of records
// (a month of a hundred thousand misses a second) the arena takes no more. What
// it has stays of use until its time; everything else is then asked from the
// source each time, until the process is restarted. Slower, and never wrong.
type arena struct {
	// ring holds the segments from oldest to newest, by number modulo its
	// length, which is a power of two.
	ring   []atomic.Pointer[segment]
	oldest atomic.Uint32
	most   uint32 // segments at once

	mu     sync.Mutex
	newest uint32
	used   int     // bytes of the newest segment
	until  []int64 // beside ring: when the last record of a segment is past its time
}

const (
	segmentSize = 1 << 17
	// recordUnit is what offsets and lengths count in.
	recordUnit      = 8
	maxRecordLength = 255 * recordUnit
	// firstSegment leaves out number 0, so that no ref is 0.
	firstSegment = 1
	lastSegment  = 1<<segmentBits - 1
)

type segment [segmentSize]byte

// ref says where a record is: segment number, offset and length. No two
// records ever have the same one.
type ref struct {
	segment        uint32 // 28 bits: 35 TB of records
	offset, length uint16 // 14 and 8 bits, in units
}

func newArena(bytes int) *arena {
	most := max(bytes/segmentSize, 2)
	n := 1 << bits.Len(uint(most))
	a := &arena{
		ring: make([]atomic.Pointer[segment], n), until: make([]int64, n), most: uint32(most),
		newest: firstSegment, used: segmentSize,
	}
	a.oldest.Store(firstSegment)
	return a
}

// place gives a segment's place in the ring.
func (a *arena) place(segment uint32) int { return int(segment) & (len(a.ring) - 1) }

// get gives a record, or "" when its segment was given up.
//
// The number is looked at after the pointer: a place of the ring is used for a
// new segment only after oldest has moved past the former one.
func (a *arena) get(r ref) record {
	s := a.ring[a.place(r.segment)].Load()
	if s == nil || r.segment < a.oldest.Load() {
		return ""
	}
	// The bytes are not changed any more: put wrote them before the ref was
	// told to anybody, and never writes them again.
	return record(unsafe.String(&s[int(r.offset)*recordUnit], int(r.length)*recordUnit)) //nolint:gosec // see above
}

// lives reports whether a record has not been given up.
func (a *arena) lives(segment uint32) bool { return segment >= a.oldest.Load() }

// put keeps a record that is of use until a time. ok is false for one that is
// too long, and when the numbers of segments are used up.
func (a *arena) put(packed []byte, until, now int64) (at ref, ok bool) {
	units := (len(packed) + recordUnit - 1) / recordUnit
	if units*recordUnit > maxRecordLength {
		return ref{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.used+units*recordUnit > segmentSize && !a.begin(now) {
		return ref{}, false
	}
	i := a.place(a.newest)
	copy(a.ring[i].Load()[a.used:], packed)
	a.until[i] = max(a.until[i], until)
	at = ref{a.newest, uint16(a.used / recordUnit), uint16(units)}
	a.used += units * recordUnit
	return at, true
}

// begin begins a segment, after giving up those that are past their time, and
// at least as many as make room. It reports false when there is no number left.
func (a *arena) begin(now int64) bool {
	if a.newest == lastSegment {
		return false
	}
	for oldest := a.oldest.Load(); oldest <= a.newest; oldest++ {
		i := a.place(oldest)
		if a.until[i] > now && a.newest-oldest+1 < a.most {
			break
		}
		a.oldest.Store(oldest + 1)
		a.ring[i].Store(nil)
	}
	a.newest++
	a.used = 0
	a.until[a.place(a.newest)] = 0
	a.ring[a.place(a.newest)].Store(new(segment))
	return true
}
