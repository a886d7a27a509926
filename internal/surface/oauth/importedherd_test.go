package oauth_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/token"
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
