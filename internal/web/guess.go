package web

import (
	"time"

	"golang.org/x/time/rate"
)

// guessesPerAddress is how many wrong guesses a minute are heard from one address.
// They are counted over all surfaces together (rows I-05, F-15).
const guessesPerAddress = 600

// Guess is one attempt to be let in by a secret: a bearer, the code of a link, a
// client's secret. It is counted as wrong from the start, so that a thousand
// attempts at once are no better than one after another, and is given back by
// [Guess.Right].
//
// It is counted by where it comes from and not by whom it is for: those secrets
// have 256 random bits, which nobody guesses from many addresses either, and whoever
// knows a name, which is no secret, must not lock its owner out. What was imported
// may be weaker, and is slow to check; the authority counts wrong presentations of
// it by token and network.
//
// Counters are those of this process: an installation of n nodes hears up to n
// times as many. Their number is bounded; one that is pushed out begins anew.
type Guess struct {
	counter *rate.Limiter // nil: it is not counted
	at      time.Time
}

// Guess begins an attempt.
//
// Call it before the secret is looked at. The error, of meaning
// token.ErrLimited, says that too many wrong guesses came from the client's
// address (IPv6: from its /64); the attempt must not go on then, right or wrong.
// Attempts through the admin socket are not counted.
func (r *Request) Guess() (*Guess, error) {
	if r.Local {
		return &Guess{}, nil
	}
	g := &Guess{at: r.limiter.clock()}
	g.counter = r.limiter.counter(rateKey{base: "guesses", perMinute: guessesPerAddress, address: NetworkOf(r.Address)})
	if err := takeOne(g.counter, g.at); err != nil {
		return nil, err
	}
	return g, nil
}

// Right says that the secret was the right one. The attempt is given back.
func (g *Guess) Right() {
	if g.counter == nil {
		return
	}
	// Less than none. Reservation.Cancel would give nothing back once its time has
	// come, which it has.
	g.counter.ReserveN(g.at, -1)
	g.counter = nil
}

// MayRecord reports whether an attempt by nobody known may still be written to
// the audit log, and counts it: strangers must not be able to fill it (row
// I-06). Those past the rate are refused just the same.
func (r *Request) MayRecord() bool { return r.limiter.mayRecord(r) }
