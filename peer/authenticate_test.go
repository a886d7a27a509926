package peer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

const (
	header = `{"alg":"HS256"}`
	good   = `{"sub":"backstage-server","exp":1767229200}`
)

// Each token is signed with the right secret, so that only the rule under test
// can refuse it.
func TestEveryRuleHoldsForARightlySignedToken(t *testing.T) {
	m := manager(t, peer.Options{Keys: []peer.Key{key("a", ours)}})
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for _, tc := range []struct {
		name, header, payload string
		want                  error
	}{
		{"plain", header, good, nil},
		{"typ JWT in any case", `{"alg":"HS256","typ":"jWt"}`, good, nil},
		{"a kid, which is ignored", `{"alg":"HS256","kid":"anything"}`, good, nil},
		{"keys in the header, which are ignored (A-03, A-04)", `{"alg":"HS256","jwk":{},"jku":"http://127.0.0.1:1/","x5c":[]}`, good, nil},
		{"further claims of any type", header, `{"sub":"backstage-server","exp":1767229200,"scope":["x"],"jti":1,"iss":null}`, nil},
		{"iat ahead", header, payload("iat", start.Add(time.Hour)), nil},
		{"nbf now", header, payload("nbf", start), nil},
		{"exp in a second", header, payload("exp", start.Add(time.Second)), nil},
		{"exp in 24 h", header, payload("exp", start.Add(24*time.Hour)), nil},

		{"alg none (A-01)", `{"alg":"none"}`, good, token.ErrAlgorithm},
		{"alg RS256 (A-02)", `{"alg":"RS256"}`, good, token.ErrAlgorithm},
		{"alg missing", `{}`, good, token.ErrAlgorithm},
		{"alg twice (A-08)", `{"alg":"HS256","alg":"none"}`, good, token.ErrMalformed},
		{"alg in two cases (A-08)", `{"alg":"HS256","ALG":"none"}`, good, token.ErrMalformed},
		{"crit (A-06)", `{"alg":"HS256","crit":[]}`, good, token.ErrMalformed},
		{"b64 (A-07)", `{"alg":"HS256","b64":true}`, good, token.ErrMalformed},
		{"typ of a workspace token (A-16)", `{"alg":"HS256","typ":"at+jwt"}`, good, token.ErrWrongKind},
		{"typ of a user token (A-16)", `{"alg":"HS256","typ":"vnd.backstage.user"}`, good, token.ErrWrongKind},
		{"typ empty", `{"alg":"HS256","typ":""}`, good, token.ErrMalformed},
		{"a kid with a path (A-05)", `{"alg":"HS256","kid":"../a"}`, good, token.ErrMalformed},

		{"exp now", header, payload("exp", start), token.ErrExpired},
		{"exp 24 h and a second ahead (A-18)", header, payload("exp", start.Add(24*time.Hour+time.Second)), token.ErrLifetime},
		{"nbf in a second", header, payload("nbf", start.Add(time.Second)), token.ErrNotYet},
		{"exp with a fraction", header, `{"sub":"backstage-server","exp":1767229200.5}`, token.ErrClaimType},
		{"exp negative", header, `{"sub":"backstage-server","exp":-1}`, token.ErrClaimType},
		{"exp 2^53", header, `{"sub":"backstage-server","exp":9007199254740992}`, token.ErrClaimType},
		{"exp null", header, `{"sub":"backstage-server","exp":null}`, token.ErrClaimType},
		{"iat a text", header, `{"sub":"backstage-server","exp":1767229200,"iat":"x"}`, token.ErrClaimType},
		{"nbf with an exponent", header, `{"sub":"backstage-server","exp":1767229200,"nbf":1e3}`, token.ErrClaimType},
		{"EXP beside exp (A-08)", header, `{"sub":"backstage-server","exp":1767229200,"EXP":1}`, token.ErrMalformed},
		{"aud empty", header, `{"sub":"backstage-server","exp":1767229200,"aud":""}`, token.ErrAudience},
		{"aud null", header, `{"sub":"backstage-server","exp":1767229200,"aud":null}`, token.ErrAudience},
		{"sub in another case", header, `{"sub":"Backstage-Server","exp":1767229200}`, token.ErrSubject},
		{"a BOM", header, "\ufeff" + good, token.ErrMalformed},
		{"something behind", header, good + " {}", token.ErrMalformed},
		{"nested deeper than 32", header, `{"sub":"backstage-server","exp":1767229200,"x":` + deep + `}`, token.ErrMalformed},
		{"invalid UTF-8", header, "{\"sub\":\"backstage-server\",\"exp\":1767229200,\"x\":\"\xff\"}", token.ErrMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := m.Authenticate(t.Context(), mac(ours, tc.header, tc.payload)); !errors.Is(err, tc.want) {
				t.Errorf("error = %v, want %v", err, tc.want)
			}
		})
	}
}

// A-20, PEER-07.
func TestTheReasonIsThatOfTheKeyWhoseSignatureMatched(t *testing.T) {
	m := manager(t, peer.Options{Keys: []peer.Key{key("a", ours), key("b", theirs)}})
	expired := mac(ours, header, payload("exp", start.Add(-time.Hour)))
	if _, err := m.Authenticate(t.Context(), expired); !errors.Is(err, token.ErrExpired) {
		t.Errorf("expired, signed by the first of two keys: error = %v, want ErrExpired", err)
	}
	foreign := mac(peer.GenerateSecret().Reveal(), header, payload("exp", start.Add(-time.Hour)))
	if _, err := m.Authenticate(t.Context(), foreign); !errors.Is(err, token.ErrSignature) {
		t.Errorf("expired and badly signed: error = %v, want ErrSignature", err)
	}
}

