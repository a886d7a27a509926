package web

import (
	"crypto/sha256"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// How many wrong guesses a minute are heard from one address and for one
// account. Both are counted over all surfaces together (rows I-05, F-15).
const (
	guessesPerAddress = 600
	guessesPerAccount = 100
)

// Guess is one attempt to be let in by a secret: a bearer, the code of a link,
// a client's secret, a password. It is counted as wrong from the start, so that
// a thousand attempts at once are no better than one after another, and is
// given back by [Guess.Right].
//
// Counters are those of this process: an installation of n nodes hears up to n
// times as many. Their number is bounded; one that is pushed out begins anew.
type Guess struct {
	limiter *limiter
	at      time.Time
	taken   []*rate.Limiter
	own     rateKey // of this account from this network; zero without an account
}

// Guess begins an attempt. account is what the secret is for, in its canonical
// spelling: a user's ref, a client's id; letter case and surrounding space
// make no difference. It is "" where a secret names no account, as a bearer
// does. It need not exist, and whether it does makes no difference either.
//
// Call it before the secret is looked at. The error, of meaning
// token.ErrLimited, says that too many wrong guesses came from the client's
// address (IPv6: from its /64) or were made at the account; the attempt must
// not go on then, right or wrong. Attempts through the admin socket are not
// counted.
//
// Strangers cannot lock an account's owner out by guessing wrong: a network
// from which the account was opened has a counter of its own.
func (r *Request) Guess(account string) (*Guess, error) {
	g := &Guess{limiter: r.limiter, at: r.limiter.clock()}
	if r.Local {
		return g, nil
	}
	network := NetworkOf(r.Address)
	if err := g.take(rateKey{base: "guesses", perMinute: guessesPerAddress, address: network}); err != nil {
		return nil, err
	}
	if account == "" {
		return g, nil
	}
	all := rateKey{base: "guesses", perMinute: guessesPerAccount, principal: accountKey(account)}
	g.own = all
	g.own.address = network
	if _, known := r.limiter.rates.GetIfPresent(g.own); known {
		all = g.own
	}
	if err := g.take(all); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *Guess) take(key rateKey) error {
	counter := g.limiter.counter(key)
	if err := takeOne(counter, g.at); err != nil {
		return err
	}
	g.taken = append(g.taken, counter)
	return nil
}

// Right says that the secret was the right one. The attempt is given back.
func (g *Guess) Right() {
	for _, counter := range g.taken {
		// Less than none. Reservation.Cancel would give nothing back once
		// its time has come, which it has.
		counter.ReserveN(g.at, -1)
	}
	g.taken = nil
	if g.own != (rateKey{}) {
		g.limiter.counter(g.own)
	}
}

// MayRecord reports whether an attempt by nobody known may still be written to
// the audit log, and counts it: strangers must not be able to fill it (row
// I-06). Those past the rate are refused just the same.
func (r *Request) MayRecord() bool { return r.limiter.mayRecord(r) }

// accountKey is of one length, however long the name is that a stranger sent.
func accountKey(account string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(account))))
	return string(sum[:])
}
