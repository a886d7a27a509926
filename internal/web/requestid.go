package web

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync/atomic"
)

// requestIDs makes the ids of requests: a random word for this process, and a
// count. They are unique over restarts and nodes and cost next to nothing; they
// are no secret and nothing is decided by them.
type requestIDs struct {
	word string
	last atomic.Uint64
}

func newRequestIDs() *requestIDs {
	return &requestIDs{word: strings.ToLower(rand.Text()[:12]) + "-"}
}

func (r *requestIDs) next() string {
	var buf [40]byte
	return string(strconv.AppendUint(append(buf[:0], r.word...), r.last.Add(1), 10))
}
