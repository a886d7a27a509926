package wstoken_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/wstoken"
	"github.com/tokenwright/tokenwright/token"
)

// payloadOf writes a payload with further members in extra and beside it.
func payloadOf(extra, beside string) string {
	return `{"extra":{"apiTokenId":"` + tokenID + `"` + extra + `},"account":"` + account +
		`","workspace":"` + workspace + `"` + beside + `}`
}

// TestClaimsAreReadStrictly: every token is correctly signed.
func TestClaimsAreReadStrictly(t *testing.T) {
	const exp = `,"exp":4102444800`
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"plain":                 {payloadOf("", exp), nil},
		"unknown members":       {payloadOf(`,"service":"x"`, exp+`,"sub":"y"`), nil},
		"nbf in the past":       {payloadOf("", exp+`,"nbf":1`), nil},
		"nbf ahead":             {payloadOf("", exp+`,"nbf":1900000000`), token.ErrNotYet},
		"nbf a text":            {payloadOf("", exp+`,"nbf":"1"`), token.ErrMalformed},
		"exp zero":              {payloadOf("", `,"exp":0`), token.ErrMalformed},
		"exp a fraction":        {payloadOf("", `,"exp":4102444800.5`), token.ErrMalformed},
		"exp with exponent":     {payloadOf("", `,"exp":4e9`), token.ErrMalformed},
		"exp 2^53":              {payloadOf("", `,"exp":9007199254740992`), token.ErrMalformed},
		"exp a text":            {payloadOf("", `,"exp":"4102444800"`), token.ErrMalformed},
		"exp null":              {payloadOf("", `,"exp":null`), token.ErrMalformed},
		"exp now":               {payloadOf("", `,"exp":1800000000`), token.ErrExpired},
		"exp in a second":       {payloadOf("", `,"exp":1800000001`), nil},
		"exp twice":             {payloadOf("", exp+exp), token.ErrMalformed},
		"case twin":             {payloadOf("", exp+`,"EXP":1`), token.ErrMalformed},
		"scopes in capitals":    {payloadOf(`,"Scopes":"[\"read:*\"]"`, exp), token.ErrMalformed},
		"scopes with a long s":  {payloadOf(`,"`+"\u017f"+`copes":"[\"read:*\"]"`, exp), token.ErrMalformed},
		"scopes null":           {payloadOf(`,"scopes":null`, exp), token.ErrMalformed},
		"scopes none":           {payloadOf(`,"scopes":"[]"`, exp), token.ErrMalformed},
		"scopes twice the same": {payloadOf(`,"scopes":"[\"read:*\",\"read:*\"]"`, exp), token.ErrMalformed},
		"scopes of a module":    {payloadOf(`,"scopes":"[\"read:tracker\"]"`, exp), token.ErrMalformed},
		"scopes and more":       {payloadOf(`,"scopes":"[\"read:*\"] []"`, exp), token.ErrMalformed},
		"scopes in any order":   {payloadOf(`,"scopes":"[\"write:*\",\"read:*\"]"`, exp), nil},
		"no extra":              {`{"account":"` + account + `","workspace":"` + workspace + `","exp":4102444800}`, token.ErrMalformed},
		"extra null":            {`{"extra":null,"account":"` + account + `","workspace":"` + workspace + `","exp":4102444800}`, token.ErrMalformed},
		"account in capitals":   {strings.Replace(payloadOf("", exp), account, strings.ToUpper(account), 1), token.ErrMalformed},
		"account in braces":     {strings.Replace(payloadOf("", exp), account, "{"+account+"}", 1), token.ErrMalformed},
		"an array":              {`[` + payloadOf("", exp) + `]`, token.ErrMalformed},
		"two values":            {payloadOf("", exp) + "{}", token.ErrMalformed},
		"invalid UTF-8":         {payloadOf(",\"x\":\"\xff\"", exp), token.ErrMalformed},
	} {
		if _, err := open(t, resign(c.payload)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestW09OtherAlgorithmsAreRefused, whatever the header says.
func TestW09OtherAlgorithmsAreRefused(t *testing.T) {
	body := base64.RawURLEncoding.EncodeToString([]byte(payloadOf("", `,"exp":4102444800`)))
	for name, header := range map[string]string{
		"HS384":         `{"typ":"JWT","alg":"HS384"}`,
		"HS512":         `{"typ":"JWT","alg":"HS512"}`,
		"none":          `{"typ":"JWT","alg":"none"}`,
		"None":          `{"typ":"JWT","alg":"None"}`,
		"RS256":         `{"typ":"JWT","alg":"RS256"}`,
		"lower case":    `{"typ":"JWT","alg":"hs256"}`,
		"missing":       `{"typ":"JWT"}`,
		"twin":          `{"typ":"JWT","alg":"HS256","ALG":"none"}`,
		"crit":          `{"typ":"JWT","alg":"HS256","crit":["exp"]}`,
		"other typ":     `{"typ":"at+jwt","alg":"HS256"}`,
		"typ lowercase": `{"typ":"jwt","alg":"HS256"}`,
	} {
		signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + body
		if _, err := open(t, signed+"."+mac(secret, signed)); !errors.Is(err, token.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, header := range map[string]string{"no typ": `{"alg":"HS256"}`, "a kid": `{"alg":"HS256","kid":"x","jwk":{}}`} {
		signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + body
		if _, err := open(t, signed+"."+mac(secret, signed)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestATokenHasOneSpelling: every other spelling of a good token is refused
//
func TestATokenHasOneSpelling(t *testing.T) {
	good := sign(t, nil)
	for name, raw := range map[string]string{
		"padding":       good + "=",
		"a line break":  good[:40] + "\n" + good[40:],
		"a space":       " " + good,
		"spare bits":    good[:len(good)-1] + "5",
		"cut signature": good[:len(good)-2],
		"four parts":    good + ".",
		"too long":      good + strings.Repeat("A", 8<<10),
	} {
		if _, err := open(t, raw); !errors.Is(err, token.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheFirstSecretSignsAndAllVerify(t *testing.T) {
	older, newer := token.NewSecret(strings.Repeat("a1", 16)), token.NewSecret(strings.Repeat("b2", 16))
	before, err := wstoken.NewSecrets([]token.Secret{older})
	if err != nil {
		t.Fatal(err)
	}
	after, err := wstoken.NewSecrets([]token.Secret{newer, older})
	if err != nil {
		t.Fatal(err)
	}
	claims := wstoken.Claims{TokenID: tokenID, Account: account, Workspace: workspace, ExpiresAt: lastYear}
	signWith := func(s wstoken.Secrets) string {
		signer, err := s.Signer()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := wstoken.Sign(signer, claims)
		if err != nil {
			t.Fatal(err)
		}
		return raw.Reveal()
	}
	for _, raw := range []string{signWith(before), signWith(after)} {
		if _, err := wstoken.Open(t.Context(), raw, after, now); err != nil {
			t.Errorf("after the change: %v", err)
		}
	}
	if _, err := wstoken.Open(t.Context(), signWith(after), before, now); !errors.Is(err, token.ErrSignature) {
		t.Errorf("a secret that is not configured: %v", err)
	}
	if _, err := wstoken.NewSecrets([]token.Secret{newer, token.NewSecret("short")}); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("a short secret: %v", err)
	}
}

func TestNothingIsSignedThatCouldNotBeVerified(t *testing.T) {
	signer, err := secrets(t).Signer()
	if err != nil {
		t.Fatal(err)
	}
	good := wstoken.Claims{TokenID: tokenID, Account: account, Workspace: workspace, ExpiresAt: lastYear}
	for name, spoil := range map[string]func(*wstoken.Claims){
		"no id":      func(c *wstoken.Claims) { c.TokenID = "" },
		"no account": func(c *wstoken.Claims) { c.Account = "user:default/alice" },
		"no place":   func(c *wstoken.Claims) { c.Workspace = "demo" },
		"no expiry":  func(c *wstoken.Claims) { c.ExpiresAt = time.Time{} },
		"odd scope":  func(c *wstoken.Claims) { c.Scopes = token.Scopes{"admin"} },
	} {
		c := good
		spoil(&c)
		if _, err := wstoken.Sign(signer, c); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzOpen: whatever is presented, it is refused as not authenticated or it is
// the one spelling of its claims.
func FuzzOpen(f *testing.F) {
	f.Add(payloadOf("", `,"exp":4102444800`))
	f.Add(payloadOf(`,"scopes":"[\"read:*\"]"`, `,"exp":4102444800,"nbf":3`))
	f.Fuzz(func(t *testing.T, payload string) {
		c, err := wstoken.Open(t.Context(), resign(payload), secrets(t), now)
		if err != nil {
			if !errors.Is(err, token.ErrUnauthenticated) {
				t.Fatalf("%q: %v", payload, err)
			}
			return
		}
		if !now.Before(c.ExpiresAt) || len(c.TokenID) != 36 || len(c.Scopes) > 3 {
			t.Fatalf("%q gave %+v", payload, c)
		}
	})
}
