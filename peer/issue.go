package peer

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

// ServerSubject is the sub of every token made from a shared secret. It names
// nobody: who calls is known by the key.
const ServerSubject = "backstage-server"

// claims is the payload, member for member as the reference writes it.
type claims struct {
	Subject   string `json:"sub"`
	ExpiresAt int64  `json:"exp"`
	Audience  string `json:"aud,omitempty"`
}

// reuse is a token that is handed out again.
type reuse struct {
	key      int
	raw      token.Secret
	signedAt time.Time // with the monotonic clock, where there is one
	expires  time.Time
}

// errNoSigner means that no key may sign now.
var errNoSigner = token.NewError(token.ErrNoKeys, "No key may sign now: set sign: true on a key that is within its times", nil)

// GetToken gives a token to show to another deployment, signed by the first
// key that may sign now. Ask for one on every outgoing request and do not keep
// it: it is made once in ten minutes, and has 50 to 60 minutes left. Send it as
// "Authorization: Bearer <token>". The error has reason token.ErrNoKeys.
func (m *TokenManager) GetToken(ctx context.Context) (token.Secret, error) {
	return m.get(ctx, "", func(key) bool { return true })
}

// GetNamedToken is GetToken with the first key of one name.
func (m *TokenManager) GetNamedToken(ctx context.Context, name string) (token.Secret, error) {
	return m.get(ctx, name, func(k key) bool { return k.caller.Name == name })
}

// get holds the lock while it signs, so that callers at the same time share
// one token.
func (m *TokenManager) get(ctx context.Context, name string, ours func(key) bool) (token.Secret, error) {
	if err := ctx.Err(); err != nil {
		return token.Secret{}, token.Unavailable(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	for i, one := range m.keys {
		if !one.signs || !ours(one) || !one.caller.usable(now) {
			continue
		}
		if had, ok := m.reused[name]; ok && had.key == i && had.fresh(now) {
			return had.raw, nil
		}
		made, err := sign(one, now)
		if err != nil {
			return token.Secret{}, err
		}
		made.key = i
		m.reused[name] = made
		return made.raw, nil
	}
	return token.Secret{}, errNoSigner
}

// fresh reports whether the token may be handed out again. Both clocks must say
// so: the monotonic one how long it was used, and the wall clock how long it is
// still good, so that a jump of the wall clock in either direction never hands
// out a token that ends too soon or too late (PEER-29).
func (r reuse) fresh(now time.Time) bool {
	left := r.expires.Sub(now.Round(0)) // Round strips the monotonic clock
	return now.Sub(r.signedAt) < ReuseFor && left >= Lifetime-ReuseFor && left <= Lifetime
}

func sign(k key, now time.Time) (reuse, error) {
	signer, err := jwt.NewSecretSigner(k.signing)
	if err != nil {
		return reuse{}, err
	}
	expires := time.Unix(now.Unix(), 0).Add(Lifetime)
	raw, err := signer.Sign("", claims{ServerSubject, expires.Unix(), k.caller.Audience})
	if err != nil {
		return reuse{}, err
	}
	return reuse{raw: token.NewSecret(raw), signedAt: now, expires: expires}, nil
}
