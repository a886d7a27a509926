package oauth_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

const badRefresh = "Invalid refresh token"

// refused fails unless a refresh token is refused in the one way there is.
func (w world) refused(got reply) {
	w.t.Helper()
	w.wants(got, http.StatusBadRequest, "invalid_grant", badRefresh)
}

// offline gives the refresh token of a fresh authorization, and the answer.
func (w world) offline(c app, user string) (string, reply) {
	w.t.Helper()
	got := w.redeem(c, w.browser(user).code(c, "openid offline_access"))
	return got.text("refresh_token"), got
}

// mint makes a personal token in the browser of its person.
func (w world) mint(user, name string, more ...string) string {
	w.t.Helper()
	b := w.browser(user)
	csrf := b.get("/api/session").text("csrf")
	body := `{"name":"` + name + `"` + strings.Join(more, "") + `}`
	got := b.send(http.MethodPost, "/api/access-tokens/personal/mint", body, "Content-Type: application/json",
		"Origin: "+w.URL, "Sec-Fetch-Site: same-origin", "X-Csrf-Token: "+csrf)
	if got.status != http.StatusOK {
		w.t.Fatalf("mint: %d %s", got.status, got.body)
	}
	there := b.get(got.text("authorizeUrl"))
	back := b.say(strings.TrimPrefix(there.header.Get("Location"), w.URL+oauth.ConsentPath+"/"), "approve")
	end := b.get(back.header.Get("Location"))
	_, fragment, found := strings.Cut(end.header.Get("Location"), "#personal-access-tokens-mint=")
	if !found {
		w.t.Fatalf("mint ends at %s", end.header.Get("Location"))
	}
	_, minted := claims(w.t, "e30."+fragment+".")
	raw, _ := minted["token"].(string)
	return raw
}

func TestPER01APersonalTokenIsExchangedAsOftenAsNeeded(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		raw := w.mint(alice, "laptop")
		for range 3 {
			got := w.must(w.refresh(app{}, raw))
			if len(got.members) != 3 || got.members["expires_in"] != 600.0 {
				t.Errorf("answer: %s", got.body)
			}
			_, said := claims(t, got.text("access_token"))
			if said["sid"] != raw[:36] || said["client_id"] != oauth.PersonalClient || said["sub"] != alice {
				t.Errorf("access token: %v", said)
			}
			if !w.works(got.text("access_token")) {
				t.Error("the access token does not work")
			}
		}
		w.must(w.refresh(app{id: oauth.PersonalClient}, raw))
	})
}

// Row F-06 and PER-10.
func TestF06AnAccessTokenNeverOutlivesThePersonalToken(t *testing.T) {
	w := start(t)
	ends := w.clock.Now().Add(2 * time.Hour).UTC().Truncate(time.Second)
	raw := w.mint(alice, "short", `,"expiresAt":"`+ends.Format(time.RFC3339)+`"`)
	w.clock.Advance(ends.Add(-90 * time.Second).Sub(w.clock.Now()))
	got := w.must(w.refresh(app{}, raw))
	_, said := claims(t, got.text("access_token"))
	if said["exp"] != float64(ends.Unix()) || got.members["expires_in"] != float64(ends.Unix())-said["iat"].(float64) {
		t.Errorf("exp %v, expires_in %v; the token ends %d", said["exp"], got.members["expires_in"], ends.Unix())
	}
	w.clock.Advance(ends.Sub(w.clock.Now()))
	w.refused(w.refresh(app{}, raw))
}

