package peer

import (
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// Options are what a TokenManager is made of. At least one caller is required.
type Options struct {
	// Keys are the shared secrets: the first signs, all verify.
	Keys []Key
	// Static are callers with a fixed text.
	Static []Static
	// JWKS are callers with tokens of other issuers.
	JWKS []JWKS
	// PluginID is the own id in the tokens of plugins, their aud. "" means
	// that no such token is accepted.
	PluginID string
	// Plugins are those whose tokens are accepted.
	Plugins []Plugin
	// Users finds the keys of the issuer of limited-user JWTs, by which a
	// plugin proves for whom it acts; nil means that no plugin may.
	Users jwt.KeySource
	// Leeway is how far clocks may differ, from 0 to MaxLeeway. It must be the
	// same on all nodes. Default 0.
	Leeway time.Duration
	// Clock gives the time; nil means the system's.
	Clock func() time.Time
}

// New makes a TokenManager. Its error is [Faults] with everything that is
// wrong.
func New(opts Options) (*TokenManager, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	m := &TokenManager{
		clock: opts.Clock, leeway: opts.Leeway, static: map[token.Digest]*Caller{}, issuers: map[string]*JWKS{},
		plugins: map[string]jwt.KeySource{}, pluginID: opts.PluginID, users: opts.Users, reused: map[string]reuse{},
	}
	b := builder{
		manager: m, now: opts.Clock(), named: map[string]*Caller{}, subjects: map[token.Subject]string{},
		prints: map[token.Digest]string{},
	}
	b.keys(opts.Keys)
	b.staticTokens(opts.Static)
	b.issuers(opts.JWKS)
	b.pluginKeys(opts)
	switch usable := len(m.static) + len(m.issuers) + len(m.plugins); {
	case len(b.faults) > 0: // one mistake, one line
	case usable == 0 && !slices.ContainsFunc(m.keys, func(k key) bool { return !k.caller.over(b.now) }):
		b.fault("peer.keys", "at least one key is needed")
	}
	if opts.Leeway < 0 || opts.Leeway > MaxLeeway {
		b.fault("peer.leeway", "must be from 0s to 60s")
	} else if opts.Leeway > 0 {
		b.note("peer", "clocks may differ by "+opts.Leeway.String())
	}
	if len(b.faults) > 0 {
		return nil, b.faults
	}
	for subject := range b.subjects {
		m.subjects = append(m.subjects, subject)
	}
	m.notes = b.notes
	return m, nil
}

// builder gathers what is right and what is wrong.
type builder struct {
	manager  *TokenManager
	now      time.Time
	named    map[string]*Caller       // the first of each name
	subjects map[token.Subject]string // and who has it
	prints   map[token.Digest]string  // of every secret, and where it stands
	faults   Faults
	notes    []Note
}

func (b *builder) fault(place, message string) {
	b.faults = append(b.faults, Fault{place, message})
}

func (b *builder) note(peer, text string) { b.notes = append(b.notes, Note{peer, text}) }
