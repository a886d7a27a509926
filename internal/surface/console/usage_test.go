package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/page/pagetest"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// behindProxy is a configuration in which the test is a trusted proxy.
const behindProxy = "trusted_proxies: [127.0.0.1/32]"

// use asks forward-auth about a token that a client presents, and gives the
// status.
func use(t *testing.T, tw *tokentest.Server, secret token.Secret, scope, from string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tw.URL+"/forward-auth?scope="+url.QueryEscape(scope), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret.Reveal())
	r.Header.Set("X-Forwarded-For", from)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestATokensPageSaysHowItWasUsedAndFromWhere(t *testing.T) {
	onBoth(t, func(t *testing.T, with ...tokentest.Option) {
		tw := tokentest.Start(t, append(with, tokentest.WithConfig(behindProxy))...)
		b := pagetest.SignIn(t, tw, admin)
		issued := tw.Issue(platform, "nightly", "catalog:read")
		path := servicePath + "/" + issued.Token.ID
		if page := b.Get(path); !page.Has("#usage-none") || page.Has(".chart") {
			t.Error("a token that nobody used has a chart")
		}
		for i, from := range []string{"203.0.113.7", "203.0.113.7", "2001:db8::1"} {
			if status := use(t, tw, issued.Secret, "catalog:read", from); status != http.StatusOK {
				t.Fatalf("use %d: %d", i, status)
			}
		}
		use(t, tw, issued.Secret, "catalog:write", "198.51.100.66") // refused: from where is not noted
		tw.WriteUsage()
		page := b.Get(path)
		if got, want := page.Texts(".legend span"), []string{"3 uses", "1 refused", "in 30 days"}; !cmp.Equal(got, want) {
			t.Errorf("it says %q, want %q", got, want)
		}
		if got := page.Texts(".chart title"); len(got) != 30 || !strings.HasSuffix(got[29], ": 4, of which 1 refused") {
			t.Errorf("the bars say %q", got)
		}
		if got := page.Texts(".origins code"); len(got) != 2 || !strings.Contains(strings.Join(got, " "), "2001:db8::1") {
			t.Errorf("it was used from %q", got)
		}
		if got := b.Get(path + "/revoke").Text("#used-from"); got != "from 2 addresses" {
			t.Errorf("the question says %q", got)
		}
	})
}

func TestWhatEndsATokenMakesItsUsesRefused(t *testing.T) {
	clock := tokentest.NewClock(time.Now())
	tw := tokentest.Start(t, tokentest.WithClock(clock))
	refused := func(name string, end func(token.Issued)) {
		t.Helper()
		issued := tw.Issue(platform, name, "catalog:read")
		use(t, tw, issued.Secret, "catalog:read", "")
		end(issued)
		for range 3 { // the second and the third are known from memory
			if status := use(t, tw, issued.Secret, "catalog:read", ""); status == http.StatusOK {
				t.Errorf("%s: it was let in", name)
			}
		}
		tw.WriteUsage()
		got := pagetest.SignIn(t, tw, admin).Get(servicePath + "/" + issued.Token.ID).Texts(".legend span")
		if want := []string{"1 use", "3 refused", "in 30 days"}; !cmp.Equal(got, want) {
			t.Errorf("%s: it says %q, want %q", name, got, want)
		}
	}
	refused("revoked", func(issued token.Issued) { tw.Revoke(issued) })
	refused("disabled", func(issued token.Issued) {
		if _, err := tw.Authority().Disable(t.Context(), tokentest.Admin(), token.KindService, issued.Token.ID); err != nil {
			t.Fatal(err)
		}
	})
	refused("under-a-mark", func(token.Issued) { tw.RevokeOwner(platform) })
	refused("expired", func(token.Issued) { clock.Advance(366 * 24 * time.Hour) })
}

