package oauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/tokenwright/tokenwright/token"
)

// Purposes of values that follow from a browser's secret. A value of one
// purpose is good for no other (C-10).
const (
	purposeState    = "state"
	purposeVerifier = "verifier"
)

// MintState gives the state of a mint: it follows from the secret of the
// browser that began it and the id of its authorization. So it need not be
// kept, and no other browser can have it (PER-19, PER-42).
func MintState(browser token.Secret, authorization string) string {
	return bound(browser, purposeState, authorization)
}

// MintVerifier gives the PKCE verifier of a mint in the same way.
func MintVerifier(browser token.Secret, authorization string) string {
	return bound(browser, purposeVerifier, authorization)
}

// bound gives 43 characters.
func bound(browser token.Secret, purpose, id string) string {
	mac := hmac.New(sha256.New, []byte(browser.Reveal()))
	mac.Write([]byte("mint\x00" + purpose + "\x00" + id)) // never returns an error
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
