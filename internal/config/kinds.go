package config

import (
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Kinds holds the settings of each kind of token.
type Kinds struct {
	Service   ServiceKind   `yaml:"service"`
	Personal  PersonalKind  `yaml:"personal"`
	Workspace WorkspaceKind `yaml:"workspace"`
	User      UserKind      `yaml:"user"`
}

// ServiceKind holds the settings of service tokens.
type ServiceKind struct {
	Prefix string `yaml:"prefix"` // default "bsat"
	// DefaultLifetime of a token whose expiry was left open. Default: equal
	// to MaxLifetime.
	DefaultLifetime time.Duration `yaml:"default_lifetime"`
	MaxLifetime     time.Duration `yaml:"max_lifetime"` // whole days, default 365d
	// Scopes follow the built-in ones; see Catalogue. Default none.
	Scopes []Scope `yaml:"scopes"`
	// NameReuse says when the name of an ended token is free. Default never.
	NameReuse token.NameReuse `yaml:"name_reuse"`
	// ExpiringWindow is how long before its expiry a token counts as
	// expiring: 1d to 90d, default 30d.
	ExpiringWindow time.Duration `yaml:"expiring_window"`
	MaxPerOwner    int           `yaml:"max_per_owner"` // usable tokens per group, default 10000
}

// Scope is an entry of the scope catalogue. All three are required.
type Scope struct {
	ID          string `yaml:"id"`
	Description string `yaml:"description"`
	Plugin      string `yaml:"plugin"`
}

// builtinScopes come first in every catalogue.
func builtinScopes() []Scope {
	return []Scope{
		{"catalog:read", "Read access to the Software Catalog API", "catalog"},
		{"catalog:write", "Write access to the Software Catalog API", "catalog"},
		{"techdocs:read", "Read access to TechDocs", "techdocs"},
		{"scaffolder:read", "Read access to Scaffolder templates and tasks", "scaffolder"},
		{"scaffolder:execute", "Execute Scaffolder templates", "scaffolder"},
	}
}

// Catalogue lists every scope a service token may have: the built-in ones,
// then the configured ones in their order.
func (k ServiceKind) Catalogue() []Scope { return append(builtinScopes(), k.Scopes...) }

// PersonalKind holds the settings of personal tokens.
type PersonalKind struct {
	// Enabled says whether people may make and manage such tokens. Those that
	// exist are managed by administrators all the same. Default true.
	Enabled         bool          `yaml:"enabled"`
	DefaultLifetime time.Duration `yaml:"default_lifetime"` // default 30d
	MaxLifetime     time.Duration `yaml:"max_lifetime"`     // whole days, default 365d
	MaxPerOwner     int           `yaml:"max_per_owner"`    // 1 to 1000, default 20
	// AccessLifetime of the JWT given in exchange: 1m to 15m, default 10m.
	AccessLifetime time.Duration `yaml:"access_lifetime"`
	// Rotate gives a new token with every exchange, and takes the use of a
	// former one for theft. Default false: a token stays what it is.
	Rotate bool `yaml:"rotate"`
	// RequestsPerMinute per user on the REST of personal tokens, and per
	// address where nobody need be signed in. Default 60.
	RequestsPerMinute int `yaml:"requests_per_minute"`
}

// UserKind holds the settings of tokens an administrator assigns to a user.
type UserKind struct {
	Prefix          string        `yaml:"prefix"`           // default "pv_live"
	DefaultLifetime time.Duration `yaml:"default_lifetime"` // default 90d, or MaxLifetime when that is shorter
	MaxLifetime     time.Duration `yaml:"max_lifetime"`     // whole days, at most and by default 365d
	MaxPerOwner     int           `yaml:"max_per_owner"`    // usable tokens per user, default 50
	// Permissions a token may have, in their order. An entry is a name, or a
	// name with a description for forms. Default issue_view and upload.
	Permissions []UserPermission `yaml:"permissions"`
	// AcceptedPrefixes are former prefixes: tokens with them are good, new
	// ones do not get them. Default none.
	AcceptedPrefixes []string `yaml:"accepted_prefixes"`
	// TrustedPeers are the names of peer keys whose back ends may act for
	// administrators. Default none: no back end may.
	TrustedPeers []string `yaml:"trusted_peers"`
}

// UserPermission is an entry of the allow-list of user tokens.
type UserPermission struct {
	ID          string `yaml:"id" alone:"true"`
	Description string `yaml:"description"`
}

// Allowed gives the permissions by name. One that was taken off the list stays
// in the tokens that name it, and is not granted any more.
func (k UserKind) Allowed() token.Scopes {
	names := make(token.Scopes, len(k.Permissions))
	for i, one := range k.Permissions {
		names[i] = one.ID
	}
	return names
}

// Prefixes gives the prefix of each kind that has one, as token.NewFormats
// takes them.
func (k Kinds) Prefixes() map[token.Kind]string {
	return map[token.Kind]string{token.KindService: k.Service.Prefix, token.KindUser: k.User.Prefix}
}

// FormerPrefixes gives the prefixes that are accepted and not given out.
func (k Kinds) FormerPrefixes() []token.FormerPrefix {
	former := make([]token.FormerPrefix, len(k.User.AcceptedPrefixes))
	for i, prefix := range k.User.AcceptedPrefixes {
		former[i] = token.FormerPrefix{Kind: token.KindUser, Prefix: prefix}
	}
	return former
}
