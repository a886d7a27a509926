package verify

import (
	"cmp"
	"context"
	"errors"

	"github.com/tokenwright/tokenwright/token"
)

// AccessRecords is what an authority knows of its own access JWTs.
type AccessRecords interface {
	RecordSource
	// IsRevoked reports whether the JWT of a jti was revoked by itself.
	IsRevoked(ctx context.Context, jti string) (bool, error)
}

// checkSession reports whether an access JWT was revoked, and whether the token
// that it came out of is still good: whoever revokes a personal token, or what they let a client do,
// means the JWTs too (PER-11, F-06). It is asked when a JWT is first seen, and
// again after every change of that token; see endsWith. With a refusal comes the
// record that has ended: the JWT's own, or that of what it came out of.
func (v *Verifier) checkSession(ctx context.Context, p *presented, t *token.Token, c *claims) (token.Token, error) {
	records := v.issuers[c.issuer].Records
	if records == nil {
		return token.Token{}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchDeadline)
	defer cancel()
	if err := v.flights.admit(ctx); err != nil {
		return token.Token{}, err
	}
	defer v.flights.release()
	switch revoked, err := records.IsRevoked(ctx, t.ID); {
	case err != nil:
		return token.Token{}, token.Unavailable(err)
	case revoked:
		return *t, token.ErrRevoked
	case c.session == "":
		return token.Token{}, nil
	}
	record, err := records.FindToken(ctx, c.session)
	switch {
	case errors.Is(err, token.ErrNotFound):
		// Signed by us and without a record: the database is older than the JWT.
		return *t, token.ErrRevoked
	case err != nil:
		return token.Token{}, token.Unavailable(err)
	case !notBearer(record.Kind) || record.Subject != t.Subject:
		return record, token.ErrMismatch
	}
	err = v.judge(&record, p.now)
	return record, err
}

// endsWith names the record whose changes end what is cached of a credential:
// its own, or the one that it came out of.
func endsWith(t *token.Token, c *claims) string { return cmp.Or(c.session, t.ID) }
