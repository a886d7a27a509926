package login

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// flowAge is how long a sign-in at the provider may take.
const flowAge = 10 * time.Minute

// flowKey seals what is carried through the provider and back. It follows from
// the secret of the browser that begins the sign-in, which stands in a cookie
// and nowhere else. So no other browser can finish it (rows F-07 and F-08), any
// node can, and beginning one keeps nothing here that strangers could pile up
// (row F-21).
type flowKey struct {
	aead cipher.AEAD
	mac  []byte
}

// flow is one sign-in on its way.
type flow struct {
	state string // the parameter, with next and until sealed in it
	next  string // where the person wants to go
	until time.Time
	nonce string // what the ID token must carry
	proof string // the PKCE verifier (RFC 7636), 43 characters
}

// newFlowKey derives the key of a browser for one provider and client.
func newFlowKey(browser token.Secret, issuer, client string) (flowKey, error) {
	seed := []byte(browser.Reveal())
	// The type of the value is part of its key: a value that was sealed for
	// anything else does not open (row C-10).
	seal, err := hkdf.Key(sha256.New, seed, nil, "oidc state\x00"+issuer+"\x00"+client, 32)
	if err != nil {
		return flowKey{}, err
	}
	mac, err := hkdf.Key(sha256.New, seed, nil, "oidc values\x00"+issuer+"\x00"+client, 32)
	if err != nil {
		return flowKey{}, err
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return flowKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return flowKey{aead, mac}, err
}

// begin makes a new flow.
func (k flowKey) begin(next string, now time.Time) flow {
	salt := make([]byte, 16) // makes states of one browser and moment differ
	_, _ = rand.Read(salt)   // never returns an error: it ends the process
	until := now.Add(flowAge)
	plain := binary.BigEndian.AppendUint64(salt, uint64(until.Unix()))
	sealed := k.aead.Seal(nil, nil, append(plain, next...), nil) //nolint:gosec // it makes its own random nonce
	return k.complete(flow{state: base64.RawURLEncoding.EncodeToString(sealed), next: next, until: until})
}

var errFlow = errors.New("login: the state was not made for this browser, or is too old")

// open reads a state that came back.
func (k flowKey) open(state string, now time.Time) (flow, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(state)
	if err != nil {
		return flow{}, errFlow
	}
	plain, err := k.aead.Open(nil, nil, sealed, nil)
	if err != nil || len(plain) < 24 {
		return flow{}, errFlow
	}
	f := flow{state: state, next: string(plain[24:])}
	f.until = time.Unix(int64(binary.BigEndian.Uint64(plain[16:24])), 0).UTC()
	if !now.Before(f.until) {
		return flow{}, errFlow
	}
	return k.complete(f), nil
}

// complete fills in what follows from the state.
func (k flowKey) complete(f flow) flow {
	f.nonce, f.proof = k.value("nonce", f.state), k.value("verifier", f.state)
	return f
}

func (k flowKey) value(what, state string) string {
	mac := hmac.New(sha256.New, k.mac)
	mac.Write([]byte(what + "\x00" + state)) // never returns an error
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// digest is what is kept of a state that was used.
func (f flow) digest() token.Digest { return token.Digester{}.Digest("oidc state\x00" + f.state) }
