package jwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"strings"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/internal/jwt"
)

func noneWithoutSignature(w world) []string {
	return []string{
		b64(`{"typ":"vnd.backstage.user","alg":"none"}`) + "." + b64(w.claims()) + ".",
		b64(`{"typ":"vnd.backstage.user","alg":"none","kid":"ec-1"}`) + "." + b64(w.claims()) + ".",
		b64(`{"typ":"vnd.backstage.user","alg":"none","kid":"mac-1"}`) + "." + b64(w.claims()) + ".",
	}
}

func noneInOtherSpellings(w world) (raws []string) {
	for _, alg := range []string{"None", "NONE", "nOnE", "none ", `no\u006ee`, " none", `none\u0000`, ""} {
		for _, kid := range []string{ecID, macID} {
			header := fmt.Sprintf(`{"typ":%q,"alg":"%s","kid":%q}`, userType, alg, kid) //nolint:gocritic // alg is spelled as in JSON already
			raws = append(raws, b64(header)+"."+b64(w.claims())+".", w.macSign(header, w.claims()), w.ecSign(header, w.claims()))
		}
	}
	return raws
}

func noneWithSignature(w world) []string {
	header := func(kid string) string { return fmt.Sprintf(`{"typ":%q,"alg":"none","kid":%q}`, userType, kid) }
	return []string{w.ecSign(header(ecID), w.claims()), w.macSign(header(macID), w.claims())}
}

func algOfOtherTypes(w world) []string {
	raws := []string{w.macSign(fmt.Sprintf(`{"typ":%q,"kid":%q}`, userType, macID), w.claims())}
	for _, alg := range []string{"null", "1", "[]", "{}", `""`, `["HS256"]`, `{"HS256":1}`, "true"} {
		raws = append(raws, w.macSign(fmt.Sprintf(`{"typ":%q,"alg":%s,"kid":%q}`, userType, alg, macID), w.claims()))
	}
	return raws
}

// guessableSecrets tries everything public or popular as an HMAC secret, under
// both kids.
func guessableSecrets(w world) (raws []string) {
	der, err := x509.MarshalPKIXPublicKey(&w.ec.PublicKey)
	must(w.t, err)
	point, err := w.ec.PublicKey.Bytes()
	must(w.t, err)
	keys, err := w.keys.FindKeys(w.t.Context(), ecID)
	must(w.t, err)
	set, err := jwt.MarshalJWKS(keys)
	must(w.t, err)
	one := strings.TrimSuffix(strings.TrimPrefix(string(set), `{"keys":[`), `]}`)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	secrets := []string{
		"", "\x00", strings.Repeat("\x00", 32), ecID, macID, string(der), string(point), string(point[1:]),
		string(set), one, text, strings.TrimSpace(text), b64(der),
		"secret", "password", "changeme", "admin", "test", "key", "jwt", "token", "your-256-bit-secret",
		"my-secret-key", "supersecret", "secretkey", "0123456789abcdef0123456789abcdef", issuer,
	}
	for _, secret := range secrets {
		for _, kid := range []string{ecID, macID} {
			header := fmt.Sprintf(`{"typ":%q,"alg":"HS256","kid":%q}`, userType, kid)
			raws = append(raws, macWith(sha256.New, []byte(secret), header, w.claims()))
		}
	}
	return raws
}

