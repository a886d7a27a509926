package jwt_test

import (
	"crypto/elliptic"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/jwt"
)

func jsonSerialisations(w world) (raws []string) {
	for _, raw := range w.good() {
		header, payload, signature := parts(raw)
		one := fmt.Sprintf(`{"protected":%q,"signature":%q}`, header, signature)
		raws = append(raws,
			fmt.Sprintf(`{"protected":%q,"payload":%q,"signature":%q}`, header, payload, signature),
			fmt.Sprintf(`{"payload":%q,"signatures":[%s]}`, payload, one),
			fmt.Sprintf(`{"payload":%q,"signatures":[%s,{"protected":%q,"signature":"AAAA"}]}`, payload, one, header))
	}
	return raws
}

func wrongSizes(w world) (raws []string) {
	for _, raw := range w.good() {
		header, payload, signature := parts(raw)
		raws = append(raws, header, header+"."+payload, header+"."+payload+"."+signature+".",
			raw+"."+signature, raw+"."+signature+"."+signature, "."+raw, header+"."+payload+"..", header+".."+signature, "..", "", ".")
	}
	raws = append(raws, strings.Repeat(".", 1_000_000), strings.Repeat("A", 1<<20)+".e30.AA")
	// Correctly signed, one byte above the cap.
	for pad := 8192; ; pad-- {
		raw := w.macSign(macHeader(""), w.claims("pad", quote(strings.Repeat("a", pad))))
		if len(raw) <= jwt.DefaultMaxLength {
			must(w.t, w.verify(raw))
			break
		}
		if len(raw) <= jwt.DefaultMaxLength+2 {
			raws = append(raws, raw)
		}
	}
	return raws
}

func surrounded(w world) (raws []string) {
	for _, raw := range w.good() {
		for _, more := range []string{" ", "\t", "\r", "\n", "\r\n", "\x00", `"`, "'", "\ufeff", "\u00a0", "=", "%0A"} {
			raws = append(raws, more+raw, raw+more, raw[:20]+more+raw[20:])
		}
		raws = append(raws, "Bearer "+raw, "Bearer Bearer "+raw, "bearer\t"+raw, "Bearer  "+raw, `"`+raw+`"`)
	}
	return raws
}

func ecdsaEdges(w world) (raws []string) {
	raw := w.good()[0]
	header, payload, signature := parts(raw)
	good, err := base64.RawURLEncoding.DecodeString(signature)
	must(w.t, err)
	n := elliptic.P256().Params().N
	r, s := new(big.Int).SetBytes(good[:32]), new(big.Int).SetBytes(good[32:])
	zero, one := new(big.Int), big.NewInt(1)
	last := new(big.Int).Sub(n, one)
	for _, pair := range [][2]*big.Int{
		{zero, zero},
		{zero, s},
		{r, zero},
		{n, s},
		{r, n},
		{n, n},
		{last, s},
		{r, last},
		{last, last},
		{one, one},
		{r, r},
		{s, r},
		{r, new(big.Int).Sub(n, s)},
	} {
		raws = append(raws, header+"."+payload+"."+b64(scalars(pair[0], pair[1])))
	}
	der := append([]byte{0x30, 68, 2, 32}, good[:32]...)
	der = append(append(der, 2, 32), good[32:]...)
	for _, other := range [][]byte{
		der, good[:63], append(good[:64:64], 0), append([]byte{0}, good...), good[:32], nil,
	} {
		raws = append(raws, header+"."+payload+"."+b64(other))
	}
	return raws
}

func cutAndLongMACs(w world) (raws []string) {
	header, payload, signature := parts(w.good()[1])
	good, err := base64.RawURLEncoding.DecodeString(signature)
	must(w.t, err)
	for _, n := range []int{31, 16, 1, 0} {
		raws = append(raws, header+"."+payload+"."+b64(good[:n]))
	}
	for _, more := range []string{"\x00", "a", string(good)} {
		raws = append(raws, header+"."+payload+"."+b64(string(good)+more))
	}
	return raws
}

// everyBit changes each bit of each good token.
func everyBit(w world) (raws []string) {
	for _, raw := range w.good() {
		for i := range len(raw) {
			for bit := range 8 {
				changed := []byte(raw)
				changed[i] ^= 1 << bit
				raws = append(raws, string(changed))
			}
		}
	}
	return raws
}

func exchangedSignatures(w world) (raws []string) {
	other := w.both("", w.claims("sub", `"user:default/mallory"`))
	for i, raw := range w.good() {
		header, payload, _ := parts(raw)
		otherHeader, otherPayload, signature := parts(other[i])
		raws = append(raws, header+"."+payload+"."+signature, header+"."+otherPayload+"."+signature[:10],
			otherHeader+"."+payload+"."+signature)
	}
	return raws
}

func mixedWithOpaque(w world) (raws []string) {
	raws = []string{"bsat_eyJhbGciOiJub25lIn0.e30.", "bsat_" + strings.Repeat("eyJh", 12), "pv_live_e30.e30.e30"}
	for _, raw := range w.good() {
		raws = append(raws, "bsat_"+raw, raw+"_bsat", "bsat_."+raw)
	}
	return raws
}

// shortSecrets are refused as keys. The tokens are made with the shorter
// secret under the kid of the true one.
func shortSecrets(w world) (raws []string) {
	for _, secret := range []string{
		strings.Repeat("k", 31), strings.Repeat("k", 16), "correct horse battery staple", "",
	} {
		if _, err := jwt.NewHS256Key(macID, []byte(secret)); err == nil {
			w.t.Errorf("a secret of %d bytes was taken (A-14)", len(secret))
		}
		if _, err := jwt.NewHS256Signer(macID, []byte(secret)); err == nil {
			w.t.Errorf("a secret of %d bytes was taken for signing (A-14)", len(secret))
		}
		short := w
		short.secret = []byte(secret)
		raws = append(raws, short.good()[1])
	}
	return raws
}

// TestEveryPartHasOneSpelling re-spells each part in the ways that lax
// decoders accept (A-09, T-01, T-02).
func TestEveryPartHasOneSpelling(t *testing.T) {
	w := newWorld(t)
	for _, raw := range w.good() {
		p := strings.Split(raw, ".")
		for i := range p {
			for _, spelling := range respell(p[i]) {
				changed := append([]string(nil), p...)
				changed[i] = spelling
				wantRefused(t, strings.Join(changed, "."), w.verify(strings.Join(changed, ".")))
			}
		}
	}
}

// respell gives other strings for the same bytes.
func respell(part string) (spellings []string) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	spellings = append(spellings, part+"=", part+"==", part+"\n", part+"\r\n", "\n"+part, part[:5]+"\n"+part[5:],
		part[:5]+"\r"+part[5:], part[:5]+" "+part[5:], part+"A", part+"AAAA"[:(4-len(part)%4)%4]+"=")
	decoded, _ := base64.RawURLEncoding.DecodeString(part)
	for _, last := range alphabet {
		other := part[:len(part)-1] + string(last)
		if loose, err := base64.RawURLEncoding.DecodeString(other); err == nil && other != part && string(loose) == string(decoded) {
			spellings = append(spellings, other) // spare bits
		}
	}
	if std := strings.NewReplacer("-", "+", "_", "/").Replace(part); std != part {
		spellings = append(spellings, std)
	}
	return spellings
}
