package jwt

import "math/big"

// hasROCAFingerprint reports whether an RSA modulus comes from the generator
// of CVE-2017-15361. Its primes are powers of 65537 modulo many small primes
// at once, and so is their product; of other moduli fewer than one in 2^100
// look like that. The public modulus alone is enough to tell, and enough for
// an attacker to factor it.
func hasROCAFingerprint(n *big.Int) bool {
	primes := [...]uint64{
		3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
		89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
	}
	for _, p := range primes {
		rest := new(big.Int).Mod(n, new(big.Int).SetUint64(p)).Uint64()
		if !isPowerModulo(rest, p) {
			return false
		}
	}
	return true
}

// isPowerModulo reports whether rest is a power of 65537 modulo p.
func isPowerModulo(rest, p uint64) bool {
	power := uint64(1)
	for range p {
		if power == rest {
			return true
		}
		power = power * 65537 % p
	}
	return false
}
