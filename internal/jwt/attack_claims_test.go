package jwt_test

import (
	"fmt"
	"strings"
	"testing"
)

func otherAudiences(w world) (raws []string) {
	for _, aud := range []string{
		"", `""`, `[]`, `"other"`, `"backstag"`, `"backstage2"`, `"Backstage"`, `["other","backstage2"]`,
		`["backstage",1]`, `[1]`, `null`, `[null]`, `[["backstage"]]`, `{"backstage":1}`, `"*"`, `["*"]`, `1`, `true`,
		`"backstage other"`, `"backstage "`,
	} {
		raws = append(raws, w.withClaims(w.claims("aud", aud))...)
	}
	return raws
}

func badExpiry(w world) (raws []string) {
	now := w.now.Unix()
	for _, exp := range []string{
		"", fmt.Sprint(now - 1), fmt.Sprint(now), fmt.Sprintf("%q", fmt.Sprint(now+60)), "1e3", "1e308", "1.8e9",
		fmt.Sprintf("%d.0", now+60), fmt.Sprintf("%d.5", now+60), "-1", "0", "2147483648", "9007199254740993",
		"9223372036854775807", "9223372036854775808", "true", "[]", "{}", "null", fmt.Sprintf("[%d]", now+60),
	} {
		raws = append(raws, w.withClaims(w.claims("exp", exp))...)
	}
	return raws
}

func badPayloads(w world) []string {
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d":1`, i)
	}
	return w.withClaims(
		"", "x", "[]", `"str"`, "null", "NaN", "1", "{}", w.claims()+" x", w.claims()+w.claims(), "["+w.claims()+"]",
		strings.Repeat("[", 100_000), w.claims("x", strings.Repeat("[", 33)+strings.Repeat("]", 33)),
		"{"+strings.Join(many[:1001], ",")+"}", "{"+strings.Join(many, ",")+"}", "\ufeff"+w.claims(),
		w.claims("x", "\"\xff\""), w.claims("x", `"\ud800"`), w.claims("x", `"\udc00\ud800"`), w.claims("x", "NaN"),
		w.good()[0], // a nested token
	)
}

// TestRepeatedMembersAreRefused covers duplicates and case twins of every
// member that decides something, in both orders and escaped (A-08, T-04, T-05).
func TestRepeatedMembersAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, header := range []string{
		`,"alg":"HS256"`, `,"alg":"none"`, `,"ALG":"none"`, `,"Alg":"none"`, `,"\u0061lg":"none"`,
		`,"kid":"x"`, `,"KID":"x"`, `,"\u212aid":"x"`, `,"typ":"JWT"`, `,"TYP":"JWT"`,
		`,"x":1,"X":2`, `,"x":{"a":1,"a":2}`,
	} {
		for _, raw := range w.both(header, w.claims()) {
			wantRefused(t, header, w.verify(raw))
		}
		twin := "{" + strings.TrimPrefix(header, ",") + "," + strings.TrimPrefix(macHeader(""), "{")
		wantRefused(t, twin, w.verify(w.macSign(twin, w.claims())))
	}
	for _, name := range []string{"iss", "sub", "aud", "iat", "exp", "jti"} {
		good := w.claims()
		for _, twin := range []string{name, strings.ToUpper(name), `\u00` + fmt.Sprintf("%x", name[0]) + name[1:]} {
			member := fmt.Sprintf(`"%s":%d`, twin, w.now.Unix()+60) //nolint:gocritic // twin is spelled as in JSON already
			before := "{" + member + "," + good[1:]
			after := good[:len(good)-1] + "," + member + "}"
			for _, raw := range w.withClaims(before, after) {
				wantRefused(t, twin, w.verify(raw))
			}
		}
	}
	for _, raw := range w.withClaims(
		w.claims("scope", `"tokens:read","\u017fcope":"tokens:write"`),
		w.claims("x", `{"role":"a","Role":"b"}`),
	) {
		wantRefused(t, "twin in the claims", w.verify(raw))
	}
}

// TestClaimsOfAnotherTypeAreRefused covers members that Claims has fields for.
func TestClaimsOfAnotherTypeAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"iss", "sub", "jti", "sid", "client_id", "scope"} {
		for _, value := range []string{"1", "null", "true", "[]", "{}", `["x"]`} {
			for _, raw := range w.withClaims(w.claims(name, value)) {
				wantRefused(t, name+" "+value, w.verify(raw))
			}
		}
	}
	for _, name := range []string{"iat", "nbf", "exp"} {
		for _, value := range []string{"1.5", "-1", "null", `"1"`, "[]", "1e9", "9007199254740992"} {
			for _, raw := range w.withClaims(w.claims(name, value)) {
				wantRefused(t, name+" "+value, w.verify(raw))
			}
		}
	}
}
