package verify

import (
	"encoding/binary"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/token"
)

// slot is one cached credential in one cache line of 64 bytes:
//
//	word  bits
//	0-3   256  digest
//	4      48  until: when it has to be read again, µs since the verifier's start
//	       16  told: when its use was last told, seconds since then, modulo 2^16
//	5      44  ends: the first instant at which it is not good, Unix ms
//	       20  number of its profile
//	6      32  epoch in which it was read
//	       32  hash by which it is found
//	7      28  segment of its record
//	       14  offset of its record
//	        8  length of its record
//	       14  partition of its token's id
//
// # Reading without a lock
//
// A writer first sets word 7 to 0, then writes the others, and word 7 last. A
// reader reads word 7, the others, and word 7 again: if it is the same, and not
// 0, nothing was written meanwhile. It cannot have become another one and the
// same again, because no two records ever have the same place.
//
// All words are atomic, so this holds in Go's memory model and the race
// detector agrees.
type slot [8]atomic.Uint64

const (
	wordUntil = 4
	wordEnds  = 5
	wordEpoch = 6
	wordPlace = 7
)

// entry is a slot taken apart.
type entry struct {
	digest    token.Digest
	until     int64 // µs since start
	told      uint16
	ends      int64 // Unix ms
	profile   uint32
	epoch     uint32
	hash      uint32
	place     ref
	partition uint16
}

const (
	untilBits   = 48
	endsBits    = 44
	segmentBits = 28
	offsetBits  = 14
	lengthBits  = 8

	partitionShift = segmentBits + offsetBits + lengthBits
)

// write puts e into the slot. The caller holds the lock of the slot's part.
func (s *slot) write(e *entry) {
	s[wordPlace].Store(0)
	for i := range 4 {
		s[i].Store(digestWord(&e.digest, i))
	}
	until := uint64(min(max(e.until, 0), 1<<untilBits-1))
	s[wordUntil].Store(until | uint64(e.told)<<untilBits)
	ends := uint64(min(max(e.ends, 0), 1<<endsBits-1))
	s[wordEnds].Store(ends | uint64(e.profile)<<endsBits)
	s[wordEpoch].Store(uint64(e.epoch) | uint64(e.hash)<<32)
	s[wordPlace].Store(e.place.pack() | uint64(e.partition)<<partitionShift)
}

// read takes the slot apart. The caller holds the lock of the slot's part.
func (s *slot) read() (e entry) {
	for i := range 4 {
		binary.LittleEndian.PutUint64(e.digest[8*i:], s[i].Load())
	}
	until, ends, epoch, place := s[wordUntil].Load(), s[wordEnds].Load(), s[wordEpoch].Load(), s[wordPlace].Load()
	e.until, e.told = untilOf(until), toldOf(until)
	e.ends, e.profile = endsOf(ends), profileOf(ends)
	e.epoch, e.hash = epochOf(epoch), hashOf(epoch)
	e.place, e.partition = placeOf(place), partitionOf(place)
	return e
}

// holds reports whether the slot's digest is d. It compares all 256 bits in
// constant time (SVC-39, B-04).
func (s *slot) holds(d *token.Digest) bool {
	other := uint64(0)
	for i := range 4 {
		other |= s[i].Load() ^ digestWord(d, i)
	}
	return other == 0
}

func digestWord(d *token.Digest, i int) uint64 { return binary.LittleEndian.Uint64(d[8*i:]) }

// The bits of the words, as the table at slot has them.

func (r ref) pack() uint64 {
	return uint64(r.segment) | uint64(r.offset)<<segmentBits | uint64(r.length)<<(segmentBits+offsetBits)
}

func placeOf(place uint64) ref {
	return ref{
		segment: segmentOf(place),
		offset:  uint16(place >> segmentBits & (1<<offsetBits - 1)),
		length:  uint16(place >> (segmentBits + offsetBits) & (1<<lengthBits - 1)),
	}
}

func segmentOf(place uint64) uint32   { return uint32(place & (1<<segmentBits - 1)) }
func partitionOf(place uint64) uint16 { return uint16(place >> partitionShift) }
func untilOf(until uint64) int64      { return int64(until & (1<<untilBits - 1)) }
func toldOf(until uint64) uint16      { return uint16(until >> untilBits) }
func endsOf(ends uint64) int64        { return int64(ends & (1<<endsBits - 1)) }
func profileOf(ends uint64) uint32    { return uint32(ends >> endsBits) }
func epochOf(epoch uint64) uint32     { return uint32(epoch) }
func hashOf(epoch uint64) uint32      { return uint32(epoch >> 32) }
