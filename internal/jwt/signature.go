package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
)

// scalarSize is the size of r and of s in an ES256 signature (RFC 7518
// section 3.4).
const scalarSize = 32

// verifies reports whether signature is the key's over signed.
func (k Key) verifies(signed string, signature []byte) bool {
	switch k.alg {
	case HS256:
		// Equal compares in constant time; a cut or lengthened MAC is
		// never equal.
		return k.IsSecret() && hmac.Equal(mac(k.secret.Reveal(), signed), signature)
	case ES256:
		return k.verifiesES256(signed, signature)
	case RS256:
		public, ok := k.public.(*rsa.PublicKey)
		sum := sha256.Sum256([]byte(signed))
		return ok && rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil
	case EdDSA:
		public, ok := k.public.(ed25519.PublicKey)
		return ok && ed25519.Verify(public, []byte(signed), signature)
	}
	return false
}

// verifiesES256 takes the two numbers side by side in 64 bytes, never the DER
// form that other protocols use, each of them from 1 to n-1.
func (k Key) verifiesES256(signed string, signature []byte) bool {
	public, ok := k.public.(*ecdsa.PublicKey)
	if !ok || len(signature) != 2*scalarSize {
		return false
	}
	n := public.Params().N
	r := new(big.Int).SetBytes(signature[:scalarSize])
	s := new(big.Int).SetBytes(signature[scalarSize:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(n) >= 0 || s.Cmp(n) >= 0 {
		return false
	}
	if k.lowS && !isLow(s, n) {
		return false
	}
	sum := sha256.Sum256([]byte(signed))
	return ecdsa.Verify(public, sum[:], r, s)
}

// isLow reports whether s is at most half of n.
func isLow(s, n *big.Int) bool {
	return s.Cmp(new(big.Int).Rsh(n, 1)) <= 0
}

func mac(secret, text string) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}
