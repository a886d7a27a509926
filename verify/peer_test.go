package verify_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/peer"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// countedPeers counts how often a credential was verified anew.
type countedPeers struct {
	verify.Peers
	asked int
	err   error
}

func (c *countedPeers) Authenticate(ctx context.Context, raw string) (*peer.Principal, error) {
	c.asked++
	if c.err != nil {
		return nil, c.err
	}
	return c.Peers.Authenticate(ctx, raw)
}

const fixedText = "a-fixed-text-of-more-than-32-characters"

// peerWorld is a world with the peers "ci", which may read the catalog, "bare",
// which may nothing, "limited", which is restricted to reading the catalog, and
// a fixed text.
func peerWorld(t *testing.T) (*world, *countedPeers, func(name string) string) {
	t.Helper()
	yes := true
	c := func(name string, scopes token.Scopes, limits peer.Restrictions) peer.Caller {
		return peer.Caller{Name: name, Scopes: scopes, Restrictions: limits}
	}
	peers := &countedPeers{}
	var manager *peer.TokenManager
	w := newWorld(t, func(o *verify.Options) {
		o.Lease, o.CacheTTL = time.Hour, time.Hour
		limits := peer.Restrictions{{Plugin: "catalog", Actions: []string{"read"}}}
		opts := peer.Options{Clock: o.Clock, Static: []peer.Static{{
			Caller: c("text", token.Scopes{"catalog:read"}, nil), Token: token.NewSecret(fixedText),
		}}}
		for _, caller := range []peer.Caller{
			c("ci", token.Scopes{"catalog:read"}, nil), c("bare", nil, nil), c("limited", nil, limits),
			c("both", token.Scopes{"catalog:read", "search:read"}, limits),
		} {
			opts.Keys = append(opts.Keys, peer.Key{Caller: caller, Secret: peer.GenerateSecret(), Sign: &yes})
		}
		var err error
		if manager, err = peer.New(opts); err != nil {
			t.Fatal(err)
		}
		peers.Peers = manager
		o.Peers = peers
	})
	return w, peers, func(name string) string {
		raw, err := manager.GetNamedToken(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return raw.Reveal()
	}
}

func TestAPeerIsVerifiedLikeEveryOtherKind(t *testing.T) {
	w, _, tokenOf := peerWorld(t)
	scope := func(s string) verify.Expect { return verify.Expect{Scopes: token.Scopes{s}} }
	for _, tc := range []struct {
		name, raw string
		want      verify.Expect
		err       error
	}{
		{"a scope it has", tokenOf("ci"), scope("catalog:read"), nil},
		{"a scope it lacks", tokenOf("ci"), scope("catalog:write"), token.ErrScope},
		{"its kind", tokenOf("ci"), verify.Expect{Kinds: []token.Kind{token.KindPeer}}, nil},
		{"another kind", tokenOf("ci"), verify.Expect{Kinds: []token.Kind{token.KindService}}, token.ErrWrongKind},
		{"nothing demanded of nobody", tokenOf("bare"), verify.Expect{}, nil},
		{"without rights (PEER-10)", tokenOf("bare"), scope("catalog:read"), token.ErrScope},
		{"a fixed text", fixedText, scope("catalog:read"), nil},
		{"another text", fixedText + "x", scope("catalog:read"), token.ErrUnknown},
		{"within its restrictions", tokenOf("limited"), scope("catalog:read"), nil},
		{"another action", tokenOf("limited"), scope("catalog:delete"), token.ErrRestricted},
		{"another plugin", tokenOf("limited"), scope("search:read"), token.ErrRestricted},
		{"one of two", tokenOf("limited"), verify.Expect{AnyScope: token.Scopes{"search:read", "catalog:read"}}, nil},
		{"none of two", tokenOf("limited"), verify.Expect{AnyScope: token.Scopes{"search:read", "catalog:write"}}, token.ErrScope},
		{"nothing that could be judged (PEER-19)", tokenOf("limited"), verify.Expect{}, token.ErrRestricted},
		{"what it is", tokenOf("limited"), verify.Expect{Describe: true}, nil},
		{"a scope outside of its restrictions", tokenOf("both"), scope("search:read"), token.ErrRestricted},
		{"cut", tokenOf("ci")[:80], verify.Expect{}, token.ErrUnauthenticated},
	} {
		for _, how := range []string{"anew", "from the cache"} {
			if _, err := w.v.Verify(t.Context(), tc.raw, tc.want); !errors.Is(err, tc.err) {
				t.Errorf("%s, %s: %v, want %v", tc.name, how, err, tc.err)
			}
		}
	}
	w.wantReads("peers have no records", 0)
}

func TestTheProofNamesThePeer(t *testing.T) {
	w, peers, tokenOf := peerWorld(t)
	raw := tokenOf("both")
	for range 2 {
		v, err := w.v.Verify(t.Context(), raw, verify.Expect{Describe: true})
		if err != nil {
			t.Fatal(err)
		}
		if v.Kind() != token.KindPeer || v.Subject() != "external:both" || v.Name() != "both" || v.TokenID() != "" {
			t.Errorf("it is %s %s %s %q", v.Kind(), v.Subject(), v.Name(), v.TokenID())
		}
		if !v.ExpiresAt().Equal(start.Add(time.Hour)) {
			t.Errorf("it ends at %s", v.ExpiresAt())
		}
		// Whoever is told scopes does not know of restrictions.
		if v.ScopeString() != "catalog:read" || len(v.Restrictions()) != 1 {
			t.Errorf("its scopes are %q beside %v", v.ScopeString(), v.Restrictions())
		}
	}
	if peers.asked != 1 {
		t.Errorf("it was verified %d times, want once and then from the cache", peers.asked)
	}
}

func TestACachedPeerEndsToTheSecond(t *testing.T) {
	w, _, tokenOf := peerWorld(t)
	raw := tokenOf("ci")
	w.want("at first", raw, nil)
	w.clock.move(time.Hour - time.Millisecond)
	w.want("a millisecond before its end", raw, nil)
	w.clock.move(time.Millisecond)
	w.want("at its end", raw, token.ErrExpired)
	w.clock.move(-time.Minute)
	w.want("with the clock set back (K-10)", raw, token.ErrExpired)
}

// A not-before mark reaches peers without a record: those that do not say when
// they were made are taken for as old as they can be.
func TestAMarkEndsPeers(t *testing.T) {
	w, _, tokenOf := peerWorld(t)
	raw := tokenOf("ci")
	w.want("at first", raw, nil)
	w.v.Apply(token.Change{Mark: &token.Mark{ID: token.NewID(), Kind: token.KindPeer, NotBefore: w.clock.now()}})
	w.want("after the mark", raw, token.ErrRevoked)
	w.want("a fixed text", fixedText, token.ErrRevoked)
	if _, _, err := w.v.Inspect(t.Context(), raw); !errors.Is(err, token.ErrRevoked) {
		t.Errorf("inspected: %v, want ErrRevoked", err)
	}
}

func TestKeysOfPeersThatCannotBeReadAreNoRefusal(t *testing.T) {
	w, peers, tokenOf := peerWorld(t)
	raw := tokenOf("ci")
	peers.err = token.Unavailable(errors.New("no route"))
	w.want("unavailable", raw, token.ErrUnavailable)
}

func TestWithoutPeersTheirTokensAreRefused(t *testing.T) {
	_, _, tokenOf := peerWorld(t)
	w := newWorld(t)
	if err := w.verify(tokenOf("ci")); !errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("%v, want it refused", err)
	}
	if err := w.verify(fixedText); !errors.Is(err, token.ErrUnauthenticated) {
		t.Errorf("a fixed text: %v, want it refused", err)
	}
}
