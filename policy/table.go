package policy

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// The built-in roles.
const (
	RoleAdministrator = "administrator" // every permission
	RoleAuditor       = "auditor"       // reads service tokens and the audit log
)

// Table is a policy ready to be asked. It is immutable and safe for use by
// several goroutines. The zero Table allows nothing, except to the local
// principal, which is the administrator by being able to open the admin
// socket.
type Table struct {
	roles  map[string][]Permission // the operator's; the built-in ones are not in it
	rights map[string][]right      // by the canonical ref they are given to
}

// right is what one binding gives to one ref.
type right struct {
	actions []Permission
	limited bool     // true: for tokens of groups alone
	groups  []string // canonical group refs; meant only when limited
}

// builtinRole gives the permissions of a built-in role, or nil.
func builtinRole(name string) []Permission {
	switch name {
	case RoleAdministrator:
		return Permissions()
	case RoleAuditor:
		return []Permission{ServiceRead, AuditRead}
	}
	return nil
}

func (t Table) role(name string) []Permission {
	if p := builtinRole(name); p != nil {
		return p
	}
	return t.roles[name]
}

// Roles lists the names of all roles, the built-in ones first, the others by
// name.
func (t Table) Roles() []string {
	return append([]string{RoleAdministrator, RoleAuditor}, slices.Sorted(maps.Keys(t.roles))...)
}

// RolePermissions lists the permissions of a role. ok is false when there is
// no such role.
func (t Table) RolePermissions(name string) (held []Permission, ok bool) {
	held = slices.Clone(t.role(name))
	return held, held != nil
}

// With gives a table that also holds the given bindings, for roles that were
// granted while running and are kept in the store. It only ever adds rights.
// A binding that names a role or a ref this table does not know gives
// nothing: the role may have left the configuration since. Use
// [Table.Validate] before such a binding is stored.
func (t Table) With(extra []Binding) Table {
	out := Table{roles: t.roles, rights: make(map[string][]right, len(t.rights)+len(extra))}
	for ref, held := range t.rights {
		out.rights[ref] = slices.Clone(held)
	}
	for _, b := range extra {
		if t.Validate(b) == nil {
			out.bind(b)
		}
	}
	return out
}

// bind adds a binding that was found valid.
func (t *Table) bind(b Binding) {
	one := right{actions: t.role(b.Role), limited: b.Groups != nil}
	if one.limited {
		// A permission about the whole installation is never held for a
		// part of it; Validate has said so already.
		one.actions = slices.DeleteFunc(slices.Clone(one.actions), func(p Permission) bool { return !p.limitable() })
	}
	for _, group := range b.Groups {
		ref, _ := token.ParseGroupRef(group)
		one.groups = append(one.groups, ref)
	}
	for _, to := range b.To {
		if ref, err := ParseRef(to); err == nil {
			t.rights[ref] = append(t.rights[ref], one)
		}
	}
}

// held gives the rights of a principal that contain the action.
func (t Table) held(who token.Principal, action Permission) iter.Seq[right] {
	return func(yield func(right) bool) {
		for _, ref := range refsOf(who) {
			for _, r := range t.rights[ref] {
				if slices.Contains(r.actions, action) && !yield(r) {
					return
				}
			}
		}
	}
}

// refsOf gives the refs by which a principal may be bound. The type of the
// principal decides which sort of ref counts: a service token that carries
// the ref of a user, or claims groups, holds nothing by them (row E-05).
func refsOf(who token.Principal) []string {
	switch {
	case who.Type == token.PrincipalUser && strings.HasPrefix(who.Ref, userLead):
		refs := []string{who.Ref}
		for _, group := range who.Groups {
			if strings.HasPrefix(group, groupLead) {
				refs = append(refs, group)
			}
		}
		return refs
	case who.Type == token.PrincipalService && strings.HasPrefix(who.Ref, serviceLead):
		return []string{who.Ref}
	}
	return nil
}
