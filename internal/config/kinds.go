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
	Enabled         bool          `yaml:"enabled"`          // default true
	DefaultLifetime time.Duration `yaml:"default_lifetime"` // default 30d
	MaxLifetime     time.Duration `yaml:"max_lifetime"`     // whole days, default 365d
	MaxPerOwner     int           `yaml:"max_per_owner"`    // 1 to 1000, default 20
	// AccessLifetime of the JWT given in exchange: 1m to 15m, default 10m.
	AccessLifetime time.Duration `yaml:"access_lifetime"`
}

// WorkspaceKind holds the settings of workspace tokens.
type WorkspaceKind struct {
	DefaultLifetime time.Duration `yaml:"default_lifetime"` // default 30d
	MaxLifetime     time.Duration `yaml:"max_lifetime"`     // whole days, at most and by default 365d
	MaxPerOwner     int           `yaml:"max_per_owner"`    // usable tokens per account, default 100
}

// UserKind holds the settings of tokens an administrator assigns to a user.
type UserKind struct {
	Prefix          string        `yaml:"prefix"`           // default "pv_live"
	DefaultLifetime time.Duration `yaml:"default_lifetime"` // default 90d, or MaxLifetime when that is shorter
	MaxLifetime     time.Duration `yaml:"max_lifetime"`     // whole days, at most and by default 365d
	MaxPerOwner     int           `yaml:"max_per_owner"`    // usable tokens per user, default 50
	// Permissions a token may have. Default issue_view and upload.
	Permissions []string `yaml:"permissions"`
}

// Prefixes gives the prefix of each kind that has one, as token.NewFormats
// takes them.
func (k Kinds) Prefixes() map[token.Kind]string {
	return map[token.Kind]string{token.KindService: k.Service.Prefix, token.KindUser: k.User.Prefix}
}