// one token has one spelling.
func TestATokenHasOneSpelling(t *testing.T) {
	m := manager(t, peer.Options{Keys: []peer.Key{key("a", ours)}})
	raw := mac(ours, header, good)
	last := strings.LastIndexByte(raw, '.')
	for name, spelt := range map[string]string{
		"padding": raw + "=", "newline": raw + "\n", "newline within": raw[:20] + "\n" + raw[20:], "space": " " + raw,
		"cut MAC": raw[:len(raw)-2], "no MAC": raw[:last+1], "longer MAC": raw + "AA", "another dot": raw + ".",
		"too long": raw + strings.Repeat("A", peer.MaxLength), "dots": strings.Repeat(".", 100_000), "empty": "",
		"spare bits": raw[:len(raw)-1] + string(next(raw[len(raw)-1])),
	} {
		if _, err := m.Authenticate(t.Context(), spelt); !errors.Is(err, token.ErrUnauthenticated) {
			t.Errorf("%s: error = %v, want it refused", name, err)
		}
	}
	if _, err := m.Authenticate(t.Context(), raw); err != nil {
		t.Errorf("as it was made: %v", err)
	}
}

// next is the following character of the alphabet: for the last one of a MAC it
// differs in spare bits alone.
func next(c byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)^1]
}

// PEER-15.
func TestLeewayIsTheSameForAll(t *testing.T) {
	strict := manager(t, peer.Options{Keys: []peer.Key{key("a", ours)}})
	lenient := manager(t, peer.Options{Keys: []peer.Key{key("a", ours)}, Leeway: 30 * time.Second})
	for _, tc := range []struct {
		claim   string
		at      time.Duration
		strict  bool
		lenient bool
	}{
		{"exp", 0, false, true},
		{"exp", -29 * time.Second, false, true},
		{"exp", -30 * time.Second, false, false},
		{"nbf", time.Second, false, true},
		{"nbf", 30 * time.Second, false, true},
		{"nbf", 31 * time.Second, false, false},
	} {
		raw := mac(ours, header, payload(tc.claim, start.Add(tc.at)))
		_, errStrict := strict.Authenticate(t.Context(), raw)
		who, errLenient := lenient.Authenticate(t.Context(), raw)
		if (errStrict == nil) != tc.strict || (errLenient == nil) != tc.lenient {
			t.Errorf("%s %s: %v and, with leeway, %v", tc.claim, tc.at, errStrict, errLenient)
		}
		if errLenient == nil && !who.EndsAt.Equal(who.ExpiresAt.Add(30*time.Second)) {
			t.Errorf("%s %s: it ends at %s", tc.claim, tc.at, who.EndsAt)
		}
	}
}

func TestAFixedTextSpeaksForItsCaller(t *testing.T) {
	const text = "a-fixed-text-of-more-than-32-characters"
	c := newClock()
	m := manager(t, peer.Options{Clock: c.read, Static: []peer.Static{{
		Caller: peer.Caller{Name: "ci", Scopes: token.Scopes{"catalog:read"}, NotAfter: start.Add(time.Hour)},
		Token:  token.NewSecret(text),
	}}})
	who, err := m.Authenticate(t.Context(), text)
	if err != nil || who.Subject != "external:ci" || !who.Covers("catalog:read") || who.Covers("catalog:write") {
		t.Errorf("got %+v, %v", who, err)
	}
	for _, other := range []string{text + "x", text[1:], strings.ToUpper(text), ""} {
		if _, err := m.Authenticate(t.Context(), other); !errors.Is(err, token.ErrUnauthenticated) {
			t.Errorf("%q: error = %v, want it refused", other, err)
		}
	}
	if _, err := m.GetToken(t.Context()); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("nothing can sign: error = %v, want ErrNoKeys", err)
	}
	if _, err := m.Authenticate(t.Context(), mac(ours, header, good)); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("no shared secret: error = %v, want ErrNoKeys", err)
	}
	c.set(start.Add(time.Hour))
	if _, err := m.Authenticate(t.Context(), text); !errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("after its end: error = %v, want it refused", err)
	}
}

// The secrets and fixed texts must not come out of anything that is printed.
func TestNothingPrintsASecret(t *testing.T) {
	const text = "a-fixed-text-of-more-than-32-characters"
	opts := peer.Options{
		Keys: []peer.Key{key("a", ours)},
		Static: []peer.Static{{
			Caller: peer.Caller{Name: "ci"}, Token: token.NewSecret(text),
		}},
	}
	m := manager(t, opts)
	who, err := m.Authenticate(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	raw := get(t, m)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, one := range []any{opts, m, who, m.Notes()} {
			printed := fmt.Sprintf(format, one)
			for _, secret := range []string{ours, "our own secret with 32 bytes", text, raw} {
				if strings.Contains(printed, secret) {
					t.Errorf("%s of %T holds a secret", format, one)
				}
			}
		}
	}
}
