package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

func TestTheLandingPageSaysWhatNeedsAttention(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		clock := tokentest.NewClock(time.Now().Add(-100 * 24 * time.Hour))
		tw := tokentest.Start(t, append(with, tokentest.WithClock(clock))...)
		tw.Issue(platform, "unused", "catalog:read")
		clock.Advance(100 * 24 * time.Hour)
		inKind(t, tw, authority.Request{
			Kind: token.KindService, Name: "ends-soon", Description: "x", Owner: data, Scopes: []string{"catalog:read"}, Expiry: authority.Expiry{Days: 7},
		})
		tried := tw.Issue(platform, "tried", "catalog:read")
		for range 12 {
			use(t, tw, tried.Secret, "catalog:write", "")
		}
		tw.WriteUsage()
		page := pagetest.SignIn(t, tw, admin).Get("/")
		tiles := page.Texts(".tile")
		for _, want := range []string{"1 Expiring", "1 Not used for 30 days", "1 Not used for 90 days"} {
			if !slices.Contains(tiles, want) {
				t.Errorf("no %q among %q", want, tiles)
			}
		}
		if got := page.Texts("#soon tbody th a"); !cmp.Equal(got, []string{"ends-soon"}) {
			t.Errorf("ending soon: %q", got)
		}
		if got := page.Text("#refused tbody tr"); !strings.HasPrefix(got, "tried") || !strings.Contains(got, "12") {
			t.Errorf("refused often: %q", got)
		}
	})
}

func TestWhoeverIsNoAdministratorSeesTheirOwnThingsAlone(t *testing.T) {
	tw, _ := visit(t)
	tw.Issue(platform, "not-for-alice", "catalog:read")
	page := pagetest.SignIn(t, tw, alice).Get("/")
	if page.Status != http.StatusOK || page.Has(".tile") || page.Has("#soon") || page.Holds("not-for-alice") {
		t.Errorf("%d: %s", page.Status, page.Text("main"))
	}
	if got := page.Text("#own .blank h2"); got != "You have no tokens of your own" {
		t.Errorf("her own: %q", got)
	}
	if got := page.Attrs("nav.actions a", "href"); !cmp.Equal(got, []string{"/settings/personal-tokens", "/settings/sessions"}) {
		t.Errorf("shortcuts: %q", got)
	}
}

func TestOwnersThatAreGoneAreNamed(t *testing.T) {
	tw, b := visit(t)
	tw.Issue(platform, "kept", "catalog:read")
	if b.Get("/").Has("#ownerless") {
		t.Error("a group that exists is gone")
	}
}
