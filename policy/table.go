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
	RoleUser          = "user"          // makes, reads and revokes personal tokens of one's own
)

// Table is a policy ready to be asked. It is immutable and safe for use by
// several goroutines. The zero Table allows nothing, except to the local
// principal, which is the administrator by being able to open the admin
// socket.
type Table struct {
	roles   map[string][]Permission // the operator's; the built-in ones are not in it
	rights  map[string][]right      // by the canonical ref they are given to
	people  []right                 // what every person holds
	unknown bool                    // see Unknown
}

// right is what one binding gives to one ref.
type right struct {
	role    string
	actions []Permission
	limited bool     // true: for tokens of groups alone
	groups  []string // canonical group refs; meant only when limited
}

// builtinRole gives the permissions of a built-in role, or nil.
func builtinRole(name string) []Permission {
	switch name {
	case RoleAdministrator:
		return append(Permissions(), OwnPermissions()...)
	case RoleAuditor:
		return []Permission{ServiceRead, AuditRead}
	case RoleUser:
		return PersonalPermissions()
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
	return append([]string{RoleAdministrator, RoleAuditor, RoleUser}, slices.Sorted(maps.Keys(t.roles))...)
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
	out := Table{roles: t.roles, people: t.people, rights: make(map[string][]right, len(t.rights)+len(extra))}
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

// Unknown gives a table that answers token.ErrUnavailable to everybody but the
// local principal, for when it is known that rights have changed and not how.
// Its roles and holders are those of t.
func (t Table) Unknown() Table {
	t.unknown = true
	return t
}

// bind adds a binding that was found valid.
func (t *Table) bind(b Binding) {
	one := right{role: b.Role, actions: t.role(b.Role), limited: b.Groups != nil}
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
		own := right{limited: true, groups: []string{who.Ref}}
		if slices.Contains(OwnPermissions(), action) && who.Type == token.PrincipalUser && !yield(own) {
			return
		}
		for r := range t.rightsOf(who) {
			if !slices.Contains(r.actions, action) {
				continue
			}
			if !r.reaches(action) {
				r = own
			}
			if !yield(r) {
				return
			}
		}
	}
}

// rightsOf gives what a principal holds: by being a person, and by its refs.
func (t Table) rightsOf(who token.Principal) iter.Seq[right] {
	return func(yield func(right) bool) {
		refs := refsOf(who)
		if who.Type == token.PrincipalUser && len(refs) > 0 {
			for _, r := range t.people {
				if !yield(r) {
					return
				}
			}
		}
		for _, ref := range refs {
			for _, r := range t.rights[ref] {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// reaches reports whether the right is about tokens of others, too. Personal
// tokens of others are nobody's but the administrators'.
func (r right) reaches(action Permission) bool {
	return !action.personal() || r.role == RoleAdministrator
}

// RolesOf lists the names of the roles that who holds, sorted, for tokens of
// any owner or of some. It tells people who they are; nothing is decided by it.
func (t Table) RolesOf(who token.Principal) []string {
	if who.Type == token.PrincipalLocal {
		return []string{RoleAdministrator}
	}
	names := []string{}
	for r := range t.rightsOf(who) {
		names = append(names, r.role)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// IsNamed reports whether the policy means this very person: a role is given to
// their own ref, or they administer as a member of some group. Such a person is
// not whoever comes first under their name (row H-04).
func (t Table) IsNamed(who token.Principal) bool {
	if who.Type != token.PrincipalUser || len(refsOf(who)) == 0 {
		return false
	}
	return len(t.rights[who.Ref]) > 0 || t.May(who, Admin) == nil
}

// isPeer reports whether a principal is a peer that was configured with a
// subject of its own.
func isPeer(who token.Principal) bool {
	return who.Kind == token.KindPeer && strings.HasPrefix(who.Ref, peerLead)
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
	case who.Type == token.PrincipalService && (strings.HasPrefix(who.Ref, serviceLead) || isPeer(who)):
		return []string{who.Ref}
	}
	return nil
}
