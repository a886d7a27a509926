package oauth_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/scrypt"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// one is a source of some tokens. It implements authority.ImportSource.
type one []authority.ImportToken

// Next implements authority.ImportSource.
func (o *one) Next() (authority.ImportToken, error) {
	if len(*o) == 0 {
		return authority.ImportToken{}, io.EOF
	}
	first := (*o)[0]
	*o = (*o)[1:]
	return first, nil
}

// Origin implements authority.ImportSource.
func (*one) Origin() authority.ImportOrigin { return authority.ImportOrigin{Format: "jsonl"} }

// moved is a personal token of alice as Backstage kept it.
func moved(t testing.TB, raw string) authority.ImportToken {
	t.Helper()
	var hash token.ScryptHash
	copy(hash[:16], "sixteen bytes!!!")
	key, err := scrypt.Key([]byte(raw), hash.Salt(), 16384, 8, 1, 64)
	if err != nil {
		t.Fatal(err)
	}
	copy(hash[16:], key)
	return authority.ImportToken{
		Line: 1, ID: raw[:36], Scrypt: hash,
		Request: authority.Request{Kind: token.KindPersonal, Name: "laptop", Owner: alice},
	}
}

func (w world) imports(what authority.ImportToken) authority.ImportReport {
	w.t.Helper()
	report, err := w.Authority().Import(w.t.Context(), tokentest.Admin(), &one{what}, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

func newRaw() string {
	_, secret := token.NewRefresh()
	return secret.Reveal()
}

// PER-34: what Backstage made is exchanged here, as often as needed, by its hash
// once and from then on by the digest.
func TestPER34AnImportedTokenIsGoodAtItsFirstUseAndAfterwards(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		w := start(t, with...)
		raw := newRaw()
		if report := w.imports(moved(t, raw)); report.Imported != 1 {
			t.Fatalf("%+v", report)
		}
		for range 3 {
			got := w.must(w.refresh(app{}, raw))
			if _, payload := claims(t, got.text("access_token")); payload["sub"] != alice || payload["sid"] != raw[:36] {
				t.Errorf("claims: %v", payload)
			}
		}
		a := w.agent()
		a.bearer = w.UserToken(alice)
		if history := a.get("/api/access-tokens/personal/" + raw[:36] + "/audit").body; !strings.Contains(history, `"event":"IMPORTED"`) {
			t.Errorf("history: %s", history)
		}
		adopted := w.Entries(audit.Query{Actions: []audit.Action{audit.TokenAdopted}})
		if len(adopted) != 1 || adopted[0].TokenID != raw[:36] || adopted[0].Owner != alice {
			t.Errorf("entries: %v", adopted)
		}
	})
}

