package admin

import (
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/token"
)

// wireToken gives a record as clients see it. The status is that of now.
func wireToken(t token.Token, now time.Time, rules authority.KindRules) api.Token {
	scopes := []string(t.Scopes)
	if scopes == nil {
		scopes = []string{}
	}
	return api.Token{
		ID: t.ID, Kind: string(t.Kind), Name: t.Name, Description: t.Description, TokenPrefix: t.Hint,
		Owner: t.Owner, Workspace: t.Workspace, Subject: string(t.Subject), Scopes: scopes,
		CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt,
		DisabledAt: t.DisabledAt, RevokedAt: t.RevokedAt, RevokedBy: t.RevokedBy, Replaces: t.Replaces, ReplacedBy: t.ReplacedBy,
		Status: string(t.State(now, rules.Notice)),
	}
}

// token gives a record as clients see it.
func (s surface) token(t token.Token) (api.Token, error) {
	rules, err := s.Authority.Rules(t.Kind)
	return wireToken(t, s.Authority.Now(), rules), err
}

func wireEntry(e audit.Entry) api.Entry {
	return api.Entry{
		ID: e.ID, At: e.At, Action: string(e.Action), Outcome: string(e.Outcome),
		Actor: e.Actor, ActorType: e.ActorType, Via: e.Via,
		TokenID: e.TokenID, Kind: string(e.Kind), Owner: e.Owner, Workspace: e.Workspace,
		Subject: e.Subject, Name: e.Name, Reason: e.Reason, Details: e.Details,
		RequestID: e.RequestID, Address: e.Address,
	}
}

// each converts a list; the result is never nil, so that JSON has [] and not
// null.
func each[A, B any](list []A, convert func(A) B) []B {
	out := make([]B, len(list))
	for i, one := range list {
		out[i] = convert(one)
	}
	return out
}
