package config

import "time"

// Usage says what is kept about how tokens are used. The last use of a token is
// always kept.
type Usage struct {
	// Keep is for how long uses per token and hour are kept, and addresses from
	// their last use on. Default 90d; 0 keeps neither.
	Keep time.Duration `yaml:"keep"`
	// Addresses says from where uses are noted: "full" addresses (default),
	// the "network" alone (an IPv4 /24, an IPv6 /48), or "off".
	Addresses string `yaml:"addresses"`
}

// The values of Usage.Addresses.
const (
	AddressesFull    = "full"
	AddressesNetwork = "network"
	AddressesOff     = "off"
)

// checkUsage: less than a day would leave nothing to show, and more than two
// years is nobody's question.
func (l *loader) checkUsage() {
	u := l.cfg.Usage
	if u.Keep != 0 {
		l.lasting("usage.keep", u.Keep, day, 732*day)
	}
	l.oneOf("usage.addresses", u.Addresses, AddressesFull, AddressesNetwork, AddressesOff)
}
