package oauth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/tokentest"
)

// What a catalog that is asked about people says.
const (
	knowsThem int32 = iota
	knowsNobody
	isBeingReplaced // and what stands before it answers
)

// people is what a catalog says, and how often it said that it knows nobody.
type people struct {
	atomic.Int32

	missed atomic.Int32
}

// catalog is a catalog that knows everybody, until told otherwise.
func catalog(t *testing.T) (tokentest.Option, *people) {
	t.Helper()
	says := &people{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, ref, _ := strings.Cut(r.URL.Path, "/entities/by-name/")
		parts := strings.Split(ref, "/")
		switch says.Load() {
		case isBeingReplaced:
			http.Error(w, "default backend - 404", http.StatusNotFound)
		case knowsNobody:
			says.missed.Add(1)
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error":{"name":"NotFoundError"}}`))
		default:
			fmt.Fprintf(w, `{"kind":%q,"metadata":{"namespace":%q,"name":%q}}`, parts[0], parts[1], parts[2])
		}
	}))
	t.Cleanup(server.Close)
	return tokentest.WithConfig("directory: {catalog_url: '" + server.URL + "/api/catalog'}"), says
}

// Row PER-40: what stands before a catalog knows nothing of people.
func TestPER40AProxyThatAnswersForTheCatalogEndsNothing(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		config, says := catalog(t)
		w := start(t, append(with, config)...)
		personal := w.mint(alice, "laptop")
		says.Store(isBeingReplaced)
		for range 10 {
			w.clock.Advance(time.Minute)
			got := w.refresh(app{}, personal)
			if got.status != http.StatusServiceUnavailable || got.text("error") != "temporarily_unavailable" {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
		says.Store(knowsThem)
		w.clock.Advance(time.Minute)
		w.must(w.refresh(app{}, personal))
	})
}

// later fails unless a client is asked to come again: at invalid_grant it would
// throw its refresh token away.
func (w world) later(got reply) {
	w.t.Helper()
	if got.status != http.StatusServiceUnavailable || got.text("error") != "temporarily_unavailable" || got.header.Get("Retry-After") == "" {
		w.t.Fatalf("%d %s, want 503", got.status, got.body)
	}
}

// Row PER-40: a revocation cannot be undone, so that whoever is missing for a
// moment is put off, and only who stays missing loses their tokens.
func TestPER40WhoIsMissingForAMomentIsPutOffAndLosesNothing(t *testing.T) {
	both(t, func(t *testing.T, with ...tokentest.Option) {
		config, says := catalog(t)
		w := start(t, append(with, config)...)
		personal := w.mint(alice, "laptop")
		missing := func(d time.Duration) {
			t.Helper()
			says.Store(knowsNobody)
			w.clock.Advance(time.Minute) // longer than an answer is remembered
			w.later(w.refresh(app{}, personal))
			w.clock.Advance(d)
		}
		found := func() {
			says.Store(knowsThem)
			w.clock.Advance(time.Minute)
		}
		for range 3 {
			missing(5*time.Minute - time.Second)
			w.later(w.refresh(app{}, personal))
			found()
			w.must(w.refresh(app{}, personal))
		}
		missing(5 * time.Minute)
		w.refused(w.refresh(app{}, personal))
		found()
		w.refused(w.refresh(app{}, personal))
	})
}

// What nobody saw in between proves nothing: missing for a moment now and for
// another weeks ago is not missing for weeks.
func TestPER40TwoMomentsFarApartAreNoAbsence(t *testing.T) {
	config, says := catalog(t)
	w := start(t, config)
	personal := w.mint(alice, "laptop")
	for range 2 {
		says.Store(knowsNobody)
		w.clock.Advance(time.Minute)
		w.later(w.refresh(app{}, personal))
		says.Store(knowsThem)
		w.clock.Advance(5 * 24 * time.Hour)
	}
	w.must(w.refresh(app{}, personal))
}

// Nor is a directory that was away for an hour between the two: whoever looks for
// them again without their token begins anew, too.
func TestPER40AnOutageBetweenTwoMomentsIsNoAbsence(t *testing.T) {
	config, says := catalog(t)
	w := start(t, config)
	personal := w.mint(alice, "laptop")
	says.Store(knowsNobody)
	w.clock.Advance(time.Minute)
	w.later(w.refresh(app{}, personal))
	says.Store(isBeingReplaced)
	w.clock.Advance(time.Hour)
	missed := says.missed.Load()
	says.Store(knowsNobody)
	awaits(t, "a second look", func() bool { return says.missed.Load() > missed })
	says.Store(knowsThem)
	w.clock.Advance(2 * time.Minute)
	w.must(w.refresh(app{}, personal))
	if seen := w.Entries(audit.Query{Actions: []audit.Action{audit.TokensRevoked}}); len(seen) != 0 {
		t.Errorf("revoked: %v", seen)
	}
}

// A token that is seldom shown does not outlive its owner: they are looked for
// again without it.
func TestPER40WhoStaysMissingLosesTokensThatAreSeldomShown(t *testing.T) {
	config, says := catalog(t)
	w := start(t, config)
	personal := w.mint(alice, "laptop")
	says.Store(knowsNobody)
	w.clock.Advance(time.Minute)
	w.later(w.refresh(app{}, personal))
	w.clock.Advance(5 * time.Minute)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	late := time.After(30 * time.Second)
	for len(w.Entries(audit.Query{Actions: []audit.Action{audit.TokensRevoked}, Limit: 1})) == 0 {
		select {
		case <-again.C:
		case <-late:
			t.Fatal("nobody looked for her again")
		}
	}
	says.Store(knowsThem)
	w.clock.Advance(time.Minute)
	w.refused(w.refresh(app{}, personal))
}
