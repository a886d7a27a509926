package config

import (
	"time"

	"github.com/tokenwright/tokenwright/verify"
)

// Verify holds the settings of verification.
type Verify struct {
	// Lease is how long cached records may be used without hearing the feed.
	// Default 5s, at most 24h.
	Lease time.Duration `yaml:"lease"`
	// CacheEntries bounds the cache. Default 1000000.
	CacheEntries int `yaml:"cache_entries"`
	// CacheTTL bounds the age of an entry. Default 60s; 0 means no caching.
	// It is not the bound of a revocation: that is the feed's.
	CacheTTL time.Duration `yaml:"cache_ttl"`
	// TrustClock starts with the time of this host although the log has
	// entries of a later one. Default false: what had expired by the newest
	// entry stays expired.
	TrustClock bool `yaml:"trust_clock"`
}

// ForwardAuth holds the settings of the forward-auth surface.
type ForwardAuth struct {
	// Basic accepts a token as the password of Authorization: Basic, for
	// clients that speak nothing else. Default true.
	Basic bool `yaml:"basic"`
}

// Rule is what a request to a path must bring. The first rule that matches
// decides; without one the request is denied.
type Rule struct {
	// Use names a ready set of rules in the place of this one: "workspace",
	// the rules of the workspace API. Path is then what stands before its
	// paths, and no other key may be there. Default "": none.
	Use string `yaml:"use"`
	// Path in segments: "*" is one, "**" at the end is the rest.
	Path     string   `yaml:"path"`
	Methods  []string `yaml:"methods"`   // nil: every method
	Scopes   []string `yaml:"scopes"`    // all are needed
	AnyScope []string `yaml:"any_scope"` // one is needed
	Kinds    []string `yaml:"kinds"`     // nil: every kind
	Public   bool     `yaml:"public"`    // true: no credential is needed
	Upgrade  string   `yaml:"upgrade"`   // "websocket": only such requests; "": any
	// Body holds demands that depend on the body, added to the above. Who
	// sees no body, as forward-auth, demands all of them.
	Body []BodyRule `yaml:"body"`
	// Content says what the body must be, and demands what it needs:
	// "transaction", "event" or "operations" of the workspace API; "": anything.
	Content string `yaml:"content"`
	// Line is where the rule stands in the file.
	Line int `yaml:"-"`
}

// BodyRule demands scopes of a JSON body that has certain members.
type BodyRule struct {
	Where    map[string]string `yaml:"where"`    // members and their values
	Anywhere bool              `yaml:"anywhere"` // true: at any depth
	Scopes   []string          `yaml:"scopes"`
}

// Compiled gives the rule as package verify takes it. removing are the names of
// events and operations that remove, for rules that look at contents.
func (r Rule) Compiled(removing []string) verify.Rule {
	out := verify.Rule{
		Use: r.Use, Path: r.Path, Methods: r.Methods, Public: r.Public, Scopes: r.Scopes,
		AnyScope: r.AnyScope, Kinds: r.Kinds, Upgrade: r.Upgrade, Content: r.Content, Removing: removing,
	}
	for _, one := range r.Body {
		out.Body = append(out.Body, verify.BodyRule(one))
	}
	return out
}