func TestUsesAreCountedAtOurOwnAPIAndByIntrospection(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig(
		"roles: {asker: [\"access-tokens:introspect\"]}\nbindings: [{role: asker, to: [\"service-token:group:default/platform:asker\"]}]"))
	asker, asked := tw.Issue(platform, "asker", "catalog:read"), tw.Issue(platform, "asked", "catalog:read")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tw.URL+"/oauth2/introspect",
		strings.NewReader("token="+asked.Secret.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+asker.Secret.Reveal())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("introspection: %d", answer.StatusCode)
	}
	tw.WriteUsage()
	b := pagetest.SignIn(t, tw, admin)
	for _, one := range []struct {
		of    token.Issued
		from  []string
		about string
	}{{asker, []string{"127.0.0.1"}, "who asks"}, {asked, nil, "who is asked about"}} {
		page := b.Get(servicePath + "/" + one.of.Token.ID)
		if got := page.Text(".legend-good"); got != "1 use" {
			t.Errorf("%s: %q", one.about, got)
		}
		if got := page.Texts(".origins code"); !cmp.Equal(got, one.from) {
			t.Errorf("%s was used from %q, want %q", one.about, got, one.from)
		}
	}
}

func TestAfterARotationThePageSaysWhichSecretIsInUse(t *testing.T) {
	clock := tokentest.NewClock(time.Now().Truncate(time.Hour).Add(-24 * time.Hour))
	tw := tokentest.Start(t, tokentest.WithClock(clock))
	former := tw.Issue(platform, "nightly", "catalog:read")
	path := servicePath + "/" + former.Token.ID
	use(t, tw, former.Secret, "catalog:read", "")
	clock.Advance(time.Minute)
	present := tw.Rotate(former, 24*time.Hour)
	tw.WriteUsage()
	facts := func() map[string]string {
		page := pagetest.SignIn(t, tw, admin).Get(path) // sessions end while the clock moves
		names, values := page.Texts(".facts dt"), page.Texts(".facts dd")
		out := map[string]string{}
		for i, name := range names {
			out[name] = values[i]
		}
		return out
	}
	got := facts()
	if got["New secret last used"] != "Not used yet" || got["Former secret last used"] != "Not used since the rotation" {
		t.Errorf("at first it says %q", got)
	}
	clock.Advance(time.Minute)
	for range 2 {
		use(t, tw, former.Secret, "catalog:read", "")
	}
	tw.WriteUsage()
	clock.Advance(time.Hour)
	if got := facts(); !strings.Contains(got["Former secret last used"], "2 uses since the rotation") || got["New secret last used"] != "Not used yet" {
		t.Errorf("while the former one is in use it says %q", got)
	}
	use(t, tw, present.Secret, "catalog:read", "")
	tw.WriteUsage()
	if got := facts(); got["New secret last used"] == "Not used yet" {
		t.Errorf("once the new one is in use it says %q", got)
	}
	clock.Advance(24 * time.Hour)
	if got := facts(); got["Former secret last used"] != "" {
		t.Errorf("after the former one has ended it says %q", got)
	}
}

func TestNothingIsCountedWhereUsageIsNotKept(t *testing.T) {
	tw := tokentest.Start(t, tokentest.WithConfig("usage: {keep: 0}"))
	issued := tw.Issue(platform, "nightly", "catalog:read")
	use(t, tw, issued.Secret, "catalog:read", "")
	tw.WriteUsage()
	page := pagetest.SignIn(t, tw, admin).Get(servicePath + "/" + issued.Token.ID)
	if page.Has(".legend") || page.Has("#usage-none") || page.Has(".origins") {
		t.Error("the page speaks of usage")
	}
}

func TestAddressesAreCutOrLeftOut(t *testing.T) {
	for setting, want := range map[string][]string{"network": {"203.0.113.0/24"}, "off": nil} {
		tw := tokentest.Start(t, tokentest.WithConfig(behindProxy+"\nusage: {addresses: "+setting+"}"))
		issued := tw.Issue(platform, "nightly", "catalog:read")
		use(t, tw, issued.Secret, "catalog:read", "203.0.113.7")
		use(t, tw, issued.Secret, "catalog:read", "203.0.113.8")
		tw.WriteUsage()
		page := pagetest.SignIn(t, tw, admin).Get(servicePath + "/" + issued.Token.ID)
		if got := page.Texts(".origins code"); !cmp.Equal(got, want) {
			t.Errorf("%s: %q, want %q", setting, got, want)
		}
		if got := page.Text(".legend-good"); got != "2 uses" {
			t.Errorf("%s: %q", setting, got)
		}
	}
}

// inKind issues a token of a kind other than service tokens.
func inKind(t *testing.T, tw *tokentest.Server, req authority.Request) token.Issued {
	t.Helper()
	issued, err := tw.Authority().Issue(t.Context(), tokentest.Admin(), req)
	if err != nil {
		t.Fatal(err)
	}
	return issued
}
