package verify_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// signingIssuer is an issuer together with what signs for it.
type signingIssuer struct {
	verify.Issuer
	signer jwt.Signer
	keys   *countedKeys
}

// countedKeys counts how often a key was asked for, which is once for each
// signature that is checked.
type countedKeys struct {
	jwt.KeySource
	asked int
}

func (c *countedKeys) FindKeys(ctx context.Context, kid string) ([]jwt.Key, error) {
	c.asked++
	return c.KeySource.FindKeys(ctx, kid)
}

func newIssuer(t *testing.T, name, kid string) signingIssuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwt.NewES256Signer(kid, key)
	if err != nil {
		t.Fatal(err)
	}
	set, err := jwt.NewKeySet([]jwt.Key{signer.Key()})
	if err != nil {
		t.Fatal(err)
	}
	keys := &countedKeys{KeySource: set}
	return signingIssuer{verify.Issuer{
		Issuer: name, Audience: "backstage", Type: "vnd.backstage.user", Keys: keys, MaxLifetime: time.Hour,
	}, signer, keys}
}

func ourIssuer(t *testing.T) signingIssuer {
	return newIssuer(t, "https://tokens.example.com/api/auth", "k1")
}

// claims are those of a person's access JWT.
type claims map[string]any

func (i signingIssuer) claims(changes claims) claims {
	all := claims{
		"iss": i.Issuer.Issuer, "sub": "user:default/alice", "aud": []string{"backstage", "other"},
		"iat": start.Unix(), "exp": start.Add(10 * time.Minute).Unix(), "jti": "j-1",
		"client_id": "console", "sid": "0190a0b0-0000-7000-8000-000000000001",
	}
	for name, value := range changes {
		all[name] = value
	}
	return all
}

