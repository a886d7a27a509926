package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/internal/jwt"
	"github.com/tokenwright/tokenwright/tokentest"
)

// signsBy lets the provider sign with another key from now on. It publishes
// that one alone; the former one is given back.
func (p *idp) signsBy(kid string) (former jwt.Signer) {
	p.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	signer, err := jwt.NewES256Signer(kid, private)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	former, p.signer = p.signer, signer
	return former
}

// forgesBy lets somebody who holds a key answer in the provider's place.
func (p *idp) forgesBy(key jwt.Signer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sign = func(claims map[string]any) string {
		raw, err := key.Sign("JWT", claims)
		if err != nil {
			p.t.Error(err)
		}
		return raw
	}
}

// A provider changes its keys when it likes; nobody waits for us to notice, and
// the former key is worth nothing from then on.
func TestANewKeyOfTheProviderCountsAtOnce(t *testing.T) {
	p := startIDP(t, nil)
	s := serve(t, p.config())
	newSurfer(t, s).mustSignIn()
	former := p.signsBy("idp-2")
	newSurfer(t, s).mustSignIn()
	p.forgesBy(former)
	b := newSurfer(t, s)
	if got := b.signIn("/sign-in"); got.status != http.StatusUnauthorized && got.status != http.StatusForbidden || b.signedIn() {
		t.Errorf("by the former key: %d %s", got.status, got.body)
	}
}

// A key that was withdrawn because it is stolen is refused when its bound
// has passed, also where nothing signed by the new one has come meanwhile.
func TestAKeyThatTheProviderWithdrewIsRefusedWithinItsBound(t *testing.T) {
	clock := tokentest.NewClock(time.Now())
	p := startIDP(t, clock)
	s := serve(t, tokentest.WithClock(clock), p.config())
	newSurfer(t, s).mustSignIn()
	p.forgesBy(p.signsBy("idp-2"))
	clock.Advance(5*time.Minute + time.Second)
	b := newSurfer(t, s)
	if got := b.signIn("/sign-in"); got.status != http.StatusUnauthorized && got.status != http.StatusForbidden || b.signedIn() {
		t.Errorf("by the withdrawn key: %d %s", got.status, got.body)
	}
	p.mu.Lock()
	p.sign = nil
	p.mu.Unlock()
	b.mustSignIn()
}
