package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// checkAddresses checks where the server listens and what it calls itself.
func (l *loader) checkAddresses() {
	c := l.cfg
	host, port, ok := l.listenAddress("listen", c.Listen)
	if ok && c.Dev && !loopback(host) {
		// Demonstration users sign in without a password (row A-21).
		l.fault("dev", "seeds demonstration users, so it needs a loopback address to listen on, such as 127.0.0.1:7080; "+
			"change listen (now %s) or leave dev out", c.Listen)
	}
	if c.OpsListen != "" {
		opsHost, opsPort, opsOK := l.listenAddress("ops_listen", c.OpsListen)
		if ok && opsOK && opsHost == host && opsPort == port && port != "0" {
			l.fault("ops_listen", "is the same address as listen; give it a port of its own")
		} else if opsOK && !loopback(opsHost) {
			l.warn("ops_listen", "is not a loopback address: whoever reaches it reads metrics and profiles without a credential")
		}
	}
	l.checkHosts()
	if !l.given("public_url") {
		if ok && unspecified(host) {
			l.warn("public_url", "is not set, so links begin with http://%s, which no other machine can follow", c.Listen)
		}
		return
	}
	if u := l.plainURL("public_url", c.PublicURL); u != nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		l.warn("public_url", "is http: tokens travel readable by anybody on the way; use https")
	}
}

// checkHosts: a name is compared with the Host header without its port.
func (l *loader) checkHosts() {
	for i, host := range l.cfg.Hosts {
		bracketed := strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]")
		if host == "" || strings.ContainsAny(host, "/@?# ") || strings.Contains(host, ":") && !bracketed {
			l.fault(indexed("hosts", i), "must be a name such as tokenwright.internal, without scheme and port")
		}
	}
	if len(l.cfg.Hosts) > 0 && !l.given("public_url") {
		l.warn("hosts", "does nothing as long as public_url is not set: every name is served")
	}
}

// checkData: the folder is part of the path of the SQLite file.
func (l *loader) checkData() {
	if strings.ContainsAny(l.cfg.Data, unsafePath) || strings.Contains(l.cfg.Data, ":memory:") {
		l.fault("data", "must be a folder whose path holds neither ? nor # nor :memory:")
	}
}

// listenAddress checks an address to listen on, "host:port".
func (l *loader) listenAddress(key, address string) (host, port string, ok bool) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || strings.ContainsAny(host, " /@") {
		l.fault(key, "must be host:port, such as 127.0.0.1:7080 or [::1]:7080")
		return "", "", false
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		l.fault(key, "must end in a port from 0 to 65535, such as 127.0.0.1:7080")
		return "", "", false
	}
	return host, port, true
}

func (l *loader) checkProxies() {
	for i, network := range l.cfg.TrustedProxies {
		if network.IsValid() && network.Bits() == 0 {
			l.warn(indexed("trusted_proxies", i), "trusts every address, so any client can say it is another; name the proxies alone")
		}
	}
}

// plainURL checks an absolute http or https URL that has neither user, query
// nor fragment. It never repeats the URL: there may be a password in it.
func (l *loader) plainURL(key, s string) *url.URL {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		l.fault(key, "must be a URL such as https://tokens.example.com")
	case u.User != nil:
		l.fault(key, "must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		l.fault(key, "must have neither a query (?) nor a fragment (#)")
	case u.Port() == "" && strings.HasSuffix(u.Host, ":"):
		l.fault(key, "has a colon without a port behind its host")
	default:
		return u
	}
	return nil
}

// secureURL is plainURL for what is fetched and trusted: https, except on
// this machine.
func (l *loader) secureURL(key, s string) {
	if u := l.plainURL(key, s); u != nil && u.Scheme != "https" && !loopback(u.Hostname()) {
		l.fault(key, "must be https; http is accepted for loopback addresses alone")
	}
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

func unspecified(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.IsUnspecified()
}
