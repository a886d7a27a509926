package outbound

import "net/netip"

// IsPublic reports whether an address belongs to the network at large: not to
// this machine or network, to no other sort of receiver, not to a block that
// stands for other addresses, and not to a service that a cloud has for the
// machine that asks.
func IsPublic(a netip.Addr) bool {
	if !a.IsValid() || a.Is4In6() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || isOfMachine(a) {
		return false
	}
	for _, block := range [...]string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(block).Contains(a) {
			return false
		}
	}
	return true
}

// isOfMachine reports whether an address is that of a service that a cloud offers
// to each of its machines, at an address of the network at large: it gives
// whoever can make the machine ask its credentials or its secrets.
//
//   - 168.63.129.16 is the host agent of Azure, with certificates and settings of
//     the machine ("What is IP address 168.63.129.16?", Azure documentation).
//
// The others are in blocks that are not public anyway: 169.254.169.254 and
// 169.254.170.2 (AWS, Google, Azure, Oracle, DigitalOcean) are link-local,
// 100.100.100.200 (Alibaba) is shared space, 192.0.0.192 (Oracle, classic) is
// reserved for protocols, fd00:ec2::254 (AWS) and fd20:ce::254 (Google) are
// unique local.
func isOfMachine(a netip.Addr) bool { return a == netip.AddrFrom4([4]byte{168, 63, 129, 16}) }
