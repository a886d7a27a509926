package server

import (
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/config"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// kindRules gives the rules of the kinds that are issued: what differs between
// kinds is data.
func kindRules(kinds config.Kinds) []authority.KindRules {
	return []authority.KindRules{serviceRules(kinds.Service), personalRules(kinds), userRules(kinds.User)}
}

// Tokens whose contract sets no window of their own are expiring when less
// than a week is left, and less than a quarter of their lifetime.
func weekOrQuarter() token.Notice { return token.Notice{Window: 7 * 24 * time.Hour, Share: 4} }

// personalRules hold also where no personal tokens are made any more: those
// that were made can still be listed and ended, and are not good. Their scopes are those of
// service tokens, because the same doors ask for them.
func personalRules(kinds config.Kinds) authority.KindRules {
	kind := kinds.Personal
	return authority.KindRules{
		Kind: token.KindPersonal,
		Read: policy.PersonalRead, Write: policy.PersonalWrite, Revoke: policy.PersonalRevoke,
		DefaultLifetime: kind.DefaultLifetime, MaxLifetime: kind.MaxLifetime,
		Limits:    token.Limits{MaxPerOwner: kind.MaxPerOwner, Reuse: token.ReuseAfterEnd},
		Catalogue: catalogue(kinds.Service),
		Rotates:   kind.Rotate,
		Off:       !kind.Enabled,
	}
}

func catalogue(kind config.ServiceKind) []authority.Scope {
	var list []authority.Scope
	for _, scope := range kind.Catalogue() {
		list = append(list, authority.Scope(scope))
	}
	return list
}

func userRules(kind config.UserKind) authority.KindRules {
	rules := authority.KindRules{
		Kind: token.KindUser,
		Read: policy.UserAdminRead, Write: policy.UserAdminWrite, Revoke: policy.UserAdminRevoke,
		DefaultLifetime: kind.DefaultLifetime, MaxLifetime: kind.MaxLifetime,
		Notice: weekOrQuarter(),
		Limits: token.Limits{MaxPerOwner: kind.MaxPerOwner, Reuse: token.ReuseAfterEnd},
	}
	for _, permission := range kind.Permissions {
		rules.Catalogue = append(rules.Catalogue, authority.Scope{ID: permission.ID, Description: permission.Description})
	}
	return rules
}

func serviceRules(kind config.ServiceKind) authority.KindRules {
	return authority.KindRules{
		Kind: token.KindService,
		Read: policy.ServiceRead, Write: policy.ServiceWrite, Revoke: policy.ServiceRevoke,
		DefaultLifetime: kind.DefaultLifetime, MaxLifetime: kind.MaxLifetime,
		Notice:    token.Notice{Window: kind.ExpiringWindow},
		Limits:    token.Limits{MaxPerOwner: kind.MaxPerOwner, Reuse: kind.NameReuse},
		Catalogue: catalogue(kind),
	}
}
