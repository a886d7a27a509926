package peer

import (
	"context"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// NewDevelopment makes a TokenManager with a secret of its own, made now and
// known to nobody else: another process refuses its tokens. It is for
// development on one machine, says so in its notes, and a server must only use
// it while all its listeners are on loopback addresses.
func NewDevelopment(opts Options) (*TokenManager, error) {
	yes := true
	opts.Keys = []Key{{Caller: Caller{Name: "development"}, Secret: GenerateSecret(), Sign: &yes}}
	m, err := New(opts)
	if err != nil {
		return nil, err
	}
	m.development = true
	m.notes = append(m.notes, Note{"development", "Generated a secret for service-to-service authentication: DEVELOPMENT USE ONLY."})
	return m, nil
}

// Development reports whether the secret is one of NewDevelopment.
func (m *TokenManager) Development() bool { return m.development }

// Noop takes every credential for that of somebody without rights and makes
// none. It is a type of its own, so that nothing can be handed one by accident
// where a TokenManager is expected.
type Noop struct{}

// NoopSubject is whom every credential speaks for at a Noop.
const NoopSubject token.Subject = "external:nobody"

// GetToken gives no token and no error.
func (Noop) GetToken(context.Context) (token.Secret, error) { return token.Secret{}, nil }

// Authenticate takes everything, the empty text too, and gives a principal
// that holds nothing.
func (Noop) Authenticate(context.Context, string) (*Principal, error) {
	return &Principal{Subject: NoopSubject, IssuedAt: time.Unix(0, 0).UTC()}, nil
}

// Insecure is true: whoever shows what is in use can ask.
func (Noop) Insecure() bool { return true }
