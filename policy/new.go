package policy

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// New builds a Table. All faults are reported at once: the error joins a
// *[Fault] for each, in the order of the document (roles by name, then
// bindings), and the Table is then zero. Warnings come with or without an
// error.
func New(doc Document) (Table, []Warning, error) {
	b := builder{table: Table{roles: map[string][]Permission{}, rights: map[string][]right{}}}
	for _, name := range slices.Sorted(maps.Keys(doc.Roles)) {
		b.addRole(name, doc.Roles[name])
	}
	for i, binding := range doc.Bindings {
		field := indexed("bindings", i)
		faults := b.table.check(binding, field+".")
		b.faults = append(b.faults, faults...)
		if len(faults) == 0 {
			b.table.bind(binding)
		}
	}
	b.giveEverybody(doc.DefaultRole)
	if len(b.faults) > 0 {
		return Table{}, b.warnings, errors.Join(b.faults...)
	}
	return b.table, b.warnings, nil
}

type builder struct {
	table    Table
	faults   []error
	warnings []Warning
}

// addRole keeps the role even when some of its permissions are wrong, so that
// bindings to it are not reported as well.
func (b *builder) addRole(name string, names []string) {
	field := "roles." + name
	switch {
	case builtinRole(name) != nil, name == NoRole:
		b.faults = append(b.faults, fault(field, "this role is built in and cannot be changed; choose another name"))
		return
	case !ValidRole(name):
		b.faults = append(b.faults, fault(field, "the name of a role must be a lower-case letter, "+
			"then lower-case letters, digits or hyphens, at most 63 characters"))
	case len(names) == 0:
		b.faults = append(b.faults, fault(field, "the role holds no permission; list at least one of %s", joinNames(Permissions())))
	}
	held := []Permission{}
	for i, written := range names {
		p, formerly, ok := parsePermission(written)
		if !ok {
			b.faults = append(b.faults, fault(indexed(field, i), "there is no such permission; use one of %s", joinNames(Permissions())))
			continue
		}
		if formerly {
			b.warnings = append(b.warnings, formerName(indexed(field, i), written, p))
		}
		if !slices.Contains(held, p) {
			held = append(held, p)
		}
	}
	b.table.roles[name] = held
}

// giveEverybody gives people a role by being people. A role that issues for
// others or administers is nothing that everybody can be meant to have: such a
// line is a slip, and a costly one.
func (b *builder) giveEverybody(role string) {
	held := b.table.role(role)
	mighty := func(p Permission) bool { return p.issues() && !p.personal() }
	switch {
	case role == "", role == NoRole:
		return
	case held == nil:
		b.faults = append(b.faults, fault("default_role", "there is no such role; use %s or one of %s",
			NoRole, strings.Join(b.table.Roles(), ", ")))
	case slices.ContainsFunc(held, mighty):
		b.faults = append(b.faults, fault("default_role", "role %s holds %s, which cannot be given to everybody; bind it to those who are meant",
			role, joinNames(slices.DeleteFunc(slices.Clone(held), func(p Permission) bool { return !mighty(p) }))))
	}
	b.table.people = []right{{role: role, actions: held}}
}

// formerName warns about a name of an older release. The single admin
// permissions deserve more words: they look mightier than they are.
func formerName(field, written string, p Permission) Warning {
	if strings.HasSuffix(written, ".admin") {
		return Warning{field, written + " is an old name that grants reading alone; write " + string(p) +
			", and add " + string(ServiceWrite) + " or " + string(ServiceRevoke) + " where they are meant"}
	}
	return Warning{field, written + " is an old name; write " + string(p)}
}

// Validate reports all faults of one binding, as New does, with fields such
// as "role" and "to[0]".
func (t Table) Validate(b Binding) error { return errors.Join(t.check(b, "")...) }

func (t Table) check(b Binding, lead string) (faults []error) {
	add := func(field, format string, args ...any) {
		faults = append(faults, fault(lead+field, format, args...))
	}
	held := t.role(b.Role)
	if held == nil {
		add("role", "there is no such role; use one of %s", strings.Join(t.Roles(), ", "))
	}
	if len(b.To) == 0 {
		add("to", "the binding names nobody; list users, groups or service tokens")
	}
	for i, to := range b.To {
		if _, err := ParseRef(to); err != nil {
			add(indexed("to", i), "%s", token.Message(err))
		}
	}
	if b.Groups != nil && len(b.Groups) == 0 {
		add("groups", "the list is empty; name groups, or leave groups out to bind the role for the tokens of every owner")
	}
	for i, group := range b.Groups {
		if _, ok := token.ParseGroupRef(group); !ok {
			add(indexed("groups", i), "must be a group such as group:default/platform")
		}
	}
	if whole := slices.DeleteFunc(slices.Clone(held), Permission.limitable); b.Groups != nil && len(whole) > 0 {
		add("groups", "role %s holds %s, which cannot be limited to groups; leave groups out or bind another role",
			b.Role, joinNames(whole))
	}
	return faults
}
