package wstoken_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/internal/wstoken"
	"github.com/tokenwright/tokenwright/token"
)

// What all vectors are about.
const (
	account   = "123e4567-e89b-12d3-a456-426614174000"
	workspace = "123e4567-e89b-12d3-a456-426614174001"
	tokenID   = "00000000-0000-4000-8000-000000000001"
	secret    = "tokenwright-golden-vectors-secret"
)

var (
	lastYear = time.Unix(4102444800, 0).UTC()
	now      = time.Unix(1800000000, 0).UTC()
)

// short is a source of the six-byte secret of V1 to V3. No configuration takes
// it.
type short struct{ key jwt.Key }

func (s short) FindKeys(context.Context, string) ([]jwt.Key, error) { return []jwt.Key{s.key}, nil }

// TestW16BytesAreThoseOfTheReference: V2 and V3 are written byte for byte, and
// say what they should.
func TestW16BytesAreThoseOfTheReference(t *testing.T) {
	key, err := jwt.NewShortHS256Key("", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwt.NewSecretSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		scopes token.Scopes
		want   string
	}{
		"V2": {nil, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjQxMDI0NDQ4MDB9.PTlC0okXXLwwkmnKyjx4_lTjHqaEgccV7_O_2F1HNIc"},
		"V3": {token.Scopes{"read:*", "write:*"}, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCIsXCJ3cml0ZToqXCJdIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjQxMDI0NDQ4MDB9.O2IhCtiUXkkSWG9Pn5XY7-6quKYHgjtipQ7HKBOtITE"},
	} {
		said := wstoken.Claims{TokenID: tokenID, Account: account, Workspace: workspace, Scopes: c.scopes, ExpiresAt: lastYear}
		raw, err := wstoken.Sign(signer, said)
		if err != nil || raw.Reveal() != c.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", name, raw.Reveal(), err, c.want)
		}
		got, err := wstoken.Open(t.Context(), c.want, short{key}, now)
		if err != nil || !reflect.DeepEqual(got, said) {
			t.Errorf("%s says %+v, %v", name, got, err)
		}
	}
}

// TestV1IsNoWorkspaceToken: a login token of the reference has no token id.
func TestV1IsNoWorkspaceToken(t *testing.T) {
	raw := resign(`{"account":"` + account + `","workspace":"` + workspace + `"}`)
	if _, err := open(t, raw); !errors.Is(err, token.ErrMalformed) {
		t.Errorf("a login token: %v", err)
	}
	if got, err := wstoken.OpenLogin(t.Context(), raw, secrets(t), now); err != nil || got != account {
		t.Errorf("opened as a login token: %q, %v", got, err)
	}
	if _, err := wstoken.OpenLogin(t.Context(), sign(t, nil), secrets(t), now); !errors.Is(err, token.ErrMalformed) {
		t.Errorf("an API token opened as a login token: %v", err)
	}
}

// TestOnlyALoginIsALogin: the host signs much with the same secret that is good
// for one thing, or for less than its account may do.
func TestOnlyALoginIsALogin(t *testing.T) {
	const beside = `,"account":"` + account + `","workspace":"` + workspace + `"`
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"with an end":                 {`{"account":"` + account + `","exp":4102444800,"nbf":1}`, nil},
		"nothing in extra":            {`{"extra":{}` + beside + `}`, nil},
		"claims that nobody believes": {`{"extra":{"admin":"true","service":"account"}` + beside + `}`, nil},
		"a version":                   {`{"extra":{"token_version":"3"}` + beside + `}`, nil},
		"an address to confirm":       {`{"extra":{"confirmEmail":"a@b.example"}` + beside + `}`, token.ErrMalformed},
		"a password to restore":       {`{"extra":{"restoreEmail":"a@b.example"}` + beside + `}`, token.ErrMalformed},
		"a second factor to come":     {`{"extra":{"tfaAccount":"` + account + `"}` + beside + `}`, token.ErrMalformed},
		"for reading":                 {`{"extra":{"readonly":"true"}` + beside + `}`, token.ErrMalformed},
		"of a guest":                  {`{"extra":{"guest":"true"}` + beside + `}`, token.ErrMalformed},
		"of a link":                   {`{"extra":{"linkId":"1"}` + beside + `}`, token.ErrMalformed},
		"a variant":                   {`{"extra":{"Admin":"true"}` + beside + `}`, token.ErrMalformed},
		"extra is no object":          {`{"extra":"x"` + beside + `}`, token.ErrMalformed},
		"a grant":                     {`{"account":"` + account + `","grant":{"workspace":"` + workspace + `","role":"GUEST"},"sub":"` + account + `"}`, token.ErrMalformed},
		"a subject":                   {`{"account":"` + account + `","sub":"x"}`, token.ErrMalformed},
		"something else":              {`{"account":"` + account + `","purpose":"x"}`, token.ErrMalformed},
	} {
		if _, err := wstoken.OpenLogin(t.Context(), resign(c.payload), secrets(t), now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestW17Vectors are T1 to T10 of the contract.
func TestW17Vectors(t *testing.T) {
	const head = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."
	for _, c := range []struct {
		name, raw string
		scopes    string
		want      error
	}{
		{name: "T1", scopes: "read:*", raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCJdIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjQxMDI0NDQ4MDB9.VM6frVVnkBr2FaVcCzlSMT3rZkzebBoxzfMNSTn694Q"},
		{name: "T2", scopes: "read:* write:* delete:*", raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCIsXCJ3cml0ZToqXCIsXCJkZWxldGU6KlwiXSJ9LCJhY2NvdW50IjoiMTIzZTQ1NjctZTg5Yi0xMmQzLWE0NTYtNDI2NjE0MTc0MDAwIiwid29ya3NwYWNlIjoiMTIzZTQ1NjctZTg5Yi0xMmQzLWE0NTYtNDI2NjE0MTc0MDAxIiwiZXhwIjo0MTAyNDQ0ODAwfQ.U-hvZJdk6UJNc8zo_1-JSP-ADJvGeO5D-PrHTiW7unc"},
		{name: "T3", raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjQxMDI0NDQ4MDB9.-IUHFDT6Tsq3jsdTAPD-zc64Q6qekh_a57zthMiduzM"},
		{name: "T4", want: token.ErrExpired, raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCJdIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjk0NjY4NDgwMH0.yz7tc5oJjNlbyuwoUrghmo0qKcTEp1Upcg_MWYk-WlY"},
		{name: "T5", want: token.ErrMalformed, raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCJdIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEifQ.dpcZOXiErarF4xgpKlHkP173iG9peu628SjtvbJI44A"},
		{name: "T6", want: token.ErrMalformed, raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoicmVhZDoqIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjQxMDI0NDQ4MDB9.25yaZut1gOIIlahxm_W3smZh_rtSfdOkipE9pHM4Rm4"},
		{name: "T7", want: token.ErrMalformed, raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjpbInJlYWQ6KiJdfSwiYWNjb3VudCI6IjEyM2U0NTY3LWU4OWItMTJkMy1hNDU2LTQyNjYxNDE3NDAwMCIsIndvcmtzcGFjZSI6IjEyM2U0NTY3LWU4OWItMTJkMy1hNDU2LTQyNjYxNDE3NDAwMSIsImV4cCI6NDEwMjQ0NDgwMH0.QyuANctQeVSeFQjRgyjGtCA_F_XfiVbJRWZhUtvL8cg"},
		{name: "T8", want: token.ErrUnauthenticated, raw: "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzM4NCJ9.eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCJdIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjQxMDI0NDQ4MDB9.dH_RK6saACOwBK7JmHKPdbZRJZJ46cm1z0UX3BkUHLpO6J2-HMSafqMcd64HDtL4"},
		{name: "T9", want: token.ErrUnauthenticated, raw: "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCJdIn0sImFjY291bnQiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDAiLCJ3b3Jrc3BhY2UiOiIxMjNlNDU2Ny1lODliLTEyZDMtYTQ1Ni00MjY2MTQxNzQwMDEiLCJleHAiOjQxMDI0NDQ4MDB9."},
		{name: "T10", want: token.ErrMalformed, raw: head + "eyJleHRyYSI6eyJhcGlUb2tlbklkIjoiMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic2NvcGVzIjoiW1wicmVhZDoqXCJdIiwic2NvcGVzIjoiW1wicmVhZDoqXCIsXCJ3cml0ZToqXCIsXCJkZWxldGU6KlwiXSJ9LCJhY2NvdW50IjoiMTIzZTQ1NjctZTg5Yi0xMmQzLWE0NTYtNDI2NjE0MTc0MDAwIiwid29ya3NwYWNlIjoiMTIzZTQ1NjctZTg5Yi0xMmQzLWE0NTYtNDI2NjE0MTc0MDAxIiwiZXhwIjo0MTAyNDQ0ODAwfQ.4X4lwQj5efruPDlMfh0i3uL0czOx1XcEqyRqFowgTkA"},
	} {
		got, err := open(t, c.raw)
		if !errors.Is(err, c.want) || got.Scopes.String() != c.scopes {
			t.Errorf("%s: scopes %q, %v; want %q, %v", c.name, got.Scopes, err, c.scopes, c.want)
		}
		if c.want == nil && sign(t, got.Scopes) != c.raw {
			t.Errorf("%s is not what is written for its claims", c.name)
		}
	}
}

func sign(t *testing.T, scopes token.Scopes) string {
	t.Helper()
	signer, err := secrets(t).Signer()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := wstoken.Sign(signer, wstoken.Claims{
		TokenID: tokenID, Account: account, Workspace: workspace, Scopes: scopes, ExpiresAt: lastYear,
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw.Reveal()
}

func open(t *testing.T, raw string) (wstoken.Claims, error) {
	t.Helper()
	return wstoken.Open(t.Context(), raw, secrets(t), now)
}

func secrets(t testing.TB) wstoken.Secrets {
	t.Helper()
	s, err := wstoken.NewSecrets([]token.Secret{token.NewSecret(secret)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// resign gives a correctly signed token of any payload, so that only the rule
// under test can refuse it.
func resign(payload string) string {
	signed := "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	return signed + "." + mac(secret, signed)
}

func mac(secret, text string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}