func (i signingIssuer) sign(t *testing.T, changes claims) string {
	t.Helper()
	raw, err := i.signer.Sign("vnd.backstage.user", i.claims(changes))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func withIssuers(list ...signingIssuer) func(*verify.Options) {
	return func(o *verify.Options) {
		for _, one := range list {
			o.Issuers = append(o.Issuers, one.Issuer)
		}
	}
}

func TestAnAccessJWTIsVerifiedOnceAndRemembered(t *testing.T) {
	ours := ourIssuer(t)
	w := newWorld(t, withIssuers(ours))
	raw := ours.sign(t, nil)
	for range 3 {
		v, err := w.v.Verify(t.Context(), raw, verify.Expect{Kinds: []token.Kind{token.KindAccess}, Audience: "other"})
		if err != nil {
			t.Fatal(err)
		}
		if v.Subject() != "user:default/alice" || v.Kind() != token.KindAccess || v.TokenID() != "j-1" ||
			v.Owner() != "user:default/alice" || v.Issuer() != ours.Issuer.Issuer || v.ClientID() != "console" ||
			v.Session() != "0190a0b0-0000-7000-8000-000000000001" || !slices.Equal(v.Audience(), []string{"backstage", "other"}) ||
			!v.ExpiresAt().Equal(start.Add(10*time.Minute)) || !v.IssuedAt().Equal(start) || len(v.Scopes()) != 0 {
			t.Errorf("%v", v)
		}
	}
	if ours.keys.asked != 1 {
		t.Errorf("the signature was checked %d times", ours.keys.asked)
	}
	w.wantReads("a JWT needs no record", 0)
}

func TestEveryUseOfAJWTIsDecidedAnew(t *testing.T) {
	ours := ourIssuer(t)
	w := newWorld(t, withIssuers(ours))
	plain, narrowed, none := ours.sign(t, nil), ours.sign(t, claims{"scope": "a b:*"}), ours.sign(t, claims{"scope": ""})
	people := []token.Kind{token.KindUser, token.KindAccess}
	for range 2 {
		for _, tc := range []struct {
			name, raw string
			want      verify.Expect
			err       error
		}{
			{"no demand", plain, verify.Expect{}, nil},
			{"its audience", plain, verify.Expect{Audience: "backstage"}, nil},
			{"another audience", plain, verify.Expect{Audience: "backstag"}, token.ErrAudience},
			{"people are not let in", plain, verify.Expect{Kinds: []token.Kind{token.KindService}}, token.ErrWrongKind},
			{"people are let in, whatever the scopes", plain, verify.Expect{Kinds: people, Scopes: token.Scopes{"a"}}, nil},
			{"scopes are demanded and people not named", plain, verify.Expect{Scopes: token.Scopes{"a"}}, token.ErrScope},
			{"narrowed to the scope", narrowed, verify.Expect{Kinds: people, Scopes: token.Scopes{"a", "b:x"}}, nil},
			{"narrowed to another", narrowed, verify.Expect{Kinds: people, Scopes: token.Scopes{"c"}}, token.ErrScope},
			{"narrowed to nothing", none, verify.Expect{Kinds: people, Scopes: token.Scopes{"a"}}, token.ErrScope},
		} {
			if _, err := w.v.Verify(t.Context(), tc.raw, tc.want); !errors.Is(err, tc.err) {
				t.Errorf("%s: %v, want %v", tc.name, err, tc.err)
			}
		}
	}
}

// TestIssuersAreKeptApart is row A-05: two issuers with one kid, and everything
// the one signed in the name of the other.
func TestIssuersAreKeptApart(t *testing.T) {
	ours, theirs := ourIssuer(t), newIssuer(t, "https://sign-in.example.org", "k1")
	w := newWorld(t, withIssuers(ours, theirs))
	w.want("ours", ours.sign(t, nil), nil)
	w.want("theirs", theirs.sign(t, nil), nil)
	for _, tc := range []struct {
		name   string
		raw    string
		reason error
	}{
		{"their key, our name", theirs.sign(t, claims{"iss": ours.Issuer.Issuer}), token.ErrSignature},
		{"our key, their name", ours.sign(t, claims{"iss": theirs.Issuer.Issuer}), token.ErrSignature},
		{"an issuer nobody knows", ours.sign(t, claims{"iss": "https://evil.example"}), token.ErrIssuer},
		{"our name with a slash", ours.sign(t, claims{"iss": ours.Issuer.Issuer + "/"}), token.ErrIssuer},
		{"another audience", ours.sign(t, claims{"aud": "other"}), token.ErrAudience},
		{"a lifetime over the limit", ours.sign(t, claims{"exp": start.Add(2 * time.Hour).Unix()}), token.ErrLifetime},
		{"a scope that is none", ours.sign(t, claims{"scope": "a  b"}), token.ErrMalformed},
	} {
		for range 2 {
			w.want(tc.name, tc.raw, tc.reason)
		}
	}
	other, err := ours.signer.Sign("JWT", ours.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	w.want("another type of token (A-16)", other, token.ErrWrongKind)
}

// TestAForeignWildcardIsNone: only a scope that was chosen from this catalogue may
// cover more than itself (E-01).
func TestAForeignWildcardIsNone(t *testing.T) {
	ours, theirs := ourIssuer(t), newIssuer(t, "https://sign-in.example.org", "k1")
	theirs.Foreign = true
	w := newWorld(t, withIssuers(ours, theirs))
	scopes := claims{"scope": "catalog:* * catalog:read"}
	for _, c := range []struct {
		name, raw, demand string
		want              error
	}{
		{"ours", ours.sign(t, scopes), "catalog:write", nil},
		{"theirs", theirs.sign(t, scopes), "catalog:write", token.ErrScope},
		{"theirs, by its name", theirs.sign(t, scopes), "catalog:*", token.ErrScope},
		{"theirs, what it names", theirs.sign(t, scopes), "catalog:read", nil},
	} {
		if _, err := w.v.Verify(t.Context(), c.raw, verify.Expect{Scopes: []string{c.demand}}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestACachedJWTEndsWithItsExpiry(t *testing.T) {
	ours := ourIssuer(t)
	ours.Leeway = 30 * time.Second
	w := newWorld(t, withIssuers(ours), func(o *verify.Options) { o.Lease, o.CacheTTL = time.Hour, time.Hour })
	raw := ours.sign(t, nil)
	w.want("good", raw, nil)
	w.clock.move(10*time.Minute + 30*time.Second - time.Microsecond)
	w.want("within the leeway", raw, nil)
	w.clock.move(time.Microsecond)
	w.want("at the end of the leeway", raw, token.ErrExpired)
}

func TestKeysThatChangedAreAskedAgain(t *testing.T) {
	ours := ourIssuer(t)
	w := newWorld(t, withIssuers(ours))
	raw := ours.sign(t, nil)
	w.want("good", raw, nil)
	empty, err := jwt.NewKeySet(nil)
	if err != nil {
		t.Fatal(err)
	}
	ours.keys.KeySource = empty
	w.want("not known yet", raw, nil)
	w.v.Apply(token.Change{Keys: true})
	w.want("the key was removed", raw, token.ErrSignature)
}

func TestMarksEndTheJWTsOfAUser(t *testing.T) {
	ours := ourIssuer(t)
	w := newWorld(t, withIssuers(ours))
	raw := ours.sign(t, nil)
	w.want("good", raw, nil)
	w.v.Apply(token.Change{Mark: &token.Mark{ID: "m", Owner: "user:default/alice", NotBefore: start}})
	w.want("cached before the mark", raw, token.ErrRevoked)
	w.want("another of the same time", ours.sign(t, claims{"jti": "j-2"}), token.ErrRevoked)
	w.want("another user's", ours.sign(t, claims{"sub": "user:default/bob"}), nil)
	w.clock.move(time.Second)
	later := ours.sign(t, claims{"iat": w.clock.now().Unix()})
	w.want("issued behind the mark", later, nil)
	w.want("issued behind the mark, cached", later, nil)
}

// TestTheSubjectIsAskedEachTime is row C-12: a user who was switched off loses
// the JWTs in hand.
func TestTheSubjectIsAskedEachTime(t *testing.T) {
	ours := ourIssuer(t)
	var answer error
	asked := 0
	w := newWorld(t, withIssuers(ours), func(o *verify.Options) {
		o.Subject = func(_ context.Context, v verify.Verified) error {
			asked++
			if v.Subject() != "user:default/alice" {
				t.Errorf("asked for %q", v.Subject())
			}
			return answer
		}
	})
	raw := ours.sign(t, nil)
	opaque, _ := w.issue()
	w.want("active", raw, nil)
	answer = token.ErrDisabled
	w.want("switched off", raw, token.ErrDisabled)
	if _, _, err := w.v.Inspect(t.Context(), raw); !errors.Is(err, token.ErrDisabled) {
		t.Errorf("Inspect: %v", err)
	}
	answer = token.Unavailable(errors.New("the directory is away"))
	w.want("not known", raw, token.ErrUnavailable)
	answer = nil
	w.want("switched on", raw, nil)
	w.want("an opaque token has its own record", opaque, nil)
	if asked != 5 {
		t.Errorf("asked %d times", asked)
	}
}

func TestInspectOfAJWT(t *testing.T) {
	ours := ourIssuer(t)
	w := newWorld(t, withIssuers(ours))
	v, record, err := w.v.Inspect(t.Context(), ours.sign(t, claims{"scope": "a"}))
	if err != nil || record.Kind != token.KindAccess || record.ID != "j-1" || v.ScopeString() != "a" {
		t.Errorf("%v, %v, %v", v, record, err)
	}
	if _, _, err := w.v.Inspect(t.Context(), ours.sign(t, claims{"exp": start.Unix()})); !errors.Is(err, token.ErrExpired) {
		t.Errorf("expired: %v", err)
	}
}

func TestKeysThatCannotBeReadAreNoVerdict(t *testing.T) {
	ours := ourIssuer(t)
	ours.Keys = away{}
	w := newWorld(t, withIssuers(ours))
	err := w.verify(ours.sign(t, nil))
	if !errors.Is(err, token.ErrUnavailable) || errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("%v", err)
	}
}

// away is a source of keys that cannot be reached.
type away struct{}

func (away) FindKeys(context.Context, string) ([]jwt.Key, error) {
	return nil, token.Unavailable(errors.New("connection refused"))
}
