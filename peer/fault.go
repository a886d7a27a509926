package peer

import (
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Fault is one thing that is wrong with [Options].
type Fault struct {
	// Place is where: "peer.keys[0]", as in the configuration file.
	Place string
	// Message says what is wrong and how to mend it. It holds no secret.
	Message string
}

// Error gives "place: message".
func (f Fault) Error() string { return f.Place + ": " + f.Message }

// Faults is everything that is wrong, in the order of the configuration. It is
// the error of [New] and means token.ErrInvalid.
type Faults []Fault

// Error gives one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives token.ErrInvalid.
func (f Faults) Unwrap() error { return token.ErrInvalid }

// Note is something that works and that an operator should know of at every
// start: a short key, a caller that may do everything, a long lifetime.
type Note struct {
	Peer string // its name, or its subject when it has none
	Text string
}

// String gives "peer: text".
func (n Note) String() string { return n.Peer + ": " + n.Text }
