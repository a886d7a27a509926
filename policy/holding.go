package policy

import (
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// Holding is a role that somebody holds, and what gives it to them.
type Holding struct {
	Role string
	// By is the ref to which the role is bound: their own, or that of a group
	// they are in. "" is the role that every person holds.
	By string
	// Groups are those to whose tokens the role is limited; nil is no limit.
	Groups []string
}

// Holdings lists the roles that who holds, each as often as it is given: those of
// every person first, then their own, then those of their groups. It explains to
// people; nothing is decided by it.
func (t Table) Holdings(who token.Principal) []Holding {
	refs := refsOf(who)
	var list []Holding
	add := func(by string, rights []right) {
		for _, r := range rights {
			one := Holding{Role: r.role, By: by}
			if r.limited {
				one.Groups = append([]string{}, r.groups...)
			}
			list = append(list, one)
		}
	}
	if who.Type == token.PrincipalUser && len(refs) > 0 {
		add("", t.people)
	}
	for _, ref := range refs {
		add(ref, t.rights[ref])
	}
	return list
}

// RolesWith lists the names of the roles that contain a permission, in the order
// of [Table.Roles].
func (t Table) RolesWith(action Permission) []string {
	return slices.DeleteFunc(t.Roles(), func(name string) bool { return !slices.Contains(t.role(name), action) })
}
