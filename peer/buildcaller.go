package peer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// caller completes a caller and says whether all of it is right.
func (b *builder) caller(place string, c *Caller) bool {
	before := len(b.faults)
	if c.Name != "" && !validName(c.Name) {
		b.fault(place+".name", "must be 1 to 63 lower-case letters, digits or hyphens")
		return false
	}
	if c.Unrestricted && len(c.Scopes)+len(c.Restrictions) > 0 {
		b.fault(place+".unrestricted", "stands alone: remove it, or remove scopes and access_restrictions")
	}
	for _, scope := range c.Scopes {
		switch {
		case !token.ValidScope(scope):
			b.fault(place+".scopes", "must be scope tokens: visible ASCII without quotes and backslashes, at most 100 characters")
		case scope == "*":
			b.fault(place+".scopes", `the scope "*" allows everything: write unrestricted: true instead`)
		}
	}
	for _, message := range c.Restrictions.faults() {
		b.fault(place+".access_restrictions", message)
	}
	if c.MaxLifetime != 0 && (c.MaxLifetime < ShortestMaxLifetime || c.MaxLifetime > LongestMaxLifetime) {
		b.fault(place+".max_lifetime", "must be between 1h and 366d")
	}
	if !c.NotBefore.IsZero() && !c.NotAfter.IsZero() && !c.NotBefore.Before(c.NotAfter) {
		b.fault(place+".not_after", "must be later than not_before")
	}
	given := c.Subject
	c.complete()
	if message := subjectFault(c, given); message != "" {
		b.fault(place+".subject", message)
	}
	if len(b.faults) > before {
		return false
	}
	if c.Unrestricted {
		b.note(c.label(), "may do everything")
	}
	if c.MaxLifetime > DefaultMaxLifetime {
		b.note(c.label(), fmt.Sprintf("its tokens may live longer than 24 h, up to %d h", int(c.MaxLifetime.Hours())))
	}
	return true
}

// subjectFault says what is wrong with a subject. given is what was configured.
func subjectFault(c *Caller, given token.Subject) string {
	subject := string(c.Subject)
	if strings.ContainsFunc(subject, notVisible) || len(subject) > maxSubject {
		return "Illegal subject, must be a set of non-space characters (visible ASCII, at most 255)"
	}
	for _, lead := range []string{"service-token:", pluginLead, "user:"} {
		if strings.HasPrefix(subject, lead) {
			return "must not begin with " + lead + ", as the subjects of others do"
		}
	}
	if c.Subject == NamelessSubject && (c.Name != "" || given != "") {
		return "is that of keys without a name"
	}
	return ""
}

// maxSubject is the length of a subject in bytes.
const maxSubject = 255

// issuers takes over callers with the tokens of other issuers.
func (b *builder) issuers(list []JWKS) {
	var prefixes []string
	for i, one := range list {
		place := one.at("peer.external", i)
		before := len(b.faults)
		b.constraints(place+".options", &one)
		if lead := prefixLead(one.SubjectPrefix); overlaps(prefixes, lead) {
			// "external:a:" + "b:c" and "external:a:b:" + "c" would be one
			// subject of two issuers (A-05, E-05).
			b.fault(place+".options.subject_prefix", "must keep its subjects apart from those of the other key sets: no two equal, none empty beside another, none the beginning of another up to a colon")
		} else {
			prefixes = append(prefixes, lead)
		}
		one.Subject = ""
		if !b.caller(place, &one.Caller) || len(b.faults) > before {
			continue
		}
		b.list(CallerInfo{
			Name: one.label(), Types: []string{TypeJWKS}, SubjectLeads: []string{prefixLead(one.SubjectPrefix)}, Unrestricted: one.Unrestricted,
		})
		for _, issuer := range one.Issuers {
			if b.manager.issuers[issuer] != nil {
				b.fault(place+".options.issuer", "belongs to an earlier entry; an issuer has one")
			}
			b.manager.issuers[issuer] = &one
		}
	}
}

// constraints demands all that keeps a foreign token from being accepted by
// mistake (PEER-22).
func (b *builder) constraints(place string, one *JWKS) {
	if one.Audience != "" && !slices.Contains(one.Audiences, one.Audience) {
		one.Audiences = append(slices.Clone(one.Audiences), one.Audience)
	}
	for _, required := range []struct {
		key  string
		list []string
	}{{"issuer", one.Issuers}, {"audience", one.Audiences}, {"algorithm", one.Algorithms}} {
		if len(required.list) == 0 || slices.Contains(required.list, "") {
			b.fault(place+"."+required.key, "is required")
		}
	}
	for _, algorithm := range one.Algorithms {
		switch jwt.Algorithm(algorithm) {
		case jwt.ES256, jwt.RS256, jwt.EdDSA:
		default:
			b.fault(place+".algorithm", "must be ES256, RS256 or EdDSA; never a MAC, and never none")
		}
	}
	if strings.ContainsFunc(one.SubjectPrefix, notVisible) {
		b.fault(place+".subject_prefix", "must be visible ASCII without spaces")
	}
	if one.Keys == nil {
		b.fault(place+".url", "is required")
	}
}

func prefixLead(prefix string) string {
	if prefix == "" {
		return "external:"
	}
	return "external:" + prefix + ":"
}

func overlaps(leads []string, lead string) bool {
	return slices.ContainsFunc(leads, func(other string) bool {
		return strings.HasPrefix(lead, other) || strings.HasPrefix(other, lead)
	})
}

// pluginKeys takes over the plugins whose tokens are accepted.
func (b *builder) pluginKeys(opts Options) {
	if opts.PluginID != "" && !validPlugin(opts.PluginID) {
		b.fault("peer.plugin_id", "must be letters, digits, hyphens and underscores")
	}
	for i, one := range opts.Plugins {
		place := fmt.Sprintf("peer.plugins[%d]", i)
		switch {
		case opts.PluginID == "":
			b.fault(place, "needs peer.plugin_id, the aud of tokens for this deployment")
		case !validPlugin(one.ID):
			b.fault(place+".id", "must be letters, digits, hyphens and underscores")
		case one.Keys == nil:
			b.fault(place+".jwks_uri", "is required")
		case b.manager.plugins[one.ID] != nil:
			b.fault(place+".id", "is given twice")
		default:
			b.manager.plugins[one.ID] = one.Keys
			b.list(CallerInfo{Name: pluginLead + one.ID, Types: []string{TypePlugin}, Subject: token.Subject(pluginLead + one.ID)})
		}
	}
}

func validName(s string) bool {
	return len(s) <= 63 && s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

func validPlugin(s string) bool {
	return len(s) <= 128 && s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// title names a caller in a sentence.
func title(name string) string {
	if name == "" {
		return "a peer without a name"
	}
	return fmt.Sprintf("peer %q", name)
}

// at gives where a caller is configured.
func (c *Caller) at(list string, i int) string {
	if c.Place != "" {
		return c.Place
	}
	return fmt.Sprintf("%s[%d]", list, i)
}

// label names a caller in a note.
func (c *Caller) label() string {
	if c.Name != "" {
		return c.Name
	}
	return string(c.Subject)
}
