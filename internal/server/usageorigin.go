package server

import (
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/token"
)

// originAgain is how often the same address of a token is written, in seconds:
// people read it to the minute.
const originAgain = 60

// origins are the addresses from which one token was used since it was last
// gathered, a few. They belong to the token, so their lock is no business of
// others; an address that is known already is found without it.
type origins struct {
	mu   sync.Mutex
	seen [token.MaxUsedFrom]atomic.Pointer[origin]
	next int // the one that gives way when all are taken
}

// origin is one address, or network, with the times of its last use and of when
// that was last written, in Unix s.
type origin struct {
	from    netip.Prefix
	at      atomic.Int64
	written int64 // of gather alone
}

// note notes a use. Addresses are few where a token is well looked after; one
// that is used from everywhere writes over what it noted.
func (o *origins) note(from netip.Prefix, now int64) {
	for i := range o.seen {
		switch one := o.seen[i].Load(); {
		case one == nil:
			o.add(from, now)
			return
		case one.from == from:
			stamp(&one.at, now)
			return
		}
	}
	o.add(from, now)
}

func (o *origins) add(from netip.Prefix, now int64) {
	one := &origin{from: from}
	one.at.Store(now)
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.seen {
		if known := o.seen[i].Load(); known == nil || known.from == from {
			o.seen[i].Store(one)
			return
		}
	}
	o.seen[o.next].Store(one)
	o.next = (o.next + 1) % len(o.seen)
}

// gather appends the addresses whose last use is to be written.
func (o *origins) gather(list []token.UsedFrom, id string, now int64) []token.UsedFrom {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.seen {
		one := o.seen[i].Load()
		if one == nil || now-one.written < originAgain || one.at.Load() <= one.written {
			continue
		}
		one.written = now
		list = append(list, token.UsedFrom{TokenID: id, From: placeText(one.from), At: second(one.at.Load())})
	}
	return list
}

// placeText writes a whole address without its length.
func placeText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// cutter gives what keeps of an address what the configuration allows; nil keeps
// nothing.
func cutter(addresses string) func(netip.Addr) netip.Prefix {
	switch addresses {
	case config.AddressesFull:
		return func(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }
	case config.AddressesNetwork:
		return func(a netip.Addr) netip.Prefix {
			bits := 24
			if a.Is6() {
				bits = 48
			}
			network, _ := a.Prefix(bits) // fails for lengths that no address has
			return network
		}
	}
	return nil
}
