package peer

import (
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Types of credentials by which a caller is known.
const (
	TypeSecret = "secret" // a shared secret
	TypeStatic = "static" // a fixed text
	TypeJWKS   = "jwks"   // tokens of another issuer
	TypePlugin = "plugin" // tokens of a plugin
)

// CallerInfo is what may be told of a configured caller.
type CallerInfo struct {
	// Name is that of the configuration. A caller that has none there is named
	// by its subject, an issuer by how the subjects of its callers begin:
	// "external:gha".
	Name string
	// Types are the types of its credentials, each once, in the order above.
	Types []string
	// Subject is whom it speaks for; "" for an issuer, which vouches for many.
	Subject token.Subject
	// Subjects are all whom its credentials speak for: Subject, and what further
	// credentials of the same name have instead.
	Subjects []token.Subject
	// SubjectLeads are how the subjects begin that it vouches for as an issuer:
	// "external:gha:".
	SubjectLeads []string
	// Unrestricted callers may do everything.
	Unrestricted bool
	// Short says that a secret or text of it is shorter than it should stay.
	Short bool
}

// Callers lists the configured callers, ordered by name.
func (m *TokenManager) Callers() []CallerInfo {
	list := slices.Clone(m.callers)
	for i := range list {
		one := &list[i]
		one.Types, one.Subjects, one.SubjectLeads = slices.Clone(one.Types), slices.Clone(one.Subjects), slices.Clone(one.SubjectLeads)
	}
	return list
}

// list notes a caller, or a further credential of one that was noted.
func (b *builder) list(info CallerInfo) {
	if info.Subject != "" {
		info.Subjects = []token.Subject{info.Subject}
	}
	known := &b.manager.callers
	i, found := slices.BinarySearchFunc(*known, info, func(a, b CallerInfo) int { return strings.Compare(a.Name, b.Name) })
	if !found {
		*known = slices.Insert(*known, i, info)
		return
	}
	one := &(*known)[i]
	if one.Subject == "" {
		one.Subject = info.Subject
	}
	for _, subject := range info.Subjects {
		if !slices.Contains(one.Subjects, subject) {
			one.Subjects = append(one.Subjects, subject)
		}
	}
	one.SubjectLeads = append(one.SubjectLeads, info.SubjectLeads...)
	one.Short = one.Short || info.Short
	one.Unrestricted = one.Unrestricted || info.Unrestricted
	types := append(slices.Clone(one.Types), info.Types...)
	one.Types = slices.DeleteFunc([]string{TypeSecret, TypeStatic, TypeJWKS, TypePlugin}, func(t string) bool { return !slices.Contains(types, t) })
}

// info gives what may be told of the caller.
func (c *Caller) info(kind string, short bool) CallerInfo {
	return CallerInfo{Name: c.label(), Types: []string{kind}, Subject: c.Subject, Unrestricted: c.Unrestricted, Short: short}
}

// label names an issuer: by its name, or by how the subjects of its callers
// begin.
func (j *JWKS) label() string {
	if j.Name != "" {
		return j.Name
	}
	return strings.TrimSuffix(prefixLead(j.SubjectPrefix), ":")
}
