package server

import (
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// kindRules gives the rules of the kinds that are issued: what differs between
// kinds is data.
func kindRules(kinds config.Kinds) []authority.KindRules {
	return []authority.KindRules{serviceRules(kinds.Service)}
}

func serviceRules(kind config.ServiceKind) authority.KindRules {
	rules := authority.KindRules{
		Kind: token.KindService,
		Read: policy.ServiceRead, Write: policy.ServiceWrite, Revoke: policy.ServiceRevoke,
		DefaultLifetime: kind.DefaultLifetime, MaxLifetime: kind.MaxLifetime,
		ExpiringWindow: kind.ExpiringWindow,
		Limits:         token.Limits{MaxPerOwner: kind.MaxPerOwner, Reuse: kind.NameReuse},
	}
	for _, scope := range kind.Catalogue() {
		rules.Catalogue = append(rules.Catalogue, authority.Scope(scope))
	}
	return rules
}
