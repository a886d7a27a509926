package peer

import (
	"context"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// Types of the tokens of plugins, and how their subjects begin.
const (
	pluginType      = "vnd.backstage.plugin"
	limitedUserType = "vnd.backstage.limited-user"
	pluginLead      = "plugin:"
)

// plugin verifies the token of a plugin, and the user for whom it acts. Its keys
// are those of a configured plugin: an unknown sub makes nobody fetch anything
// (PEER-25).
func (m *TokenManager) plugin(ctx context.Context, raw string, now time.Time) (*Principal, error) {
	if len(m.plugins) == 0 {
		return nil, refuse(token.ErrNoKeys, "no plugin is configured")
	}
	id, err := unverifiedText(raw, "sub")
	if err != nil {
		return nil, err
	}
	keys, ok := m.plugins[id]
	if !ok {
		return nil, refuse(token.ErrSubject, "sub is no configured plugin")
	}
	opened, said, err := openPublished(ctx, raw, keys)
	if err != nil {
		return nil, err
	}
	if opened.Header.Algorithm != jwt.ES256 {
		return nil, refuse(token.ErrAlgorithm, "alg is not ES256")
	}
	if text, _ := said.subject.Text(); text != id {
		return nil, refuse(token.ErrSubject, "sub is not the plugin of its keys")
	}
	if err := said.checkTimes(now, m.leeway); err != nil {
		return nil, err
	}
	if !slices.Contains(said.audiences, m.pluginID) {
		return nil, refuse(token.ErrAudience, "aud is not this deployment")
	}
	if err := said.checkHour(now, m.leeway); err != nil {
		return nil, err
	}
	p := &Principal{
		Caller: pluginLead + id, Subject: token.Subject(pluginLead + id), Audience: said.audiences,
		IssuedAt: said.issued, MadeAfter: said.issued.Add(-m.leeway),
		ExpiresAt: said.expires, EndsAt: said.expires.Add(m.leeway),
	}
	if err := m.actsFor(ctx, said, now, p); err != nil {
		return nil, err
	}
	if err := m.handedOn(said, p); err != nil {
		return nil, err
	}
	return p, nil
}

// checkHour demands iat, and that the token lives an hour at most.
func (s statement) checkHour(now time.Time, leeway time.Duration) error {
	switch {
	case s.issued.IsZero():
		return refuse(token.ErrClaimType, "iat is missing")
	case s.expires.Sub(s.issued) > Lifetime+leeway, s.expires.Sub(now) > Lifetime+leeway:
		return refuse(token.ErrLifetime, "exp lies more than an hour ahead")
	}
	return nil
}
