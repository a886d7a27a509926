package verify_test

import (
	"errors"
	"testing"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// A refresh token opens nothing, however good it is, and is not even looked up:
// it has no checksum, so its shape alone costs a stranger nothing to make.
func TestARefreshTokenIsNoBearer(t *testing.T) {
	for _, kind := range []token.Kind{token.KindPersonal, token.KindRefresh} {
		w := newWorld(t)
		id, secret := token.NewRefresh()
		raw := secret.Reveal()
		kept := record("laptop", start)
		kept.ID, kept.Kind, kept.Subject = id, kind, "user:default/alice"
		w.source.put(raw, kept)
		for _, want := range []verify.Expect{{}, {Describe: true}, {Kinds: []token.Kind{kind}}} {
			if _, err := w.v.Verify(t.Context(), raw, want); !errors.Is(err, token.ErrNotBearer) {
				t.Errorf("%s, %+v: %v", kind, want, err)
			}
		}
		w.wantReads("after all of them", 0)
		if proof, found, err := w.v.Inspect(t.Context(), raw); !errors.Is(err, token.ErrNotBearer) || found.ID != id || proof != nil {
			t.Errorf("%s: Inspect = %v, %v, %v", kind, proof, found.ID, err)
		}
		w.source.change(raw, func(t *token.Token) { t.RevokedAt = start })
		if _, found, err := w.v.Inspect(t.Context(), raw); !errors.Is(err, token.ErrRevoked) || found.ID != id {
			t.Errorf("%s, revoked: Inspect = %v, %v", kind, found.ID, err)
		}
	}
}

// However such a record came to be known by another secret, it stays one that
// is exchanged.
func TestARecordOfARefreshTokenIsNoBearerEither(t *testing.T) {
	w := newWorld(t)
	raw, _ := w.issue(func(t *token.Token) { t.Kind = token.KindPersonal })
	w.want("the record's kind", raw, token.ErrNotBearer)
	w.want("and again", raw, token.ErrNotBearer)
}
