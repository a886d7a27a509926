package config

import (
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// Peer says which services may show tokens of their own. Without the section
// no such token is accepted.
type Peer struct {
	Keys     []PeerKey      `yaml:"keys"`     // the first signs, all verify
	External []PeerExternal `yaml:"external"` // callers without a shared secret; default none
	// PluginID is the own id in the tokens of plugins. Default "": none is
	// accepted.
	PluginID string       `yaml:"plugin_id"`
	Plugins  []PeerPlugin `yaml:"plugins"` // whose tokens are accepted; default none
	// Leeway is how far clocks may differ: 0s (default) to 60s, the same on
	// all nodes.
	Leeway time.Duration `yaml:"leeway"`
	// PrivateHosts are hosts of key sets that may have addresses of a private
	// network. Default none: keys are read from public addresses alone.
	PrivateHosts []string `yaml:"private_hosts"`
}

// PeerKey is a secret shared with another service; see peer.Key.
type PeerKey struct {
	Name               string            `yaml:"name"`        // "": nameless, and without rights
	SecretFile         string            `yaml:"secret_file"` // this or the next, not both
	SecretEnv          string            `yaml:"secret_env"`
	Subject            string            `yaml:"subject"`             // default "external:" and Name
	Audience           string            `yaml:"audience"`            // "": tokens must have no aud
	Scopes             []string          `yaml:"scopes"`              // default none
	AccessRestrictions []PeerRestriction `yaml:"access_restrictions"` // default none
	Unrestricted       bool              `yaml:"unrestricted"`
	Sign               *bool             `yaml:"sign"`       // nil: true for the first key alone
	NotBefore          string            `yaml:"not_before"` // RFC 3339; "": always
	NotAfter           string            `yaml:"not_after"`
	AllowShortKey      bool              `yaml:"allow_short_key"`
	MaxLifetime        time.Duration     `yaml:"max_lifetime"` // 1h to 366d, default 24h
}

// Secret gives the reference to the shared secret.
func (k PeerKey) Secret() SecretRef { return SecretRef{k.SecretFile, k.SecretEnv} }

// PeerExternal is a caller with a fixed text, or with tokens of another issuer.
type PeerExternal struct {
	Type               string            `yaml:"type"` // "static" or "jwks"
	Options            PeerOptions       `yaml:"options"`
	Name               string            `yaml:"name"`
	Audience           string            `yaml:"audience"`
	Scopes             []string          `yaml:"scopes"`
	AccessRestrictions []PeerRestriction `yaml:"access_restrictions"`
	Unrestricted       bool              `yaml:"unrestricted"`
	NotBefore          string            `yaml:"not_before"`
	NotAfter           string            `yaml:"not_after"`
	AllowShortKey      bool              `yaml:"allow_short_key"` // a text from 8 characters
	MaxLifetime        time.Duration     `yaml:"max_lifetime"`    // of jwks
}

// PeerOptions are those of one type of external caller.
type PeerOptions struct {
	TokenFile string `yaml:"token_file"` // static: this or the next, not both
	TokenEnv  string `yaml:"token_env"`
	Subject   string `yaml:"subject"` // static; default "external:" and the name
	// URL of the key set of a jwks caller: https, or http on loopback.
	URL           string   `yaml:"url"`
	Algorithm     []string `yaml:"algorithm"` // ES256, RS256, EdDSA
	Issuer        []string `yaml:"issuer"`
	Audience      []string `yaml:"audience"`
	SubjectPrefix string   `yaml:"subject_prefix"`
	// AccessRestrictions belong on the entry; here they are a fault.
	AccessRestrictions []PeerRestriction `yaml:"access_restrictions"`
}

// Token gives the reference to the fixed text.
func (o PeerOptions) Token() SecretRef { return SecretRef{o.TokenFile, o.TokenEnv} }

// PeerRestriction lets a caller into one plugin; see peer.Restriction.
type PeerRestriction struct {
	Plugin              string         `yaml:"plugin"`
	Permission          []string       `yaml:"permission"`
	PermissionAttribute *PeerAttribute `yaml:"permission_attribute"`
}

// PeerAttribute limits a caller to some actions.
type PeerAttribute struct {
	Action []string `yaml:"action"`
}

// PeerPlugin is a plugin whose tokens are accepted. Both are required.
type PeerPlugin struct {
	ID      string `yaml:"id"`
	JWKSURI string `yaml:"jwks_uri"`
}

// HasPeers reports whether there is a section about peers.
func (c *Config) HasPeers() bool { _, ok := c.places["peer"]; return ok }

// PeerOptions reads the secrets of peers and gives what a peer.TokenManager is
// made of; keysAt gives the source of the keys at a URL. Its error is [Faults].
func (c *Config) PeerOptions(keysAt func(url string) (peer.KeySource, error)) (peer.Options, error) {
	r := peerReader{
		c: c, keysAt: keysAt, findings: findings{places: c.places, faulty: map[string]bool{}},
		out: peer.Options{PluginID: c.Peer.PluginID, Leeway: c.Peer.Leeway},
	}
	for i, one := range c.Peer.Keys {
		at := indexed("peer.keys", i)
		r.out.Keys = append(r.out.Keys, peer.Key{
			Caller: r.caller(at, one), Secret: r.secret(at+".secret", one.Secret()), Sign: one.Sign, AllowShort: one.AllowShortKey,
		})
	}
	for i, one := range c.Peer.External {
		r.external(indexed("peer.external", i), one)
	}
	for i, one := range c.Peer.Plugins {
		r.out.Plugins = append(r.out.Plugins, peer.Plugin{
			ID: one.ID, Keys: r.keys(indexed("peer.plugins", i)+".jwks_uri", one.JWKSURI),
		})
	}
	return r.out, r.err()
}

// peerReader turns the section into options.
type peerReader struct {
	findings
	c      *Config
	keysAt func(url string) (peer.KeySource, error)
	out    peer.Options
}

func (r *peerReader) caller(at string, k PeerKey) peer.Caller {
	return peer.Caller{
		Name: k.Name, Subject: token.Subject(k.Subject), Audience: k.Audience, Scopes: k.Scopes,
		Restrictions: restrictions(k.AccessRestrictions), Unrestricted: k.Unrestricted, MaxLifetime: k.MaxLifetime,
		NotBefore: instant(k.NotBefore), NotAfter: instant(k.NotAfter), Place: at,
	}
}

func (r *peerReader) external(at string, e PeerExternal) {
	caller := r.caller(at, PeerKey{
		Name: e.Name, Subject: e.Options.Subject, Audience: e.Audience, Scopes: e.Scopes,
		AccessRestrictions: e.AccessRestrictions, Unrestricted: e.Unrestricted, MaxLifetime: e.MaxLifetime,
		NotBefore: e.NotBefore, NotAfter: e.NotAfter,
	})
	if e.Type == "static" {
		r.out.Static = append(r.out.Static, peer.Static{
			Caller: caller, Token: r.secret(at+".options.token", e.Options.Token()), AllowShort: e.AllowShortKey,
		})
		return
	}
	r.out.JWKS = append(r.out.JWKS, peer.JWKS{
		Caller: caller, Issuers: e.Options.Issuer, Audiences: e.Options.Audience, Algorithms: e.Options.Algorithm,
		SubjectPrefix: e.Options.SubjectPrefix, Keys: r.keys(at+".options.url", e.Options.URL),
	})
}

// secret reads a secret; the key is the stem of the two that can name it.
func (r *peerReader) secret(key string, ref SecretRef) token.Secret {
	secret, err := ref.Read(r.c.env)
	if err != nil {
		r.fault(namedSecret{key: key, ref: ref}.field(), "%s", token.Message(err))
	}
	return secret
}

func (r *peerReader) keys(key, url string) peer.KeySource {
	source, err := r.keysAt(url)
	if err != nil {
		r.fault(key, "%s", token.Message(err))
	}
	return source
}

// restrictions keeps a limit that is there and names nothing apart from one
// that is not there: the first is a mistake.
func restrictions(list []PeerRestriction) peer.Restrictions {
	var out peer.Restrictions
	for _, one := range list {
		r := peer.Restriction{Plugin: one.Plugin}
		if one.Permission != nil {
			r.Permissions = peer.SplitList(one.Permission)
		}
		if one.PermissionAttribute != nil {
			r.Actions = peer.SplitList(one.PermissionAttribute.Action)
		}
		out = append(out, r)
	}
	return out
}

// instant reads a time that was found well written; "" is the zero time.
func instant(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s) // see checkInstant
	return t
}
