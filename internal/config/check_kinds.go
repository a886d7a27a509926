package config

import (
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

const (
	year = 365 * day
	// longest is the highest maximum where a kind sets none of its own.
	longest = 100 * year

	maxQuota = 10_000_000
)

func (l *loader) checkKinds() {
	k := l.cfg.Kinds
	l.checkLifetimes("kinds.service", k.Service.DefaultLifetime, k.Service.MaxLifetime, longest)
	l.between("kinds.service.max_per_owner", k.Service.MaxPerOwner, 1, maxQuota)
	l.lasting("kinds.service.expiring_window", k.Service.ExpiringWindow, day, 90*day)
	l.oneOf("kinds.service.name_reuse", string(k.Service.NameReuse),
		string(token.ReuseNever), string(token.ReuseAfterRevocation), string(token.ReuseAfterEnd))
	l.checkScopes(k.Service.Scopes)

	l.checkLifetimes("kinds.personal", k.Personal.DefaultLifetime, k.Personal.MaxLifetime, longest)
	l.between("kinds.personal.max_per_owner", k.Personal.MaxPerOwner, 1, 1000)
	l.lasting("kinds.personal.access_lifetime", k.Personal.AccessLifetime, time.Minute, 15*time.Minute)
	l.between("kinds.personal.requests_per_minute", k.Personal.RequestsPerMinute, 1, 1_000_000)

	l.checkWorkspaceKind(k.Workspace)

	l.checkLifetimes("kinds.user", k.User.DefaultLifetime, k.User.MaxLifetime, year)
	l.between("kinds.user.max_per_owner", k.User.MaxPerOwner, 1, maxQuota)
	l.checkPermissions(k.User.Permissions)

	l.checkPrefixes()
}

// checkLifetimes: the maximum is in whole days because the answers of the API
// name it in days.
func (l *loader) checkLifetimes(kind string, lifetime, limit, highest time.Duration) {
	switch {
	case limit < day || limit > highest:
		l.lasting(kind+".max_lifetime", limit, day, highest)
		return
	case limit%day != 0:
		l.fault(kind+".max_lifetime", "must be a whole number of days, such as 30d")
		return
	}
	switch {
	case lifetime <= 0:
		l.fault(kind+".default_lifetime", "must be longer than 0")
	case lifetime > limit:
		// It was given, for derive lowers a default that was not.
		l.fault(kind+".default_lifetime", "default_lifetime (%s) is longer than max_lifetime (%s); lower the one or raise the other",
			FormatDuration(lifetime), FormatDuration(limit))
	}
}

// checkScopes names the entry that is wrong (SVC-13).
func (l *loader) checkScopes(scopes []Scope) {
	seen := map[string]string{}
	for _, s := range builtinScopes() {
		seen[s.ID] = "a built-in scope"
	}
	for i, s := range scopes {
		at := indexed("kinds.service.scopes", i)
		switch earlier, repeated := seen[s.ID]; {
		case s.ID == "":
			l.required(at+".id", s.ID)
		case len(s.ID) > token.MaxScopeLength:
			l.fault(at+".id", "has %d characters; at most %d are allowed", len(s.ID), token.MaxScopeLength)
		case !token.ValidScope(s.ID):
			l.fault(at+".id", "%q must consist of printable ASCII without space, quote and backslash (RFC 6749 section 3.3)", s.ID)
		case repeated:
			l.fault(at+".id", "%s is %s already; remove one", s.ID, earlier)
		default:
			seen[s.ID] = at
		}
		l.required(at+".description", s.Description)
		l.required(at+".plugin", s.Plugin)
	}
}

func (l *loader) checkPermissions(list []UserPermission) {
	if len(list) == 0 {
		l.fault("kinds.user.permissions", "the list is empty; name at least one permission or leave it out")
	}
	seen := map[string]bool{}
	for i, one := range list {
		at, name := indexed("kinds.user.permissions", i), one.ID
		if !underscored(name) {
			l.fault(at, "must be a lower-case letter, then lower-case letters, digits or underscores, at most 64 characters")
		} else if seen[name] {
			l.fault(at, "%s is in the list already; remove one", name)
		}
		seen[name] = true
	}
}

// checkPrefixes: with one prefix for two kinds nobody could say what a token
// is.
func (l *loader) checkPrefixes() {
	kinds := []struct{ name, key, prefix string }{
		{"service", "kinds.service.prefix", l.cfg.Kinds.Service.Prefix},
		{"user", "kinds.user.prefix", l.cfg.Kinds.User.Prefix},
	}
	for i, prefix := range l.cfg.Kinds.User.AcceptedPrefixes {
		kinds = append(kinds, struct{ name, key, prefix string }{"user", indexed("kinds.user.accepted_prefixes", i), prefix})
	}
	owner := map[string]string{}
	for _, k := range kinds {
		key := k.key
		if !token.ValidPrefix(k.prefix) {
			l.fault(key, "must be 2 to 16 characters: a lower-case letter, then lower-case letters, digits or underscores")
			continue
		}
		if other, taken := owner[k.prefix]; taken {
			if !l.given(key) {
				key = "kinds." + other + ".prefix"
			}
			l.fault(key, "kinds %s and %s have the same prefix %s; give each its own", other, k.name, k.prefix)
		}
		owner[k.prefix] = k.name
	}
}

// underscored: [a-z][a-z0-9_]{0,63}.
func underscored(s string) bool { return named(s, 64, '_') && s[0] >= 'a' && s[0] <= 'z' }

// dashed: [a-z0-9-]{1,63}.
func dashed(s string) bool { return named(s, 63, '-') }

func named(s string, longest int, also rune) bool {
	odd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != also }
	return s != "" && len(s) <= longest && !strings.ContainsFunc(s, odd)
}

func list(words []string) string { return strings.Join(words, ", ") }
