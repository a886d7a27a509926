package workspace_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/store/postgres"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
	"github.com/tokenwright/tokenwright/verify"
)

var errRevoked = token.ErrRevoked

// bound is how long a change may take to reach other nodes.
const bound = 2 * time.Second

// within fails unless a condition holds within the bound.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(bound); !holds(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("%s: not within %s", what, bound)
			return
		}
	}
}

// TestOtherNodesLearnWithinTheBound: a revocation, a disabled account and a lost
// membership reach the other node, which verifies tokens of the first with the
// secret that both read from the store.
func TestOtherNodesLearnWithinTheBound(t *testing.T) {
	url := pgtest.Start(t).Database(t, func(url string) error {
		store, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return store.Close()
	})
	first := tokentest.Start(t, tokentest.WithDatabase(url))
	second := tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithKeyOf(first))
	k := &kit{t: t, Server: first}
	k.demo = k.workspace("demo")
	elsewhere := func(raw string) error {
		_, err := second.Verifier().Verify(t.Context(), raw, verify.Expect{})
		return err
	}
	made, other := k.create(bob, k.demo), k.create(bob, k.demo)
	k.is("on the other node", elsewhere(made.Token), nil)
	k.wants("revoke", k.call(k.UserToken(bob), "revokeApiToken", m{"tokenId": made.ID}), "")
	within(t, "revoked", func() bool { return errors.Is(elsewhere(made.Token), token.ErrRevoked) })
	k.is("the other one", elsewhere(other.Token), nil)
	rotate := func(id string) issued {
		return k.made(k.call(k.UserToken(bob), "rotateApiToken", m{"tokenId": id, "overlapSeconds": 3600}))
	}
	eldest, next := other, rotate(other.ID)
	k.is("during its overlap", elsewhere(other.Token), nil)
	last := rotate(next.ID)
	within(t, "its overlap is over with the next rotation", func() bool { return errors.Is(elsewhere(other.Token), token.ErrRevoked) })
	k.is("the former one", elsewhere(next.Token), nil)
	other = last
	k.join("demo", bob, "guest")
	within(t, "W-38 demoted", func() bool { return errors.Is(elsewhere(other.Token), token.ErrRole) })
	k.join("demo", bob, "user")
	within(t, "W-38 raised", func() bool { return elsewhere(other.Token) == nil })
	k.administer(http.MethodPost, api.PathUserDisable, api.UserRequest{Ref: bob}, nil)
	within(t, "W-14 disabled", func() bool { return errors.Is(elsewhere(other.Token), token.ErrDisabled) })
	k.administer(http.MethodPost, api.PathUserEnable, api.UserRequest{Ref: bob}, nil)
	within(t, "enabled", func() bool { return elsewhere(other.Token) == nil })
	k.equal("a rotation makes a token no younger", k.find(bob, last.ID).CreatedOn, k.find(bob, eldest.ID).CreatedOn)
	k.administer(http.MethodPost, api.PathRevokeAll, m{"workspace": "demo"}, nil)
	for _, one := range []issued{next, last} {
		within(t, "revoked with all", func() bool { return errors.Is(elsewhere(one.Token), token.ErrRevoked) })
	}
}

// TestW05AStoreThatIsAwayIs503 for tokens, never yes and never 401, and it is
// over at once when the store is back.
func TestW05AStoreThatIsAwayIs503(t *testing.T) {
	cluster := pgtest.New(t, pgtest.Options{})
	url := cluster.Database(t, func(url string) error {
		store, err := postgres.Open(context.Background(), url, postgres.Options{})
		if err != nil {
			return err
		}
		return store.Close()
	})
	k := &kit{t: t, Server: tokentest.Start(t, tokentest.WithDatabase(url), tokentest.WithConfig("verify: {lease: 200ms}"))}
	k.demo = k.workspace("demo")
	a := k.application()
	made := k.create(bob, k.demo)
	k.equal("before", a.request(made.Token, http.MethodGet, "/api/v1/ping/{w}", "").status, 200)
	cluster.Stop(t)
	for range 3 {
		<-time.After(300 * time.Millisecond) // the lease runs out
		a.gets("away", a.request(made.Token, http.MethodGet, "/api/v1/ping/{w}", ""), 503, `{"message":"Token status could not be verified"}`)
	}
	cluster.Restart(t)
	within(t, "back", func() bool {
		return a.request(made.Token, http.MethodGet, "/api/v1/ping/{w}", "").status == 200
	})
}

// TestW32LastUsedIsKnownWithinAMinute, and refused uses do not count.
func TestW32LastUsedIsKnownWithinAMinute(t *testing.T) {
	k := &kit{t: t, Server: tokentest.Start(t)}
	k.demo = k.workspace("demo")
	a := k.application()
	used, refused := k.create(bob, k.demo), k.create(bob, k.demo, "read:*")
	k.equal("used", a.request(used.Token, http.MethodGet, "/api/v1/ping/{w}", "").status, 200)
	k.equal("refused", a.request(refused.Token, http.MethodPost, "/api/v1/tx/{w}", create).status, 403)
	for deadline := time.Now().Add(time.Minute); k.find(bob, used.ID).LastUsedOn == nil; <-time.After(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the last use is not known after a minute")
		}
	}
	at := time.UnixMilli(*k.find(bob, used.ID).LastUsedOn)
	k.equal("when", time.Since(at) < time.Minute, true)
	k.equal("a refused use", k.find(bob, refused.ID).LastUsedOn == nil, true)
}

// TestTheDedicatedListener serves the RPC at "/" and nothing else.
func TestTheDedicatedListener(t *testing.T) {
	k := start(t, tokentest.WithConfig("kinds: {workspace: {rpc_path: /_accounts, rpc_listen: '127.0.0.1:0'}}"))
	at := k.RPCURL()
	r := k.post(at+"/", k.UserToken(bob), m{"method": "listApiTokens", "params": m{}})
	k.equal("the RPC", r.body, `{"result":[]}`)
	for _, path := range []string{"/_accounts", "/readyz", "/?x=1", restBase} {
		got := k.send(http.DefaultClient, http.MethodPost, at+path, k.UserToken(bob), "{}")
		k.equal(path, got.status, 404)
	}
	k.equal("GET", k.send(http.DefaultClient, http.MethodGet, at+"/", "", nil).status, 405)
	k.equal("an error has its envelope", strings.Contains(k.send(http.DefaultClient, http.MethodPost, at+"/", "", "x").body, "platform:status:UnknownError"), true)
}
