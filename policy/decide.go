package policy

import (
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Decide answers whether who may do action to a token as described by grant,
// and gives the grant that is allowed: equal to the one asked for or
// narrower, never wider. Only grant.Owner is looked at today; the result has
// its own copy of the scopes.
//
// It is pure and denies by default. In this order it refuses
//
//   - nobody: token.ErrNoCredential;
//   - credentials that are tokens, or came out of one, when the action can
//     bring forth a credential or a right (row E-03):
//     token.ErrTokensMintTokens;
//   - everybody but the local principal when it is [Table.Unknown] what they
//     may do: token.ErrUnavailable;
//   - a principal whose access restrictions do not reach the action:
//     token.ErrRestricted;
//   - a principal to whom no binding gives exactly this action, or gives it
//     only for the tokens of other groups: token.ErrPermission. A grant
//     without owner is outside every limited binding.
//
// On refusal the grant is zero.
func (t Table) Decide(who token.Principal, action Permission, grant token.Grant) (token.Grant, error) {
	if err := t.May(who, action); err != nil {
		return token.Grant{}, err
	}
	if owners, all := t.Owners(who, action); !all && !slices.Contains(owners, grant.Owner) {
		return token.Grant{}, token.ErrPermission
	}
	grant.Scopes = slices.Clone(grant.Scopes)
	return grant, nil
}

// May answers whether who may do action to the tokens of at least one owner:
// nil, or the refusals of [Table.Decide]. It is the gate before the fields of
// a request are looked at, when the owner is not known yet.
func (t Table) May(who token.Principal, action Permission) error {
	switch {
	case who.IsZero():
		return token.ErrNoCredential
	case action.issues() && (who.FromToken || who.Type == token.PrincipalService):
		return token.ErrTokensMintTokens
	case who.Type == token.PrincipalLocal && slices.Contains(append(Permissions(), OwnPermissions()...), action):
		return nil
	case t.unknown:
		return token.ErrUnavailable
	}
	if who.Permissions != nil && !slices.Contains(who.Permissions, string(action)) {
		return token.ErrRestricted
	}
	for range t.held(who, action) {
		return nil
	}
	return token.ErrPermission
}

// Owners gives the owners whose tokens who may do action to, sorted. all is
// true when there is no limit; owners is then nil. Otherwise owners is never
// nil, and empty when the action is refused altogether, so that it can stand
// in token.Query.Owners, where nil means all.
func (t Table) Owners(who token.Principal, action Permission) (owners []string, all bool) {
	if t.May(who, action) != nil {
		return []string{}, false
	}
	if who.Type == token.PrincipalLocal {
		return nil, true
	}
	owners = []string{}
	for r := range t.held(who, action) {
		if !r.limited {
			return nil, true
		}
		owners = append(owners, r.groups...)
	}
	slices.Sort(owners)
	return slices.Compact(owners), false
}

// Permissions lists what who may do to the tokens of at least one owner, in
// the documented order. It answers "who am I"; it is no gate.
func (t Table) Permissions(who token.Principal) []Permission {
	return slices.DeleteFunc(Permissions(), func(p Permission) bool { return t.May(who, p) != nil })
}

// Holders lists the refs to which a binding gives action for every owner,
// sorted. Groups stand as themselves. A service is no holder of what it may not
// do whatever it is bound to (decision 11). It answers whether an administrator is
// left (row E-10).
func (t Table) Holders(action Permission) []string {
	var refs []string
	for ref, held := range t.rights {
		if action.issues() && !strings.HasPrefix(ref, userLead) && !strings.HasPrefix(ref, groupLead) {
			continue
		}
		if slices.ContainsFunc(held, func(r right) bool {
			return !r.limited && r.reaches(action) && slices.Contains(r.actions, action)
		}) {
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	return refs
}
