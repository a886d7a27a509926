package oauth_test

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/tokentest"
)

// PER-34: jobs that share one imported token present it for the first time all at
// once. It is computed once for all of them.
func TestPER34ManyJobsPresentOneImportedTokenAtOnce(t *testing.T) {
	w := start(t)
	raw := newRaw()
	w.imports(moved(t, raw))
	var jobs sync.WaitGroup
	for range 150 {
		jobs.Go(func() {
			if got := w.refresh(app{}, raw); got.status != http.StatusOK {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	jobs.Wait()
	if adopted := w.Entries(audit.Query{Actions: []audit.Action{audit.TokenAdopted}}); len(adopted) != 1 {
		t.Errorf("entries: %v", adopted)
	}
}

// I-01: wrong secrets for one token take few turns from those who present theirs,
// and are looked at again a minute later.
func TestI01WrongSecretsOfAnImportedTokenAreBounded(t *testing.T) {
	w := start(t)
	mine, theirs := newRaw(), newRaw()
	w.imports(moved(t, mine))
	other := moved(t, theirs)
	other.Owner = bob
	w.imports(other)
	limited := 0
	for range 10 {
		got := w.refresh(app{}, token.RenewRefresh(mine[:36]).Reveal())
		switch {
		case got.status == http.StatusTooManyRequests && got.text("error") == "temporarily_unavailable" && got.header.Get("Retry-After") != "":
			limited++
		case got.status != http.StatusBadRequest || got.text("error") != "invalid_grant":
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if limited != 5 {
		t.Errorf("%d of 10 were too many", limited)
	}
	if got := w.agent().post(oauth.RevokePath, url.Values{"token": {token.RenewRefresh(mine[:36]).Reveal()}}); got.status != http.StatusTooManyRequests {
		t.Errorf("revoke: %d %s", got.status, got.body)
	}
	w.must(w.refresh(app{}, theirs))
	w.clock.Advance(time.Minute)
	w.must(w.refresh(app{}, mine))
}

// I-01: strangers who know the id of a token spend what is looked at of it in a
// minute. Its holder is let in all the same from a network that sent nothing wrong.
func TestI01StrangersDoNotShutTheHolderOfAnImportedTokenOut(t *testing.T) {
	w := start(t, tokentest.WithConfig("trusted_proxies: [127.0.0.1/32]"))
	mine := newRaw()
	w.imports(moved(t, mine))
	presents := func(address, raw string) int {
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}}
		return w.agent().send(http.MethodPost, oauth.TokenPath, form.Encode(),
			"Content-Type: application/x-www-form-urlencoded", "X-Forwarded-For: "+address).status
	}
	guess := func(address string, want int) {
		t.Helper()
		if got := presents(address, token.RenewRefresh(mine[:36]).Reveal()); got != want {
			t.Errorf("a wrong secret from %s: %d, want %d", address, got, want)
		}
	}
	for network := range 6 {
		for host := range 5 { // each in a /64 of its own
			guess(fmt.Sprintf("2001:db8:%x:%x::1", network, host), http.StatusBadRequest)
		}
	}
	guess("2001:db8:5:5::1", http.StatusTooManyRequests)
	guess("192.0.2.1", http.StatusBadRequest)
	guess("192.0.2.1", http.StatusTooManyRequests)
	if got := presents("192.0.2.2", mine); got != http.StatusOK {
		t.Errorf("the holder: %d", got)
	}
}
