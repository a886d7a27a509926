package authority

import (
	"net/netip"
	"sync"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// How many wrong secrets a minute are looked at for one imported token: from one
// network and in all. Each takes a turn from those who present theirs for the
// first time (I-01). A network that sent nothing wrong has one attempt all the
// same, so that strangers cannot shut its holder out from other networks, however
// many they have; what that costs is bounded by the slots. Of how many tokens and
// networks it is remembered is bounded too.
const (
	guessesOfNetwork = 5
	guessesOfToken   = 30
	guessesWindow    = time.Minute
	maxGuesses       = 10_000
)

// errManyGuesses asks to come again. Whoever has the right secret is refused too,
// but only from a network that sent wrong ones.
var errManyGuesses = token.NewError(token.ErrLimited, "Too many wrong secrets were sent for this token; try again in a minute", nil)

// guesses counts wrong secrets by the id of the token that they were sent for.
// The counts are those of this process.
type guesses struct {
	mu   sync.Mutex
	seen map[guessKey]guessCount
}

// guessKey is a token, and a network; the zero prefix stands for all.
type guessKey struct {
	id      string
	network netip.Prefix
}

// guessCount is how many were taken in the minute that began then.
type guessCount struct {
	began time.Time
	taken int
}

// guess is one attempt. It is wrong until it is given back, so that many at once
// are no better than one after another.
type guess struct {
	of   *guesses
	keys [2]guessKey
}

func newGuesses() *guesses { return &guesses{seen: map[guessKey]guessCount{}} }

// take begins an attempt from an address, or gives errManyGuesses.
func (g *guesses) take(id, address string, now time.Time) (guess, error) {
	own, all := guessKey{id, networkOf(address)}, guessKey{id: id}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.seen) >= maxGuesses {
		g.forget(now)
	}
	ofNetwork, ofToken := g.count(own, now), g.count(all, now)
	if ofNetwork.taken >= guessesOfNetwork || ofNetwork.taken > 0 && ofToken.taken >= guessesOfToken {
		return guess{}, errManyGuesses
	}
	ofNetwork.taken++
	ofToken.taken++
	g.seen[own], g.seen[all] = ofNetwork, ofToken
	return guess{g, [2]guessKey{own, all}}, nil
}

// count gives what was taken in the current minute. A clock that was set back
// begins a new one.
func (g *guesses) count(key guessKey, now time.Time) guessCount {
	count := g.seen[key]
	if since := now.Sub(count.began); since < 0 || since >= guessesWindow {
		return guessCount{began: now}
	}
	return count
}

// forget makes room: for as long as it takes to fill again, the bounds are none.
func (g *guesses) forget(now time.Time) {
	for key := range g.seen {
		if g.count(key, now).taken == 0 {
			delete(g.seen, key)
		}
	}
	if len(g.seen) >= maxGuesses {
		clear(g.seen)
	}
}

// giveBack says that the attempt was not a wrong one.
func (g guess) giveBack() {
	g.of.mu.Lock()
	defer g.of.mu.Unlock()
	for _, key := range g.keys {
		if count, known := g.of.seen[key]; known && count.taken > 0 {
			count.taken--
			g.of.seen[key] = count
		}
	}
}

// networkOf gives the network of an address: of IPv6 the /48, which one customer may
// have, since each network has an attempt of its own. Without a readable address it
// is one network.
func networkOf(address string) netip.Prefix {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	}
	bits := 32
	if addr = addr.Unmap(); addr.Is6() {
		bits = 48
	}
	network, _ := addr.WithZone("").Prefix(bits) // fails for no bits of this length
	return network
}