// The one token whose hash the reference recorded.
func TestPER34ARecordedHashOfTheReferenceIsVerified(t *testing.T) {
	data, err := os.ReadFile("../../../../shared/vectors/refresh-token-hash.json")
	if err != nil {
		t.Skip("the recorded hash of the reference is not here")
	}
	var file struct {
		Vectors []struct{ SessionID, Token, StoredHash string }
		IDs     []struct {
			Token *string
			ID    string
		} `json:"idExtraction"`
	}
	if err := json.Unmarshal(data, &file); err != nil || len(file.Vectors) == 0 {
		t.Fatalf("%+v, %v", file, err)
	}
	w := start(t)
	for _, v := range file.Vectors {
		hash, err := token.ParseScryptHash(v.StoredHash)
		if err != nil {
			t.Fatal(err)
		}
		what := moved(t, v.Token)
		what.ID, what.Scrypt = v.SessionID, hash
		w.imports(what)
		w.wants(w.refresh(app{}, v.Token[:79]+"A"), http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
		w.must(w.refresh(app{}, v.Token))
	}
	for _, v := range file.IDs { // none of them has the length of a token here
		if v.Token != nil && *v.Token != "" {
			w.wants(w.refresh(app{}, *v.Token), http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
		}
	}
}

// A wrong secret learns nothing and takes nothing away.
func TestPER34AnImportedTokenIsRefusedLikeAnyOther(t *testing.T) {
	w := start(t)
	good, ended, disabled := newRaw(), newRaw(), newRaw()
	for i, raw := range []string{good, ended, disabled} {
		what := moved(t, raw)
		what.Name += string(rune('a' + i))
		if raw == ended {
			what.RevokedAt, what.RevokedBy = w.clock.Now().Add(-time.Hour), "backstage"
		}
		if report := w.imports(what); report.Imported != 1 {
			t.Fatalf("%+v", report)
		}
	}
	if _, err := w.Authority().Disable(t.Context(), tokentest.Admin(), token.KindPersonal, disabled[:36]); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"another secret": token.RenewRefresh(good[:36]).Reveal(), "another id": newRaw()[:36] + good[36:],
		"ended": ended, "disabled": disabled, "no shape": good + "A",
	} {
		got := w.refresh(app{}, raw)
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, "Invalid refresh token") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	w.must(w.refresh(app{}, good))
	w.clock.Advance(31 * 24 * time.Hour)
	w.wants(w.refresh(app{}, good), http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
}

// PER-20 for tokens that nobody has used here yet: they can be ended at both
// places by whoever holds them whole.
func TestPER20AnImportedTokenIsEndedByItsHolder(t *testing.T) {
	w := start(t)
	for i, path := range []string{oauth.RevokePath, "/oauth2/revoke"} {
		raw := newRaw()
		what := moved(t, raw)
		what.Name += string(rune('a' + i))
		w.imports(what)
		w.must(w.agent().post(path, url.Values{"token": {token.RenewRefresh(raw[:36]).Reveal()}}))
		w.must(w.agent().post(path, url.Values{"token": {raw}}))
		w.wants(w.refresh(app{}, raw), http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
		if seen := w.Entries(audit.Query{TokenID: raw[:36], Actions: []audit.Action{audit.TokenRevoked}}); len(seen) != 1 {
			t.Errorf("%s: entries %v", path, seen)
		}
	}
}

// I-01: strangers who know an id cannot have the slow hash computed by the
// hundred. Whoever waits too long is asked to come again, and so is whoever asks
// too often, but the right token loses nothing by it.
func TestI01SlowHashesAreBounded(t *testing.T) {
	w := start(t)
	raw := newRaw()
	w.imports(moved(t, raw))
	var all sync.WaitGroup
	results := make([]reply, 60)
	for i := range results {
		all.Go(func() { results[i] = w.refresh(app{}, token.RenewRefresh(raw[:36]).Reveal()) })
	}
	all.Wait()
	for _, got := range results {
		switch {
		case got.status == http.StatusBadRequest && got.text("error") == "invalid_grant":
		case (got.status == http.StatusServiceUnavailable || got.status == http.StatusTooManyRequests) &&
			got.text("error") == "temporarily_unavailable" && got.header.Get("Retry-After") != "":
		default:
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	w.clock.Advance(time.Minute)
	w.must(w.refresh(app{}, raw))
}

func TestPER34WhatIsNotImportedAsAPersonalToken(t *testing.T) {
	w := start(t)
	raw := newRaw()
	for want, change := range map[string]func(*authority.ImportToken){
		"owner must be a user ref":              func(i *authority.ImportToken) { i.Owner = "group:default/platform" },
		"user not found; add":                   func(i *authority.ImportToken) { i.Owner = "user:default/stranger" },
		"id is missing":                         func(i *authority.ImportToken) { i.ID = "" },
		"id must be a UUID":                     func(i *authority.ImportToken) { i.ID = strings.ToUpper(i.ID) },
		"digest is missing":                     func(i *authority.ImportToken) { i.Scrypt = token.ScryptHash{} },
		"personal tokens are imported by":       func(i *authority.ImportToken) { i.Digest[0] = 1 },
		"name contains disallowed characters":   func(i *authority.ImportToken) { i.Name = "é" },
		"expiresAt must be ≤ 365 days from now": func(i *authority.ImportToken) { i.Expiry.At = w.clock.Now().Add(9000 * time.Hour) },
		"only personal tokens are":              func(i *authority.ImportToken) { i.Kind, i.Owner = token.KindService, "group:default/platform" },
	} {
		what := moved(t, raw)
		change(&what)
		report := w.imports(what)
		if report.Imported != 0 || len(report.Refused) != 1 || !strings.HasPrefix(report.Refused[0].What, want) {
			t.Errorf("want %q: %+v", want, report)
		}
	}
	w.wants(w.refresh(app{}, raw), http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
}