// Row PER-11: what is revoked, disabled or ended takes its JWTs with it.
func TestPER11AccessTokensEndWithTheTokenTheyCameOutOf(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		for name, end := range map[string]func(id string) error{
			"revoked": func(id string) error {
				_, err := w.Authority().Revoke(t.Context(), tokentest.Admin(), token.KindPersonal, token.Revocation{TokenID: id})
				return err
			},
			"disabled": func(id string) error {
				_, err := w.Authority().Disable(t.Context(), tokentest.Admin(), token.KindPersonal, id)
				return err
			},
			"revoked with all of its kind": func(string) error {
				_, err := w.Authority().RevokeAll(t.Context(), tokentest.Admin(), authority.RevokeAllRequest{Kind: token.KindPersonal})
				return err
			},
		} {
			w.clock.Advance(time.Second) // a mark covers its own instant
			raw := w.mint(bob, name)
			jwt := w.must(w.refresh(app{}, raw)).text("access_token")
			for range 2 { // the second time from the cache
				if !w.works(jwt) {
					t.Fatalf("%s: the access token does not work", name)
				}
			}
			if err := end(raw[:36]); err != nil {
				t.Fatal(err)
			}
			if w.works(jwt) {
				t.Errorf("%s: the access token outlives it", name)
			}
			w.refused(w.refresh(app{}, raw))
		}
	})
}

func TestADisabledTokenIsGoodAgainWhenItIsEnabled(t *testing.T) {
	w := start(t)
	raw := w.mint(alice, "laptop")
	jwt := w.must(w.refresh(app{}, raw)).text("access_token")
	for _, change := range []struct {
		set  func() (token.Token, error)
		good bool
	}{
		{func() (token.Token, error) {
			return w.Authority().Disable(t.Context(), tokentest.Admin(), token.KindPersonal, raw[:36])
		}, false},
		{func() (token.Token, error) {
			return w.Authority().Enable(t.Context(), tokentest.Admin(), token.KindPersonal, raw[:36])
		}, true},
	} {
		if _, err := change.set(); err != nil {
			t.Fatal(err)
		}
		if w.works(jwt) != change.good || (w.refresh(app{}, raw).status == http.StatusOK) != change.good {
			t.Errorf("good: %v expected", change.good)
		}
	}
}

// Rows F-05, MUST-19 and PER-41: a refresh token is good once, and a former one ends all.
func TestF05ARefreshTokenOfAClientRotates(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		c := w.public()
		first, begun := w.offline(c, alice)
		second := w.must(w.refresh(c, first))
		if next := second.text("refresh_token"); next == first || next[:36] != first[:36] {
			t.Errorf("the next token is %q after %q", next, first)
		}
		if !w.works(begun.text("access_token")) || !w.works(second.text("access_token")) {
			t.Error("an access token does not work")
		}
		w.refused(w.refresh(c, first)) // it was used already
		w.refused(w.refresh(c, second.text("refresh_token")))
		if w.works(begun.text("access_token")) || w.works(second.text("access_token")) {
			t.Error("an access token outlives the theft")
		}
		seen := w.Entries(audit.Query{Actions: []audit.Action{audit.TokenReused, audit.TokenRevoked}})
		if len(seen) != 2 || seen[0].TokenID != first[:36] || seen[1].TokenID != first[:36] {
			t.Errorf("entries: %v", seen)
		}
	})
}

func TestPER14ARefreshTokenIsOfItsClientAlone(t *testing.T) {
	w := start(t)
	c, other, secretive := w.public(), w.public(), w.register(loopback, "")
	raw, _ := w.offline(c, alice)
	w.refused(w.refresh(other, raw))
	w.refused(w.refresh(app{}, raw))
	w.refused(w.refresh(app{id: oauth.PersonalClient}, raw))
	w.refused(w.refresh(secretive, raw, "client_secret", secretive.secret))
	w.must(w.refresh(c, raw))
	w.refused(w.refresh(c, w.mint(alice, "laptop")))
}

func TestPER21EveryRefusedRefreshTokenReadsTheSame(t *testing.T) {
	w := start(t)
	raw := w.mint(alice, "laptop")
	for name, bad := range map[string]string{
		"no shape": "nonsense", "three parts": raw + ".x", "wrong secret part": raw[:37] + oauth.NewCode(),
		"wrong id": oauth.NewCode()[:36] + raw[36:], "upper case": strings.ToUpper(raw[:36]) + raw[36:],
		"space": raw + " ", "the first part": raw[:36],
	} {
		t.Run(name, func(t *testing.T) {
			w := w
			w.t = t
			w.refused(w.refresh(app{}, bad))
		})
	}
}

