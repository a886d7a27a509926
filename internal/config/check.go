package config

import (
	"errors"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/policy"
)

// check applies the rules of every part. It goes on after a fault.
func (l *loader) check() {
	l.checkAddresses()
	l.checkData()
	l.checkProxies()
	l.checkSignIn()
	l.checkOAuth(l.cfg.OAuth)
	l.checkPolicy()
	l.checkKinds()
	l.checkImported()
	l.checkPeer()
	l.checkVerify()
	l.checkUsage()
	l.checkRules()
	l.checkSecretKeys()
	l.checkLimits()
	l.oneOf("log.format", l.cfg.Log.Format, "json", "text")
	if l.cfg.Directory.CatalogURL != "" {
		l.secureURL("directory.catalog_url", l.cfg.Directory.CatalogURL)
	}
}

func (l *loader) checkLimits() {
	limits := l.cfg.Limits
	l.between("limits.requests_per_minute", limits.RequestsPerMinute, 1, 1_000_000)
	l.between("limits.connections", limits.Connections, 8, 1_000_000)
	l.between("limits.connections_per_address", limits.ConnectionsPerAddress, 1, 1_000_000)
	l.between("limits.clients_per_registrar", limits.ClientsPerRegistrar, 1, 10_000)
}

// checkPolicy builds the policy; its fields are keys of the file.
func (l *loader) checkPolicy() {
	doc := policy.Document{Roles: l.cfg.Roles, DefaultRole: l.cfg.DefaultRole}
	for _, b := range l.cfg.Bindings {
		doc.Bindings = append(doc.Bindings, policy.Binding(b))
	}
	table, warnings, err := policy.New(doc)
	for _, w := range warnings {
		l.warn(w.Field, "%s", w.Message)
	}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, one := range joined.Unwrap() {
			var f *policy.Fault
			if errors.As(one, &f) {
				l.fault(f.Field, "%s", f.Message)
			}
		}
	}
	l.cfg.Policy = table
}

// checkVerify: a lease of nothing would bypass the cache for ever, a longer
// one than a day would hide a feed that is dead.
func (l *loader) checkVerify() {
	v := l.cfg.Verify
	l.lasting("verify.lease", v.Lease, time.Millisecond, day)
	l.between("verify.cache_entries", v.CacheEntries, 1, 100_000_000)
	if v.CacheTTL < 0 {
		l.fault("verify.cache_ttl", "must not be negative; 0 means no caching")
	} else if v.CacheTTL > day {
		l.fault("verify.cache_ttl", "must be at most 24h")
	}
}

// checkSecretKeys: a file and a variable for one secret would leave open
// which counts.
func (l *loader) checkSecretKeys() {
	for _, one := range l.cfg.secretRefs() {
		if one.ref.File != "" && one.ref.Env != "" {
			l.fault(one.key+"_env", "stands beside %s, which names the same secret; keep one", one.key+"_file")
		}
	}
}

func (l *loader) required(key, value string) bool {
	if value == "" {
		l.fault(key, "is required")
	}
	return value != ""
}

func (l *loader) between(key string, n, low, high int) {
	if n < low || n > high {
		l.fault(key, "must be between %d and %d, not %d", low, high, n)
	}
}

func (l *loader) lasting(key string, d, low, high time.Duration) {
	if d < low || d > high {
		l.fault(key, "must be between %s and %s, not %s", FormatDuration(low), FormatDuration(high), FormatDuration(d))
	}
}

func (l *loader) oneOf(key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		l.fault(key, "must be one of %s", list(allowed))
	}
}
