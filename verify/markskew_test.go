package verify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// A JWT is dated by the clock of who made it. Within the leeway that clock may
// be ahead, and a mass revocation reaches what it dated behind the mark.
func TestAMarkReachesJWTsOfAnIssuerWhoseClockIsAhead(t *testing.T) {
	const leeway = 2 * time.Second
	for _, cached := range []bool{true, false} {
		ours := ourIssuer(t)
		ours.Leeway = leeway
		w := newWorld(t, withIssuers(ours))
		ahead := ours.sign(t, claims{"iat": start.Add(leeway).Unix()})
		if cached {
			w.want("before the mark", ahead, nil)
		}
		w.v.Apply(token.Change{Mark: &token.Mark{ID: "m", Owner: "user:default/alice", NotBefore: w.clock.now()}})
		w.want("after the mark", ahead, token.ErrRevoked)
		w.want("of somebody else", ours.sign(t, claims{"sub": "user:default/bob", "jti": "j-3"}), nil)
		w.clock.move(leeway + time.Second)
		w.want("when its date has passed", ahead, token.ErrRevoked)
		later := ours.sign(t, claims{"iat": w.clock.now().Unix(), "jti": "j-2"})
		w.want("made after the mark for certain", later, nil)
		w.want("made after the mark for certain, cached", later, nil)
	}
}

// The same holds for peers, by the leeway that they are given.
func TestAMarkReachesTokensOfAPeerWhoseClockIsAhead(t *testing.T) {
	const leeway = 5 * time.Second
	secret := []byte(strings.Repeat("k", 32))
	w := newWorld(t, func(o *verify.Options) {
		manager, err := peer.New(peer.Options{Clock: o.Clock, Leeway: leeway, Keys: []peer.Key{{
			Caller: peer.Caller{Name: "ci"}, Secret: token.NewSecret(base64.StdEncoding.EncodeToString(secret)),
		}}})
		if err != nil {
			t.Fatal(err)
		}
		o.Peers = manager
	})
	made := func(at time.Time) string {
		payload := fmt.Sprintf(`{"sub":%q,"iat":%d,"exp":%d}`, peer.ServerSubject, at.Unix(), start.Add(time.Hour).Unix())
		text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	ahead := made(start.Add(leeway))
	w.want("before the mark", ahead, nil)
	w.v.Apply(token.Change{Mark: &token.Mark{ID: "m", Kind: token.KindPeer, NotBefore: w.clock.now()}})
	w.want("after the mark", ahead, token.ErrRevoked)
	w.clock.move(leeway + time.Second)
	w.want("when its date has passed", ahead, token.ErrRevoked)
	later := made(w.clock.now())
	w.want("made after the mark for certain", later, nil)
	w.want("made after the mark for certain, cached", later, nil)
}
