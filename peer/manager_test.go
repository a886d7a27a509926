package peer_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
)

// The documented check for callers in other languages.
func TestATokenIsExactlyThatOfTheContract(t *testing.T) {
	m := manager(t, peer.Options{Keys: []peer.Key{short("a", "5Y3BznVKbDkUxQd0mE9sL1oPq7RtWvXa")}})
	raw, err := m.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const want = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiYWNrc3RhZ2Utc2VydmVyIiwiZXhwIjoxNzY3MjI5MjAwfQ.jUSKobdDmWPvjMG2Pyh586qxfEyROXA2zFXXesd7PsM"
	if raw.Reveal() != want {
		t.Errorf("got %s\nwant %s", raw.Reveal(), want)
	}
}

// The nine cells of section 4, with the documented secrets under the option and
// with secrets of 32 bytes without it.
func TestTrustIsAMatterOfWhoListsWhoseKey(t *testing.T) {
	secret := func(i int) string { return peer.GenerateSecret().Reveal() + strings.Repeat(" ", i) }
	for name, keys := range map[string]map[string]peer.Key{
		"documented secrets": {
			"catalog": short("catalog", "my-secret-key-catalog"), "scaffolder": short("scaffolder", "my-secret-key-scaffolder"),
			"search": short("search", "my-secret-key-search"),
		},
		"32 bytes": {
			"catalog": key("catalog", secret(0)), "scaffolder": key("scaffolder", secret(1)), "search": key("search", secret(2)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			deployments := map[string]*peer.TokenManager{
				"catalog":    manager(t, peer.Options{Keys: []peer.Key{keys["catalog"], keys["scaffolder"], keys["search"]}}),
				"scaffolder": manager(t, peer.Options{Keys: []peer.Key{keys["scaffolder"]}}),
				"search":     manager(t, peer.Options{Keys: []peer.Key{keys["search"]}}),
			}
			for from, caller := range deployments {
				raw, err := caller.GetToken(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for to, called := range deployments {
					who, err := called.Authenticate(t.Context(), raw.Reveal())
					if want := to == "catalog" || from == to; (err == nil) != want {
						t.Errorf("%s calls %s: error = %v, want it let in: %v", from, to, err, want)
					}
					if err == nil && (who.Name != from || who.Subject != token.Subject("external:"+from)) {
						t.Errorf("%s calls %s as %q, %q", from, to, who.Name, who.Subject)
					}
				}
			}
		})
	}
}

// PEER-29.
func TestAJumpOfTheClockNeverHandsOutATokenThatEndsTooSoonOrTooLate(t *testing.T) {
	for _, jump := range []time.Duration{
		-24 * time.Hour, -time.Hour, -time.Second, time.Nanosecond, 599_999_999_999, 600 * time.Second, time.Hour, 240 * time.Hour,
	} {
		c := newClock()
		c.add(900 * time.Millisecond) // between two seconds
		m := manager(t, peer.Options{Keys: []peer.Key{key("a", ours)}, Clock: c.read})
		if _, err := m.GetToken(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.add(jump)
		raw, err := m.GetToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		caller, err := m.Authenticate(t.Context(), raw.Reveal())
		if err != nil {
			t.Fatalf("after %s: %v", jump, err)
		}
		if left := caller.ExpiresAt.Sub(c.read()); left < 50*time.Minute || left > 60*time.Minute {
			t.Errorf("after %s: the token has %s left", jump, left)
		}
	}
}

func TestCallersAtTheSameTimeShareOneToken(t *testing.T) {
	m := manager(t, peer.Options{Keys: []peer.Key{key("a", ours)}, Clock: time.Now})
	var seen sync.Map
	var asking sync.WaitGroup
	for range 64 {
		asking.Go(func() {
			raw, err := m.GetToken(t.Context())
			if err != nil {
				t.Error(err)
			}
			seen.Store(raw.Reveal(), true)
			if _, err := m.Authenticate(t.Context(), raw.Reveal()); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	n := 0
	seen.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d tokens were made", n)
	}
}

// PEER-11: a key is removed in two steps, and a new one is listed before it is
// used.
func TestKeysAreExchangedWithoutRefusingAnybody(t *testing.T) {
	c := newClock()
	no, yes := false, true
	former, next := key("catalog", ours), key("catalog", theirs)
	former.NotAfter = start.Add(2 * time.Hour)
	next.Sign, next.NotBefore = &yes, start.Add(time.Hour)
	m := manager(t, peer.Options{Keys: []peer.Key{former, next}, Clock: c.read})
	stopped := former
	stopped.Sign = &no
	after := manager(t, peer.Options{Keys: []peer.Key{stopped, next}, Clock: c.read})

	old := get(t, m)
	if _, err := after.GetToken(t.Context()); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("no key may sign yet: error = %v, want ErrNoKeys", err)
	}
	if _, err := after.Authenticate(t.Context(), old); err != nil {
		t.Errorf("a key that stopped signing still verifies: %v", err)
	}
	early := mac(theirs, `{"alg":"HS256"}`, payload("exp", start.Add(time.Minute)))
	if _, err := m.Authenticate(t.Context(), early); !errors.Is(err, token.ErrSignature) {
		t.Errorf("before not_before: error = %v, want ErrSignature", err)
	}
	c.set(start.Add(90 * time.Minute))
	if _, err := m.Authenticate(t.Context(), get(t, after)); err != nil {
		t.Errorf("after not_before: %v", err)
	}
	late := mac(ours, `{"alg":"HS256"}`, payload("exp", start.Add(3*time.Hour)))
	who, err := m.Authenticate(t.Context(), late)
	if err != nil || !who.EndsAt.Equal(former.NotAfter) {
		t.Errorf("before not_after: %+v, %v; want it to end with the key", who, err)
	}
	c.set(former.NotAfter)
	if _, err := m.Authenticate(t.Context(), late); !errors.Is(err, token.ErrSignature) {
		t.Errorf("at not_after: error = %v, want ErrSignature", err)
	}
	if _, err := m.Authenticate(t.Context(), get(t, m)); err != nil {
		t.Errorf("the next key signs from then on: %v", err)
	}
}

func TestANamedPeerGetsATokenOfItsOwnKey(t *testing.T) {
	yes := true
	other := key("search", theirs)
	other.Sign = &yes
	m := manager(t, peer.Options{Keys: []peer.Key{key("catalog", ours), other}})
	raw, err := m.GetNamedToken(t.Context(), "search")
	if err != nil {
		t.Fatal(err)
	}
	if who, err := m.Authenticate(t.Context(), raw.Reveal()); err != nil || who.Name != "search" {
		t.Errorf("got %+v, %v", who, err)
	}
	if _, err := m.GetNamedToken(t.Context(), "nobody"); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("an unknown name: error = %v, want ErrNoKeys", err)
	}
	listed := manager(t, peer.Options{Keys: []peer.Key{key("catalog", ours), key("search", theirs)}})
	if _, err := listed.GetNamedToken(t.Context(), "search"); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("a key that is listed to verify: error = %v, want ErrNoKeys", err)
	}
}

func TestAnAudienceIsSignedAndDemanded(t *testing.T) {
	k := key("catalog", ours)
	k.Audience = "portal"
	m := manager(t, peer.Options{Keys: []peer.Key{k}})
	if _, err := m.Authenticate(t.Context(), get(t, m)); err != nil {
		t.Errorf("its own token: %v", err)
	}
	for claim, want := range map[string]error{
		`"aud":"portal"`: nil, `"aud":["x","portal"]`: nil,
		`"x":0`: token.ErrAudience, `"aud":""`: token.ErrAudience, `"aud":[]`: token.ErrAudience,
		`"aud":"Portal"`: token.ErrAudience, `"aud":["portal",1]`: token.ErrAudience, `"aud":null`: token.ErrAudience,
	} {
		raw := mac(ours, `{"alg":"HS256"}`, fmt.Sprintf(`{"sub":"backstage-server","exp":%d,%s}`, start.Unix()+60, claim))
		if _, err := m.Authenticate(t.Context(), raw); !errors.Is(err, want) {
			t.Errorf("%s: error = %v, want %v", claim, err, want)
		}
	}
}

// PEER-16.
func TestWhatIsInsecureSaysSo(t *testing.T) {
	m, err := peer.NewDevelopment(peer.Options{Clock: newClock().read})
	if err != nil {
		t.Fatal(err)
	}
	raw := get(t, m) // PEER-17: the key is there from the start
	if _, err := m.Authenticate(t.Context(), raw); err != nil {
		t.Errorf("its own token: %v", err)
	}
	other, err := peer.NewDevelopment(peer.Options{Clock: newClock().read})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Authenticate(t.Context(), raw); !errors.Is(err, token.ErrSignature) {
		t.Errorf("in another process: error = %v, want ErrSignature", err)
	}
	if notes := fmt.Sprint(m.Notes()); !strings.Contains(notes, "DEVELOPMENT USE ONLY") {
		t.Errorf("the notes are %s", notes)
	}

	var noop peer.Noop
	if raw, err := noop.GetToken(t.Context()); err != nil || raw.Reveal() != "" || !noop.Insecure() {
		t.Errorf("the no-op gives %q, %v", raw.Reveal(), err)
	}
	for _, raw := range []string{"", "anything"} {
		who, err := noop.Authenticate(t.Context(), raw)
		if err != nil || who.Covers("catalog:read") || who.Name != "" {
			t.Errorf("%q: %+v, %v; want somebody without rights", raw, who, err)
		}
	}
}

func get(t *testing.T, m *peer.TokenManager) string {
	t.Helper()
	raw, err := m.GetToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return raw.Reveal()
}

// payload is that of a good token with one time changed or added.
func payload(name string, at time.Time) string {
	if name == "exp" {
		return fmt.Sprintf(`{"sub":"backstage-server","exp":%d}`, at.Unix())
	}
	return fmt.Sprintf(`{"sub":"backstage-server","exp":%d,%q:%d}`, start.Unix()+3600, name, at.Unix())
}
