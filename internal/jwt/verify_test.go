package jwt_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/token"
)

func TestVerifyGivesTheClaims(t *testing.T) {
	w := newWorld(t)
	raw := w.ecSign(ecHeader(""), w.claims("sid", `"s-1"`, "client_id", `"cli"`, "scope", `"a b"`,
		"nbf", fmt.Sprint(w.now.Unix()), "ent", `["group:default/team","user:default/alice"]`, "n", "7"))
	got, err := jwt.Verify(t.Context(), raw, w.keys, w.expect())
	must(t, err)
	want := jwt.Claims{
		Issuer: issuer, Subject: "user:default/alice", Audience: []string{audience}, ID: "j-1", SessionID: "s-1",
		ClientID: "cli", Scope: "a b", IssuedAt: w.now, ExpiresAt: w.now.Add(10 * time.Minute), NotBefore: w.now, KeyID: ecID,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(jwt.Claims{})); diff != "" {
		t.Error(diff)
	}
	entities, ok := got.Texts("ent")
	if diff := cmp.Diff([]string{"group:default/team", "user:default/alice"}, entities); !ok || diff != "" {
		t.Errorf("ent: %v %s", ok, diff)
	}
	if _, ok := got.Text("n"); ok || !got.Has("n") || got.Has("N") {
		t.Error("a number was given as text, or a name was found in another case")
	}
}

func TestVerifySaysWhyToTheLog(t *testing.T) {
	w := newWorld(t)
	second := w.now.Unix()
	for _, c := range []struct {
		name string
		raw  string
		want error
	}{
		{"junk", "junk", token.ErrMalformed},
		{"unknown kid", w.ecSign(`{"typ":"vnd.backstage.user","alg":"ES256","kid":"ec-2"}`, w.claims()), token.ErrSignature},
		{"kid with a path", w.ecSign(`{"typ":"vnd.backstage.user","alg":"ES256","kid":"../ec-1"}`, w.claims()), token.ErrMalformed},
		{"wrong type", w.ecSign(`{"typ":"JWT","alg":"ES256","kid":"ec-1"}`, w.claims()), token.ErrWrongKind},
		{"issuer with a slash", w.withClaims(w.claims("iss", quote(issuer+"/")))[0], token.ErrIssuer},
		{"issuer missing", w.withClaims(w.claims("iss", ""))[0], token.ErrIssuer},
		{"audience", w.withClaims(w.claims("aud", `"other"`))[0], token.ErrAudience},
		{"expired", w.withClaims(w.claims("iat", fmt.Sprint(second-60), "exp", fmt.Sprint(second)))[0], token.ErrExpired},
		{"not yet", w.withClaims(w.claims("nbf", fmt.Sprint(second+1)))[0], token.ErrNotYet},
		{"issued ahead", w.withClaims(w.claims("iat", fmt.Sprint(second+1)))[0], token.ErrNotYet},
		{"issued after its end", w.withClaims(w.claims("iat", fmt.Sprint(second), "exp", fmt.Sprint(second-1)))[0], token.ErrExpired},
		{"lives too long", w.withClaims(w.claims("exp", fmt.Sprint(second+901)))[0], token.ErrLifetime},
		{"lives for ages", w.withClaims(w.claims("exp", "9007199254740991"))[0], token.ErrLifetime},
		{"no subject", w.withClaims(w.claims("sub", ""))[0], token.ErrMalformed},
		{"empty subject", w.withClaims(w.claims("sub", `""`))[0], token.ErrMalformed},
		{"no iat", w.withClaims(w.claims("iat", ""))[0], token.ErrMalformed},
		{"no exp", w.withClaims(w.claims("exp", ""))[0], token.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			claims, err := jwt.Verify(t.Context(), c.raw, w.keys, w.expect())
			if !errors.Is(err, c.want) {
				t.Errorf("error = %v, want %v", err, c.want)
			}
			if token.Message(err) != "" {
				t.Errorf("the detail %q is offered to the outside", token.Message(err))
			}
			if claims.Subject != "" {
				t.Error("claims came with an error")
			}
		})
	}
}

func TestSignatureIsCheckedBeforeClaims(t *testing.T) {
	w := newWorld(t)
	for _, claims := range []string{
		w.claims("exp", "1"), w.claims("iss", `"other"`), w.claims("aud", "1"), "not JSON",
	} {
		header, payload, _ := parts(w.good()[0])
		_, changed, _ := parts(w.ecSign(ecHeader(""), claims))
		_, _, signature := parts(w.ecSign(header, payload))
		err := w.verify(header + "." + changed + "." + signature)
		if !errors.Is(err, token.ErrSignature) {
			t.Errorf("%s: error = %v, want ErrSignature (A-20)", claims, err)
		}
	}
}

