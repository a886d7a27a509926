package console

import (
	"strings"

	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// servicePath is the list of service tokens.
const servicePath = adminBase + "/access-tokens"

// servicePages are the pages about service tokens.
func (h handlers) servicePages() tokenPages {
	return tokenPages{
		handlers: h, kind: token.KindService, path: servicePath, owner: "group", owners: h.Groups,
		read: policy.ServiceRead, write: policy.ServiceWrite, revoke: policy.ServiceRevoke,
		form: formRules{described: true, presets: true, longest: 100, named: namedAsProgram},
		words: kindWords{
			title: "service.title", lead: "service.lead", search: "service.search",
			owner: "token.owner", scopes: "token.scopes",
			add: "service.new", addLead: "service.new.lead",
			noneTitle: "service.none.title", none: "service.none.text", mayNot: "service.none.ask",
			nothing:  "service.nothing.text",
			nameHint: "service.name.hint", ownerHint: "service.group.hint", expiryLimit: "service.expiry.limit",
			nameTaken: "service.fault.name.taken", nameLong: "token.fault.name.long", nameCharacters: "service.fault.name.characters",
			ownerEmpty: "service.fault.group.empty", ownerUnknown: "service.fault.group.unknown", ownerFull: "service.fault.group.full",
			scopesEmpty: "service.fault.scopes.empty", scopesLost: "service.fault.scopes.unknown",
		},
	}
}

// namedAsProgram reports whether a name is made of what names of programs are.
func namedAsProgram(name string) bool {
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
