package peer

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// shared verifies a token from a shared secret. Nothing of its claims is looked
// at before a signature was found good, so the reason of a refusal is
// that of the key that made it (PEER-07).
func (m *TokenManager) shared(ctx context.Context, raw string, now time.Time) (*Principal, error) {
	if len(m.keys) == 0 {
		return nil, refuse(token.ErrNoKeys, "no shared secret is configured")
	}
	opened, err := jwt.Open(ctx, raw, usableKeys{m.keys, now}, MaxLength)
	if err != nil {
		return nil, err
	}
	// A token of another kind under the same secret must not pass for one of
	// a peer.
	if typ := opened.Header.Type; typ != "" && !strings.EqualFold(typ, "JWT") {
		return nil, refuse(token.ErrWrongKind, "typ is neither absent nor JWT")
	}
	number, err := strconv.Atoi(opened.Key.ID())
	if err != nil {
		return nil, err
	}
	caller := &m.keys[number].caller
	said, err := parseClaims(opened.Payload)
	if err != nil {
		return nil, err
	}
	if err := said.checkTimes(now, m.leeway); err != nil {
		return nil, err
	}
	if text, ok := said.subject.Text(); !ok || text != ServerSubject {
		return nil, refuse(token.ErrSubject, "sub is not "+ServerSubject)
	}
	if err := said.checkAudience(caller.Audience); err != nil {
		return nil, err
	}
	return m.accept(caller, said, now)
}

// accept makes the principal of a caller whose claims are right so far.
func (m *TokenManager) accept(caller *Caller, said statement, now time.Time) (*Principal, error) {
	if said.expires.Sub(now) > caller.MaxLifetime+m.leeway {
		return nil, refuse(token.ErrLifetime, "exp lies further ahead than max_lifetime")
	}
	p := caller.principal()
	p.Audience, p.ExpiresAt = said.audiences, said.expires
	p.EndsAt = caller.ends(said.expires.Add(m.leeway))
	if p.IssuedAt = said.issued; p.IssuedAt.IsZero() {
		// The earliest, so that revoking everything made before some instant
		// reaches it for certain.
		p.IssuedAt = said.expires.Add(-caller.MaxLifetime)
	}
	p.MadeAfter = p.IssuedAt.Add(-m.leeway)
	return p, nil
}

// usableKeys are the keys within their times, whatever kid a token has: peers
// do not name their secrets.
type usableKeys struct {
	all []key
	now time.Time
}

// FindKeys implements jwt.KeySource.
func (u usableKeys) FindKeys(context.Context, string) ([]jwt.Key, error) {
	list := make([]jwt.Key, 0, len(u.all))
	for i := range u.all {
		if u.all[i].caller.usable(u.now) {
			list = append(list, u.all[i].verifying)
		}
	}
	return list, nil
}

// statement is what is read of a payload. Claims beyond it are ignored, whatever
// they are.
type statement struct {
	object                     strictjson.Object
	subject                    strictjson.Value
	hasAudience                bool
	audiences                  []string // nil when aud is of another type
	expires, notBefore, issued time.Time
}

func parseClaims(payload []byte) (statement, error) {
	object, err := strictjson.ParseObject(payload, strictjson.Limits{MaxBytes: MaxLength})
	if err != nil {
		return statement{}, refuse(token.ErrMalformed, "claims: "+err.Error())
	}
	s := statement{object: object}
	s.subject, _ = object.Find("sub")
	var aud strictjson.Value
	if aud, s.hasAudience = object.Find("aud"); s.hasAudience {
		s.audiences, _ = aud.Texts()
		if one, ok := aud.Text(); ok {
			s.audiences = []string{one}
		}
	}
	for _, field := range []struct {
		name string
		into *time.Time
	}{{"exp", &s.expires}, {"nbf", &s.notBefore}, {"iat", &s.issued}} {
		value, found := object.Find(field.name)
		if !found {
			continue
		}
		seconds, ok := value.Integer()
		if !ok {
			return statement{}, refuse(token.ErrClaimType, field.name+" is not a whole number of seconds from 0 to 2^53-1 (A-18)")
		}
		*field.into = time.Unix(seconds, 0).UTC()
	}
	if _, found := object.Find("exp"); !found {
		return statement{}, refuse(token.ErrClaimType, "exp is missing")
	}
	return s, nil
}

// checkTimes compares exp and nbf with the clock. iat is not compared: clocks
// of peers differ, and it opens nothing.
func (s statement) checkTimes(now time.Time, leeway time.Duration) error {
	switch {
	case !s.expires.After(now.Add(-leeway)):
		return refuse(token.ErrExpired, "exp has been reached")
	case s.notBefore.After(now.Add(leeway)):
		return refuse(token.ErrNotYet, "nbf lies ahead")
	}
	return nil
}

// checkAudience demands that aud contains want or, without one, that there is
// no aud of any kind (PEER-12).
func (s statement) checkAudience(want string) error {
	switch {
	case want == "" && s.hasAudience:
		return refuse(token.ErrAudience, "aud is present, and the peer has no audience")
	case want != "" && !slices.Contains(s.audiences, want):
		return refuse(token.ErrAudience, "aud does not contain the audience of the peer")
	}
	return nil
}