// attacker makes a key, and its members as a JWK.
func attacker(w world) (*ecdsa.PrivateKey, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(w.t, err)
	point, err := key.PublicKey.Bytes()
	must(w.t, err)
	return key, fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q}`, b64(point[1:33]), b64(point[33:]))
}

func keyInTheHeader(w world) []string {
	key, jwk := attacker(w)
	sign := func(header string) string { return signWith(w.t, key, b64(header)+"."+b64(w.claims())) }
	return []string{
		sign(ecHeader(`,"jwk":` + jwk)),
		sign(fmt.Sprintf(`{"typ":%q,"alg":"ES256","jwk":%s}`, userType, jwk)),
		sign(fmt.Sprintf(`{"typ":%q,"alg":"ES256","kid":"unknown","jwk":%s}`, userType, jwk)),
	}
}

// keyByURL names URLs of keys in the header; a listener counts who comes.
func keyByURL(w world) (raws []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(w.t, err)
	var visits atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			_ = conn.Close()
		}
	}()
	w.t.Cleanup(func() {
		_ = listener.Close()
		<-done
		if n := visits.Load(); n != 0 {
			w.t.Errorf("verification made %d connections (A-04)", n)
		}
	})
	key, _ := attacker(w)
	for _, url := range []string{
		"http://" + listener.Addr().String() + "/jwks.json", "file:///etc/hostname", "http://169.254.169.254/latest",
		"https://redirect.example.com/?to=http://" + listener.Addr().String(),
	} {
		for _, name := range []string{"jku", "x5u"} {
			header := ecHeader(fmt.Sprintf(`,%q:%q`, name, url))
			raws = append(raws, signWith(w.t, key, b64(header)+"."+b64(w.claims())))
		}
	}
	return raws
}

func chainInTheHeader(w world) (raws []string) {
	key, _ := attacker(w)
	for _, chain := range []string{`["MIIB"]`, `["MIIBgood","MIIBbad"]`, `[]`, `"MIIB"`} {
		raws = append(raws, signWith(w.t, key, b64(ecHeader(`,"x5c":`+chain))+"."+b64(w.claims())))
	}
	return raws
}

func withoutKeyID(w world) []string {
	ec := fmt.Sprintf(`{"typ":%q,"alg":"ES256"}`, userType)
	mac := fmt.Sprintf(`{"typ":%q,"alg":"HS256"}`, userType)
	point, err := w.ec.PublicKey.Bytes()
	must(w.t, err)
	raws := []string{
		w.ecSign(ec, w.claims()), w.macSign(mac, w.claims()),
		macWith(sha256.New, point, mac, w.claims()), macWith(sha256.New, nil, mac, w.claims()),
	}
	// One key alone is not found without its kid either.
	ecKey, err := jwt.NewES256Key(ecID, &w.ec.PublicKey)
	must(w.t, err)
	single, err := jwt.NewKeySet([]jwt.Key{ecKey})
	must(w.t, err)
	for _, raw := range raws {
		_, err := jwt.Verify(w.t.Context(), raw, single, w.expect())
		wantRefused(w.t, raw, err)
	}
	return raws
}

func withCrit(w world) (raws []string) {
	for _, crit := range []string{`[]`, `"exp"`, `["alg"]`, `["x"]`, `["x","x"],"x":1`, `1`, `null`, `["exp"]`, `["b64"]`, `{}`} {
		raws = append(raws, w.both(`,"crit":`+crit, w.claims())...)
	}
	return raws
}

// unencodedPayload signs as RFC 7797 says, attached and detached.
func unencodedPayload(w world) []string {
	header := macHeader(`,"b64":false,"crit":["b64"]`)
	text := b64(header) + "." + w.claims()
	m := hmac.New(sha256.New, w.secret)
	m.Write([]byte(text))
	signature := b64(m.Sum(nil))
	return append(w.both(`,"b64":false,"crit":["b64"]`, w.claims()),
		text+"."+signature, b64(header)+".."+signature)
}

func unencodedWithoutCrit(w world) []string {
	return append(w.both(`,"b64":false`, w.claims()), w.both(`,"b64":true`, w.claims())...)
}

// otherAlgorithms signs with the real keys, but by algorithms that are not
// theirs or not offered.
func otherAlgorithms(w world) (raws []string) {
	header := func(alg, kid string) string { return fmt.Sprintf(`{"typ":%q,"alg":%q,"kid":%q}`, userType, alg, kid) }
	raws = append(raws,
		macWith(sha512.New384, w.secret, header("HS384", macID), w.claims()),
		macWith(sha512.New, w.secret, header("HS512", macID), w.claims()),
		macWith(sha512.New, w.secret, header("HS256", macID), w.claims()),
	)
	for _, alg := range []string{"HS384", "HS512", "RS256", "ES384", "EdDSA", "PS256", "ES256", "es256", "HS256 "} {
		raws = append(raws, w.macSign(header(alg, macID), w.claims()))
	}
	for _, alg := range []string{"HS256", "RS256", "ES384", "ES512", "EdDSA", "ES256K", "es256"} {
		raws = append(raws, w.ecSign(header(alg, ecID), w.claims()))
	}
	return raws
}

func otherTypes(w world) (raws []string) {
	raws = append(raws,
		w.ecSign(`{"alg":"ES256","kid":"ec-1"}`, w.claims()), w.macSign(`{"alg":"HS256","kid":"mac-1"}`, w.claims()))
	for _, typ := range []string{
		`"JWT"`, `"at+jwt"`, `"AT+JWT"`, `"application/at+jwt"`, `"refresh+jwt"`, `"id_token"`, `""`, `null`, `1`,
		`["vnd.backstage.user"]`, `"vnd.backstage.user "`, `"application/application/vnd.backstage.user"`,
		`"vnd.bac\u212astage.user"`, `"text/vnd.backstage.user"`, `"vnd.backstage.limited-user"`, `"application/"`,
	} {
		raws = append(raws, w.ecSign(fmt.Sprintf(`{"typ":%s,"alg":"ES256","kid":%q}`, typ, ecID), w.claims()))
	}
	return raws
}

// otherArtefacts are things that are signed with a real key for another
// purpose.
func otherArtefacts(w world) (raws []string) {
	for _, typ := range []string{
		"JWT", "client-authentication+jwt", "logout+jwt", "consent+jwt", "cursor", "registration+jwt",
	} {
		header := fmt.Sprintf(`{"typ":%q,"alg":"ES256","kid":%q}`, typ, ecID)
		raws = append(raws, w.ecSign(header, w.claims()), w.ecSign(header, w.claims("nonce", `"n"`)))
	}
	return append(raws, w.ecSign(`{"alg":"ES256","kid":"ec-1"}`, `{"offset":20}`))
}
