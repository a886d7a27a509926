package peer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Restriction lets a caller into one plugin, there perhaps to some permissions
// alone. A nil list is no limit; an empty one is a mistake and is refused.
type Restriction struct {
	Plugin      string
	Permissions []string // names; one of them
	Actions     []string // of create, read, update and delete; one of them
}

// Restrictions are the plugins a caller is let into. None at all restrict
// nothing.
type Restrictions []Restriction

// actions are those that a permission can have.
func actions() []string { return []string{"create", "read", "update", "delete"} }

// limited reports whether the restriction has limits within its plugin.
func (r Restriction) limited() bool { return r.Permissions != nil || r.Actions != nil }

// Check says whether the restrictions let a permission of a plugin through:
// nil, or an error of reason token.ErrRestricted. action is "" for a
// permission that has none; a limit of actions denies those.
func (r Restrictions) Check(plugin, permission, action string) error {
	if len(r) == 0 {
		return nil
	}
	one := r.find(plugin)
	switch {
	case one == nil:
		return token.NewError(token.ErrRestricted, fmt.Sprintf("This token's access is restricted to plugin(s) %s", r.names()), nil)
	case one.Permissions != nil && !slices.Contains(one.Permissions, permission),
		one.Actions != nil && !slices.Contains(one.Actions, action):
		return token.NewError(token.ErrRestricted, "This token's access is restricted to other permissions", nil)
	}
	return nil
}

// CheckScope is Check for a scope: its plugin is what stands before the first
// colon or dot, its permission the whole, and its action what stands behind the
// last colon or dot where that is create, read, update or delete. So
// "catalog:read" is the action read of the plugin catalog.
func (r Restrictions) CheckScope(scope string) error {
	if len(r) == 0 {
		return nil
	}
	plugin, action := scope, ""
	if i := strings.IndexAny(scope, ":."); i >= 0 {
		plugin = scope[:i]
		if last := scope[strings.LastIndexAny(scope, ":.")+1:]; slices.Contains(actions(), last) {
			action = last
		}
	}
	return r.Check(plugin, scope, action)
}

// CheckDelegation says whether a call on behalf of the caller may go on to a
// plugin: nil, or an error of reason token.ErrRestricted. Limits within a
// plugin cannot be handed on, since the one who acts there is another.
func (r Restrictions) CheckDelegation(target string) error {
	if len(r) == 0 {
		return nil
	}
	switch one := r.find(target); {
	case one == nil:
		return notIncluded(target)
	case one.limited():
		return cannotDelegate(target)
	}
	return nil
}

func notIncluded(target string) error {
	return token.NewError(token.ErrRestricted, fmt.Sprintf("Access to target plugin '%s' is not included in token's access restrictions", target), nil)
}

func cannotDelegate(target string) error {
	return token.NewError(token.ErrRestricted, fmt.Sprintf("Access to target plugin '%s' is restricted and cannot be delegated", target), nil)
}

// String gives a text that is equal for equal restrictions.
func (r Restrictions) String() string {
	parts := make([]string, len(r))
	for i, one := range r {
		parts[i] = fmt.Sprintf("%q %q %q", one.Plugin, one.Permissions, one.Actions)
	}
	return strings.Join(parts, "; ")
}

func (r Restrictions) find(plugin string) *Restriction {
	if i := slices.IndexFunc(r, func(one Restriction) bool { return one.Plugin == plugin }); i >= 0 {
		return &r[i]
	}
	return nil
}

func (r Restrictions) names() string {
	names := make([]string, len(r))
	for i, one := range r {
		names[i] = "'" + one.Plugin + "'"
	}
	return strings.Join(names, ", ")
}

// faults lists what is wrong with the restrictions.
func (r Restrictions) faults() []string {
	var faults []string
	for i, one := range r {
		switch {
		case one.Plugin == "":
			faults = append(faults, "accessRestrictions: every entry needs a plugin")
			continue
		case r[:i].find(one.Plugin) != nil:
			faults = append(faults, fmt.Sprintf("Attempted to declare 'accessRestrictions' twice for plugin '%s', which is not permitted", one.Plugin))
		case one.Permissions != nil && len(one.Permissions) == 0, one.Actions != nil && len(one.Actions) == 0:
			faults = append(faults, fmt.Sprintf("accessRestrictions for plugin '%s': empty limit", one.Plugin))
		}
		for _, action := range one.Actions {
			if !slices.Contains(actions(), action) {
				faults = append(faults, fmt.Sprintf("Invalid value '%s' at 'action' in 'permissionAttributes' config, valid values are 'create', 'read', 'update', 'delete'", action))
			}
		}
	}
	return faults
}
