package oauth_test

import (
	"net/http"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// nodes are two nodes of one installation, behind one address.
func nodes(t *testing.T, with ...tokentest.Option) (a, b world) {
	t.Helper()
	url := pgtest.Start(t).Database(t, nil)
	with = append(with, tokentest.WithDatabase(url), tokentest.WithPublicURL("http://127.0.0.1:7999"))
	a = start(t, with...)
	return a, start(t, append(with, tokentest.WithClock(a.clock), tokentest.WithKeyOf(a.Server))...)
}

// rounds is how often a race is run: fifty times with TOKENWRIGHT_PROOF=full. One
// that is lost once in a thousand times is found by the two hundred at once, not
// by the rounds.
func rounds() int {
	if os.Getenv("TOKENWRIGHT_PROOF") == "full" {
		return 50
	}
	return 3
}

// race sends one form two hundred times at once to two nodes and gives the
// answers that succeeded. All others must say what is expected.
func race(t *testing.T, a, b world, form url.Values, otherwise string) []reply {
	t.Helper()
	var mu sync.Mutex
	var won []reply
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range 200 {
		node := a
		if i%2 == 1 {
			node = b
		}
		client := node.agent()
		all.Go(func() {
			<-begin
			got := client.post(oauth.TokenPath, form)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case got.status == http.StatusOK:
				won = append(won, got)
			case got.status != http.StatusBadRequest || got.text("error_description") != otherwise:
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	close(begin)
	all.Wait()
	return won
}

// soon waits for what another node has to hear of.
func soon(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for began := time.Now(); !condition(); <-time.After(10 * time.Millisecond) {
		if time.Since(began) > 2*time.Second {
			t.Fatalf("%s: not within two seconds", what)
		}
	}
}

// Row F-04: of two hundred uses of a code on two nodes one succeeds, and what
// came out of it ends.
func TestF04OneOfManyUsesOfACodeSucceeds(t *testing.T) {
	a, b := nodes(t)
	c := a.public()
	browser := a.browser(alice)
	for round := range rounds() {
		won := race(t, a, b, c.form(browser.code(c, "openid offline_access")), badCode)
		if len(won) != 1 {
			t.Fatalf("round %d: %d uses succeeded", round, len(won))
		}
		a.refused(a.refresh(c, won[0].text("refresh_token")))
		soon(t, "the access token is refused on both nodes", func() bool {
			return !a.works(won[0].text("access_token")) && !b.works(won[0].text("access_token"))
		})
		a.clock.Advance(time.Minute) // the next round has its own share of the limits
	}
	replays := a.Entries(audit.Query{Actions: []audit.Action{audit.CodeReplayed}})
	if len(replays) != rounds() {
		t.Errorf("%d replays are in the log", len(replays))
	}
}

// Row F-05: of two hundred uses of a refresh token on two nodes one succeeds, and
// the grant ends.
func TestF05OneOfManyUsesOfARefreshTokenSucceeds(t *testing.T) {
	a, b := nodes(t)
	c := a.public()
	browser := a.browser(alice)
	for round := range rounds() {
		begun := a.must(a.agent().post(oauth.TokenPath, c.form(browser.code(c, "openid offline_access"))))
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {begun.text("refresh_token")}, "client_id": {c.id}}
		won := race(t, a, b, form, badRefresh)
		if len(won) != 1 {
			t.Fatalf("round %d: %d uses succeeded", round, len(won))
		}
		b.refused(b.refresh(c, won[0].text("refresh_token")))
		soon(t, "all access tokens are refused on both nodes", func() bool {
			return !a.works(won[0].text("access_token")) && !b.works(begun.text("access_token"))
		})
		a.clock.Advance(time.Minute)
	}
}

// Rows PER-11 and PER-19: any node finishes what another began, and hears within
// the bound what another ended.
func TestAnyNodeGoesOnWhereAnotherBegan(t *testing.T) {
	a, b := nodes(t)
	c := a.public()
	code := a.browser(alice).code(c, "openid offline_access")
	got := b.must(b.agent().post(oauth.TokenPath, c.form(code)))
	for range 2 {
		if !a.works(got.text("access_token")) || !b.works(got.text("access_token")) {
			t.Fatal("the access token does not work")
		}
	}
	a.done(a.revoke(c, got.text("refresh_token")))
	if a.works(got.text("access_token")) {
		t.Error("the node that revoked still accepts the access token")
	}
	soon(t, "the access token is refused on the other node", func() bool { return !b.works(got.text("access_token")) })
	b.refused(b.refresh(c, got.text("refresh_token")))

	one := b.must(b.agent().post(oauth.TokenPath, c.form(a.browser(alice).code(c, "openid"))))
	if !a.works(one.text("access_token")) || !b.works(one.text("access_token")) {
		t.Fatal("the access token does not work")
	}
	b.done(b.revoke(c, one.text("access_token")))
	soon(t, "an access token that was ended by itself is refused on the other node", func() bool { return !a.works(one.text("access_token")) })
}
