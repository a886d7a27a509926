package config

import (
	"cmp"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

const (
	day = 24 * time.Hour

	defaultSubject  = "user:default/{preferred_username}"
	defaultDatabase = "tokenwright.db"
)

// defaults is the configuration without any source.
func defaults() *Config {
	return &Config{
		Listen: "127.0.0.1:7080",
		Data:   "./tokenwright-data",

		DefaultRole: policy.RoleUser,
		Kinds: Kinds{
			Service: ServiceKind{
				Prefix: "bsat", MaxLifetime: 365 * day, NameReuse: token.ReuseNever,
				ExpiringWindow: 30 * day, MaxPerOwner: 10_000,
			},
			Personal: PersonalKind{
				Enabled: true, DefaultLifetime: 30 * day, MaxLifetime: 365 * day,
				MaxPerOwner: 20, AccessLifetime: 10 * time.Minute, RequestsPerMinute: 60,
			},
			Workspace: defaultWorkspaceKind(),
			User: UserKind{
				Prefix: "pv_live", DefaultLifetime: 90 * day, MaxLifetime: 365 * day, MaxPerOwner: 50,
				Permissions: []UserPermission{{ID: "issue_view"}, {ID: "upload"}},
			},
		},
		OAuth:       defaultOAuth(),
		SignIn:      SignIn{Sessions: Sessions{Lifetime: 12 * time.Hour, Idle: time.Hour}},
		Verify:      Verify{Lease: 5 * time.Second, CacheEntries: 1_000_000, CacheTTL: time.Minute},
		Usage:       Usage{Keep: 90 * day, Addresses: AddressesFull},
		ForwardAuth: ForwardAuth{Basic: true},
		Limits:      Limits{RequestsPerMinute: 600, Connections: 8192, ConnectionsPerAddress: 1024, ClientsPerRegistrar: 1000},
		Log:         Log{Level: slog.LevelInfo, Format: "json"},
	}
}

// derive fills what was left out and follows from other keys. It runs after
// all sources.
func (l *loader) derive() {
	c := l.cfg
	if !l.given("kinds.service.default_lifetime") {
		c.Kinds.Service.DefaultLifetime = c.Kinds.Service.MaxLifetime
	}
	// Lowering a maximum must not demand that the default is lowered too.
	l.lower("kinds.personal", &c.Kinds.Personal.DefaultLifetime, c.Kinds.Personal.MaxLifetime)
	l.lower("kinds.workspace", &c.Kinds.Workspace.DefaultLifetime, c.Kinds.Workspace.MaxLifetime)
	l.lower("kinds.user", &c.Kinds.User.DefaultLifetime, c.Kinds.User.MaxLifetime)
	if c.Database.IsZero() {
		c.Database = SQLite(filepath.Join(c.Data, defaultDatabase))
	}
	if !l.given("public_url") {
		if _, port, err := net.SplitHostPort(c.Listen); err == nil && port != "0" {
			c.PublicURL = "http://" + c.Listen
		}
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	if oidc := c.SignIn.OIDC; oidc != nil {
		oidc.Subject = cmp.Or(oidc.Subject, defaultSubject)
		if oidc.Scopes == nil {
			oidc.Scopes = []string{"openid", "profile", "email"}
		}
	}
	for i := range c.Rules {
		c.Rules[i].Line = l.places.of(indexed("rules", i)).Line
	}
}

func (l *loader) lower(kind string, lifetime *time.Duration, limit time.Duration) {
	if !l.given(kind + ".default_lifetime") {
		*lifetime = min(*lifetime, limit)
	}
}
