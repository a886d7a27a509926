package config

import "time"

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
	// Path in segments: "*" is one, "**" at the end is the rest.
	Path     string   `yaml:"path"`
	Methods  []string `yaml:"methods"`   // nil: every method
	Scopes   []string `yaml:"scopes"`    // all are needed
	AnyScope []string `yaml:"any_scope"` // one is needed
	Kinds    []string `yaml:"kinds"`     // nil: every kind
	Public   bool     `yaml:"public"`    // true: no credential is needed
	Upgrade  string   `yaml:"upgrade"`   // "websocket": only such requests; "": any
	// Body holds demands that depend on the body, added to the above.
	Body []BodyRule `yaml:"body"`
	// Line is where the rule stands in the file.
	Line int `yaml:"-"`
}

// BodyRule demands scopes of a JSON body that has certain members.
type BodyRule struct {
	Where    map[string]string `yaml:"where"`    // members and their values
	Anywhere bool              `yaml:"anywhere"` // true: at any depth
	Scopes   []string          `yaml:"scopes"`
}
