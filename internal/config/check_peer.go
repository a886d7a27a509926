package config

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/peer"
)

// checkPeer applies the rules that need no secret. The others are those of
// package peer; see checkPeers.
func (l *loader) checkPeer() {
	p := l.cfg.Peer
	for i, key := range p.Keys {
		at := indexed("peer.keys", i)
		if key.Secret().IsZero() {
			l.fault(at, "names no secret; give secret_file or secret_env")
		}
		if key.Name != "" && !dashed(key.Name) {
			l.fault(at+".name", "must be 1 to 63 lower-case letters, digits or hyphens")
		}
		l.checkInstant(at+".not_before", key.NotBefore)
		l.checkInstant(at+".not_after", key.NotAfter)
	}
	for i, one := range p.External {
		l.checkExternal(indexed("peer.external", i), one)
	}
	for i, one := range p.Plugins {
		at := indexed("peer.plugins", i)
		l.required(at+".id", one.ID)
		if l.required(at+".jwks_uri", one.JWKSURI) {
			l.secureURL(at+".jwks_uri", one.JWKSURI)
		}
	}
	l.checkKeyHosts()
	l.lasting("peer.leeway", p.Leeway, 0, peer.MaxLeeway)
}

func (l *loader) checkExternal(at string, e PeerExternal) {
	l.checkInstant(at+".not_before", e.NotBefore)
	l.checkInstant(at+".not_after", e.NotAfter)
	if e.Options.AccessRestrictions != nil {
		// The reference reads them there and does not apply them (PEER-24).
		l.fault(at+".options.access_restrictions", "belongs on the entry, beside options")
	}
	switch e.Type {
	case "static":
		if e.Options.Token().IsZero() {
			l.fault(at+".options", "names no token; give token_file or token_env")
		}
	case "jwks":
		if l.required(at+".options.url", e.Options.URL) {
			l.secureURL(at+".options.url", e.Options.URL)
		}
		for _, issuer := range e.Options.Issuer {
			if slices.ContainsFunc(l.cfg.SignIn.Issuers, func(one Issuer) bool { return one.Issuer == issuer }) {
				l.fault(at+".options.issuer", "is an issuer of sign_in.issuers too, whose tokens are those of people")
			}
		}
	case "legacy":
		l.fault(at+".type", "a shared secret is an entry of peer.keys")
	default:
		l.oneOf(at+".type", e.Type, "static", "jwks")
	}
}

func (l *loader) checkInstant(key, written string) {
	if _, err := time.Parse(time.RFC3339, written); err != nil && written != "" {
		l.fault(key, "must be a time such as 2026-12-31T00:00:00Z, in quotes")
	}
}

// checkPeers reports what package peer finds wrong, such as a secret that is
// too short. With --dev, a section without keys makes one.
func (c *Config) checkPeers(found *findings) {
	if !c.HasPeers() {
		return
	}
	opts, err := c.PeerOptions(func(string) (peer.KeySource, error) { return noKeys{}, nil })
	if err != nil {
		return // the secrets that cannot be read are reported already
	}
	_, err = c.NewPeers(opts)
	var faults peer.Faults
	if errors.As(err, &faults) {
		for _, one := range faults {
			found.fault(one.Place, "%s", one.Message)
		}
	}
}

// NewPeers makes the TokenManager of the configuration.
func (c *Config) NewPeers(opts peer.Options) (*peer.TokenManager, error) {
	if c.Dev && len(opts.Keys) == 0 {
		return peer.NewDevelopment(opts)
	}
	return peer.New(opts)
}

// noKeys stands for key sets that are not read while the rest is checked.
type noKeys struct{}

// FindKeys implements peer.KeySource.
func (noKeys) FindKeys(context.Context, string) ([]peer.VerifyingKey, error) { return nil, nil }