func TestLimitsOfTimeHoldToTheSecond(t *testing.T) {
	w := newWorld(t)
	const leeway = 30
	second := w.now.Unix()
	for _, c := range []struct {
		name     string
		iat, exp int64
		nbf      int64
		good     bool
	}{
		{"exp in leeway", second - 100, second - leeway + 1, second, true},
		{"exp at leeway", second - 100, second - leeway, second, false},
		{"exp past leeway", second - 100, second - leeway - 1, second, false},
		{"nbf at leeway", second, second + 100, second + leeway, true},
		{"nbf past leeway", second, second + 100, second + leeway + 1, false},
		{"iat at leeway", second + leeway, second + 100, second, true},
		{"iat past leeway", second + leeway + 1, second + 100, second, false},
		{"longest life", second, second + 900, second, true},
		{"a second longer", second, second + 901, second, false},
		{"exp equals iat", second, second, second, true},
		{"exp before iat", second + 10, second + 5, second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect := w.expect()
			expect.Leeway = leeway * time.Second
			raw := w.ecSign(ecHeader(""), w.claims("iat", fmt.Sprint(c.iat), "exp", fmt.Sprint(c.exp), "nbf", fmt.Sprint(c.nbf)))
			_, err := jwt.Verify(t.Context(), raw, w.keys, expect)
			if good := err == nil; good != c.good {
				t.Errorf("error = %v, want good = %v", err, c.good)
			}
		})
	}
}

func TestTypeIgnoresCaseAndMediaPrefix(t *testing.T) {
	w := newWorld(t)
	for _, typ := range []string{userType, "VND.Backstage.User", "application/vnd.backstage.user", "Application/VND.BACKSTAGE.USER"} {
		must(t, w.verify(w.ecSign(fmt.Sprintf(`{"typ":%q,"alg":"ES256","kid":%q}`, typ, ecID), w.claims())))
	}
}

func TestAudienceMayBeAList(t *testing.T) {
	w := newWorld(t)
	must(t, w.verify(w.ecSign(ecHeader(""), w.claims("aud", `["other","backstage"]`))))
}

func TestUnknownHeaderMembersAreIgnored(t *testing.T) {
	w := newWorld(t)
	for _, more := range []string{`,"cty":"json"`, `,"x":[1,{}]`, `,"jku":"https://evil.example.com"`, `,"jwk":{"kty":"oct","k":""}`} {
		must(t, w.verify(w.ecSign(ecHeader(more), w.claims())))
	}
}

func TestForgottenExpectationIsAFaultOfTheProgram(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*jwt.Expect){
		"Type": func(e *jwt.Expect) { e.Type = "" }, "Issuer": func(e *jwt.Expect) { e.Issuer = "" },
		"Audience": func(e *jwt.Expect) { e.Audience = "" }, "Now": func(e *jwt.Expect) { e.Now = time.Time{} },
		"MaxLifetime": func(e *jwt.Expect) { e.MaxLifetime = 0 }, "Leeway": func(e *jwt.Expect) { e.Leeway = 61 * time.Second },
		"negative Leeway": func(e *jwt.Expect) { e.Leeway = -1 },
	} {
		expect := w.expect()
		change(&expect)
		_, err := jwt.Verify(t.Context(), w.good()[0], w.keys, expect)
		if err == nil || token.ReasonOf(err) != "fault" {
			t.Errorf("without %s: error = %v", name, err)
		}
	}
}

func TestSourceThatCannotTellIsNotARefusal(t *testing.T) {
	w := newWorld(t)
	_, err := jwt.Verify(t.Context(), w.good()[0], unreachable{}, w.expect())
	if !errors.Is(err, token.ErrUnavailable) || errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("error = %v, want ErrUnavailable alone (C10)", err)
	}
}

type unreachable struct{}

func (unreachable) FindKeys(context.Context, string) ([]jwt.Key, error) {
	return nil, token.Unavailable(errors.New("connection refused"))
}

func TestLengthCapCanBeRaisedTo32KiB(t *testing.T) {
	w := newWorld(t)
	expect := w.expect()
	for _, c := range []struct {
		pad, maxLength int
		good           bool
	}{
		{5_000, 0, true}, {7_000, 0, false}, {20_000, 32 << 10, true}, {24_500, 32 << 10, false}, {24_500, 1 << 20, false},
	} {
		expect.MaxLength = c.maxLength
		raw := w.macSign(macHeader(""), w.claims("pad", quote(strings.Repeat("a", c.pad))))
		_, err := jwt.Verify(t.Context(), raw, w.keys, expect)
		if good := err == nil; good != c.good {
			t.Errorf("%d bytes with cap %d: error = %v", len(raw), c.maxLength, err)
		}
	}
}

func TestHugeTokensCostNoMemory(t *testing.T) {
	w := newWorld(t)
	raw := strings.Repeat(".", 1<<20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		if w.verify(raw) == nil {
			t.Fatal("accepted")
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d bytes allocated (A-12)", grown)
	}
}

func TestUnverifiedIssuerChoosesASource(t *testing.T) {
	w := newWorld(t)
	for _, raw := range append(w.good(), w.good()[0]+"A") {
		if got, err := jwt.UnverifiedIssuer(raw); err == nil && got != issuer {
			t.Errorf("issuer = %q", got)
		}
	}
	if got, err := jwt.UnverifiedIssuer(w.good()[0]); err != nil || got != issuer {
		t.Errorf("issuer = %q, %v", got, err)
	}
	for _, raw := range []string{"", "a.b", b64(`{}`) + "." + b64(`{"iss":1}`) + ".", b64(`{}`) + "." + b64(`{"iss":"a","ISS":"b"}`) + "."} {
		if _, err := jwt.UnverifiedIssuer(raw); !errors.Is(err, token.ErrMalformed) {
			t.Errorf("%q: error = %v, want ErrMalformed", raw, err)
		}
	}
}
