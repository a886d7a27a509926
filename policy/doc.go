// Package policy decides who may do what. It is pure: it is built once from
// the roles and bindings of the configuration, touches nothing afterwards,
// and gives the same answer to the same question. It knows no HTTP, no store
// and no clock.
//
// # Words
//
// A [Permission] is one thing that can be allowed, such as
// "access-tokens:service:write". A role is a name for several permissions. A
// [Binding] gives a role to users, groups or service tokens, either for every
// token there is or for the tokens of some groups alone. A [Document] is what
// the operator wrote; a [Table] is what became of it.
//
//	roles:
//	  token-admin: [access-tokens:service:read, access-tokens:service:write]
//	bindings:
//	  - {role: token-admin, to: [group:default/platform], groups: [group:default/platform]}
//
// Three roles are built in and cannot be changed: "administrator" holds every
// permission, "auditor" reads service tokens and the audit log, "user" makes,
// reads and revokes personal tokens of one's own.
//
// # Rules
//
//   - Nothing is allowed unless a role allows it. There is no default
//     administrator and no switch that turns permissions off. One role, if
//     the document names it, is held by every person.
//   - Personal tokens are their owners' alone: whoever holds a permission about
//     them holds it for their own, and administrators for all.
//   - Permissions are compared whole and case-sensitively (row E-01). None
//     implies another: whoever may write may not therefore read (row E-09).
//   - User refs match people alone and service subjects match service tokens
//     alone, so a service token cannot be taken for the user whose ref it
//     carries (row E-05).
//   - A credential that came out of a token does not make tokens, whatever
//     its roles (row E-03).
//   - What is granted is never wider than what was asked for.
//
// # Asking
//
// [Table.Decide] answers for one change and is the only gate before it.
// [Table.May] answers the earlier question whether the principal holds the
// permission for any owner at all, and [Table.Owners] for which ones, so that
// a list shows the rows of those owners and no others. Refusals are reasons
// of package token; words for people are made elsewhere.
package policy
