package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/outbound"
)

// checkKeyHosts compares the hosts of key sets with those that may have private
// addresses (PEER-22). What a name means is known only when it is dialled; an
// address that stands in the file is judged here.
func (l *loader) checkKeyHosts() {
	p := l.cfg.Peer
	urls := map[string]string{}
	for i, one := range p.External {
		urls[indexed("peer.external", i)+".options.url"] = one.Options.URL
	}
	for i, one := range p.Plugins {
		urls[indexed("peer.plugins", i)+".jwks_uri"] = one.JWKSURI
	}
	var hosts []string
	for key, text := range urls {
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" {
			continue // reported already, or of another type
		}
		host := strings.ToLower(u.Hostname())
		hosts = append(hosts, host)
		addr, err := netip.ParseAddr(host)
		if err == nil && !addr.Unmap().IsLoopback() && !outbound.IsPublic(addr) && !slices.Contains(p.PrivateHosts, host) {
			l.fault(key, "is at an address of a private network; if that is meant, list %s under peer.private_hosts", host)
		}
	}
	for i, host := range p.PrivateHosts {
		if !slices.Contains(hosts, host) {
			l.fault(indexed("peer.private_hosts", i), "is the host of no URL below peer; write it in lower case, without port")
		}
	}
}
