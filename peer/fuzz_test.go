package peer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// FuzzAuthenticate: whatever is presented is answered, with a caller or with a
// reason, and what is accepted stands in canonical spelling.
func FuzzAuthenticate(f *testing.F) {
	m, err := peer.New(peer.Options{Keys: []peer.Key{key("a", ours)}, Clock: newClock().read})
	if err != nil {
		f.Fatal(err)
	}
	accepted := mac(ours, header, good)
	f.Add(accepted)
	f.Add(accepted + "=")
	f.Add(mac(ours, `{"alg":"none"}`, good))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, raw string) {
		who, err := m.Authenticate(t.Context(), raw)
		switch {
		case err == nil && (who == nil || raw != accepted):
			t.Errorf("accepted %q", raw)
		case err != nil && !errors.Is(err, token.ErrUnauthenticated):
			t.Errorf("%q: error = %v, want one that means not authenticated", raw, err)
		}
	})
}

// FuzzClaims signs whatever payload with the right key: none makes a caller
// but one with exp and the right sub.
func FuzzClaims(f *testing.F) {
	m, err := peer.New(peer.Options{Keys: []peer.Key{key("a", ours)}, Clock: newClock().read})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(header, good)
	f.Add(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"backstage-server","exp":1767229200,"nbf":1,"iat":2,"x":[{}]}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		who, err := m.Authenticate(t.Context(), mac(ours, header, payload))
		switch {
		case err != nil:
			if !errors.Is(err, token.ErrUnauthenticated) {
				t.Errorf("%q: error = %v, want one that means not authenticated", payload, err)
			}
		case who.Subject != "external:a" || !who.ExpiresAt.After(start) || who.ExpiresAt.Sub(start) > peer.DefaultMaxLifetime:
			t.Errorf("%q gives %+v", payload, who)
		}
	})
}

// FuzzSecret: a secret that is read strictly is read leniently to the same
// bytes, so that moving from one option to the other never changes a key.
func FuzzSecret(f *testing.F) {
	f.Add(ours)
	f.Add(strings.TrimRight(ours, "=") + "\n")
	f.Add("+/v7-_v7")
	f.Fuzz(func(t *testing.T, secret string) {
		strict, err := peer.New(peer.Options{Keys: []peer.Key{key("a", secret)}, Clock: newClock().read})
		if err != nil {
			return
		}
		lenient, err := peer.New(peer.Options{Keys: []peer.Key{short("a", secret)}, Clock: newClock().read})
		if err != nil {
			t.Fatalf("%q: read strictly, and not leniently: %v", secret, err)
		}
		if _, err := lenient.Authenticate(t.Context(), get(t, strict)); err != nil {
			t.Errorf("%q: the two readings differ: %v", secret, err)
		}
	})
}

// Whatever is passed as a user token gives a limited one of three segments, or
// a refusal.
func FuzzLimitUser(f *testing.F) {
	f.Add("eyJ0eXAiOiJ2bmQuYmFja3N0YWdlLnVzZXIiLCJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJ1OmQvYSIsImlhdCI6MSwiZXhwIjoyLCJ1aXAiOiJYIn0.AAAA")
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, raw string) {
		limited, err := peer.LimitUser(token.NewSecret(raw))
		if (err == nil) != (strings.Count(limited.Reveal(), ".") == 2) {
			t.Errorf("%q and %v", limited.Reveal(), err)
		}
		if err != nil && !errors.Is(err, token.ErrUnauthenticated) {
			t.Errorf("%v is no refusal", err)
		}
	})
}