// Row PER-40: a person who is gone takes all tokens along; a directory that is
// away takes none.
func TestPER40ADisabledPersonHasNoTokens(t *testing.T) {
	w := start(t)
	c := w.public()
	personal := w.mint(bob, "laptop")
	refresh, got := w.offline(c, bob)
	w.local(http.MethodPost, "/api/admin/v1/users/disable", `{"ref":"`+bob+`"}`)
	if w.works(got.text("access_token")) {
		t.Error("an access token of a disabled person works")
	}
	w.refused(w.refresh(app{}, personal))
	w.local(http.MethodPost, "/api/admin/v1/users/enable", `{"ref":"`+bob+`"}`)
	w.refused(w.refresh(app{}, personal))
	w.refused(w.refresh(c, refresh))
}

func TestARefreshTokenEndsThirtyDaysAfterItsLastUse(t *testing.T) {
	w := start(t)
	c := w.public()
	const day = 24 * time.Hour
	raw, _ := w.offline(c, alice)
	for range 3 {
		w.clock.Advance(29 * day)
		raw = w.must(w.refresh(c, raw)).text("refresh_token")
	}
	w.clock.Advance(30 * day)
	w.refused(w.refresh(c, raw))
}

func TestARefreshTokenEndsAYearAfterTheConsent(t *testing.T) {
	w := start(t)
	c := w.public()
	const day = 24 * time.Hour
	raw, _ := w.offline(c, alice)
	for range 18 {
		w.clock.Advance(20 * day)
		raw = w.must(w.refresh(c, raw)).text("refresh_token")
	}
	w.clock.Advance(5 * day)
	w.refused(w.refresh(c, raw))
}

// Rows PER-41 and PER-49: with its events.
func TestPersonalTokensRotateWhereTheOperatorSaysSo(t *testing.T) {
	w := start(t, tokentest.WithConfig("kinds: {personal: {rotate: true}}"))
	first := w.mint(alice, "laptop")
	got := w.must(w.refresh(app{}, first))
	if !w.works(got.text("access_token")) {
		t.Error("the access token does not work after the rotation")
	}
	w.refused(w.refresh(app{}, first))
	w.refused(w.refresh(app{}, got.text("refresh_token")))
	if w.works(got.text("access_token")) {
		t.Error("the access token outlives the theft")
	}
	a := w.agent()
	a.bearer = w.UserToken(alice)
	history := a.get("/api/access-tokens/personal/" + first[:36] + "/audit").body
	for _, event := range []string{"MINTED", "ROTATED", "REUSE_DETECTED", "REVOKED"} {
		if strings.Count(history, `"event":"`+event+`"`) != 1 {
			t.Errorf("%s: %s", event, history)
		}
	}
}

func TestARefreshTokenIsNoBearer(t *testing.T) {
	w := start(t)
	raw, _ := w.offline(w.public(), alice)
	if w.works(raw) || w.works(w.mint(alice, "laptop")) {
		t.Error("a refresh token opens the API")
	}
	if _, _, err := w.Verifier().Inspect(t.Context(), raw); !errors.Is(err, token.ErrNotBearer) {
		t.Errorf("inspect: %v", err)
	}
}

// PER-51 and row E-03.
func TestWhatCameOutOfATokenApprovesNothing(t *testing.T) {
	w := start(t)
	c := w.public()
	a := w.browser(alice)
	id := a.ask(c, "openid")
	a.bearer = w.must(w.refresh(app{}, w.mint(alice, "laptop"))).text("access_token")
	a.client.Jar = browserCookieAlone{a.client.Jar}
	got := a.send(http.MethodPost, oauth.Base+"/v1/sessions/"+id+"/approve", "")
	w.wants(got, http.StatusForbidden, "access_denied", "Forbidden: tokens do not issue tokens")
}

// browserCookieAlone leaves the login session out.
type browserCookieAlone struct{ http.CookieJar }

func (j browserCookieAlone) Cookies(u *url.URL) []*http.Cookie {
	var kept []*http.Cookie
	for _, one := range j.CookieJar.Cookies(u) {
		if one.Name == "tokenwright-browser" {
			kept = append(kept, one)
		}
	}
	return kept
}
