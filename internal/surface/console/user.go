package console

import (
	"strings"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// userPath is the list of user tokens.
const userPath = adminBase + "/api-tokens"

// userPages are the pages about the tokens that administrators assign to
// people.
func (h handlers) userPages() tokenPages {
	return tokenPages{
		handlers: h, kind: token.KindUser, path: userPath, owner: "user", owners: h.People,
		read: policy.UserAdminRead, write: policy.UserAdminWrite, revoke: policy.UserAdminRevoke,
		form: formRules{longest: 100, named: namedByPeople},
		words: kindWords{
			title: "user.title", lead: "user.lead", search: "user.search",
			owner: "user.person", scopes: "user.permissions",
			add: "user.new", addLead: "user.new.lead",
			noneTitle: "user.none.title", none: "user.none.text", mayNot: "user.none.ask",
			nothing:  "user.nothing.text",
			nameHint: "user.name.hint", ownerHint: "user.person.hint", expiryLimit: "user.expiry.limit",
			nameTaken: "user.fault.name.taken", nameLong: "token.fault.name.long", nameCharacters: "user.fault.name.characters",
			ownerEmpty: "user.fault.person.empty", ownerUnknown: "user.fault.person.unknown", ownerFull: "user.fault.person.full",
			scopesEmpty: "user.fault.permissions.empty", scopesLost: "user.fault.permissions.unknown",
		},
	}
}

// namedByPeople reports whether a name is one line of text.
func namedByPeople(name string) bool {
	return token.ValidText(name) && !strings.ContainsAny(name, "\t\r\n")
}
