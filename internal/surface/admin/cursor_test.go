package admin_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/pgtest"
	"github.com/tokenwright/tokenwright/tokentest"
)

// somePages issues tokens and gives a cursor of each list that has pages, by the
// path of the list without the cursor's value.
func somePages(t *testing.T, tw *tokentest.Server) (cursors map[string]string, tokens []string) {
	t.Helper()
	here := local(t, tw)
	for _, name := range []string{"one", "two", "three"} {
		tokens = append(tokens, tw.Issue(platform, name, "catalog:read").Token.ID)
	}
	for _, id := range tokens[:2] { // each has a history of two entries
		read[api.Token](t, here.post("/tokens/"+id+"/disable", "{}"))
	}
	cursors = map[string]string{}
	for _, path := range []string{"/tokens?limit=1&after=", "/tokens?kind=service&limit=1&after=", "/tokens?q=e&limit=1&after="} {
		cursors[path] = read[api.TokenPage](t, here.get(path)).Next
	}
	for _, path := range []string{
		"/audit?limit=1&before=", "/audit?kind=service&limit=1&before=",
		"/tokens/" + tokens[0] + "/audit?limit=1&before=", "/tokens/" + tokens[1] + "/audit?limit=1&before=",
	} {
		cursors[path] = read[api.EntryPage](t, here.get(path)).Next
	}
	return cursors, tokens
}

// Row H-09: a cursor leads on in the list and under the selection that it came
// from, and everywhere else it is 400.
func TestH09ACursorIsGoodForItsOwnListAlone(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	cursors, _ := somePages(t, tw)
	for from, cursor := range cursors {
		if cursor == "" {
			t.Fatalf("%s: there is no next page", from)
		}
		for to := range cursors {
			want := http.StatusBadRequest
			if to == from {
				want = http.StatusOK
			}
			if got := here.get(to + cursor); got.status != want {
				t.Errorf("the cursor of %s at %s: %d, want %d: %s", from, to, got.status, want, got.body)
			}
		}
	}
	got := problem(t, here.get("/tokens?after="+cursors["/audit?limit=1&before="]), http.StatusBadRequest, "invalid")
	if !strings.Contains(got.Detail, "after must be the next member of a page of the same list") {
		t.Errorf("it says %q", got.Detail)
	}
}

// The size of a page is no part of what is selected.
func TestACursorLeadsThroughAllPagesOfAnySize(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	cursors, tokens := somePages(t, tw)
	first := "/tokens?limit=1&after="
	rest := read[api.TokenPage](t, here.get("/tokens?limit=5&after="+cursors[first]))
	if len(rest.Tokens) != 2 || rest.Tokens[0].ID != tokens[1] || rest.Tokens[1].ID != tokens[0] || rest.Next != "" {
		t.Errorf("behind the first are %+v", rest)
	}
}

// Row H-09: what is made up, cut, lengthened or changed reaches no query.
func TestH09AnEditedCursorIsRefused(t *testing.T) {
	tw := tokentest.Start(t)
	here := local(t, tw)
	cursors, tokens := somePages(t, tw)
	const list = "/tokens?limit=1&after="
	good := cursors[list]
	sealed, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	place := string(sealed[32:])
	bad := []string{
		tokens[0], "' OR 1=1 --", good + "A", good[:len(good)-1], good + "=", good[:10] + "\n" + good[10:],
		base64.RawURLEncoding.EncodeToString([]byte(place)),
		base64.RawURLEncoding.EncodeToString(append(make([]byte, 32), place...)),
		base64.RawURLEncoding.EncodeToString(append(sealed[:32:32], strings.Replace(place, "service", "user", 1)...)),
		strings.Repeat("A", 600),
	}
	for i := range sealed { // every bit-flip of a byte
		changed := append([]byte(nil), sealed...)
		changed[i] ^= 1
		bad = append(bad, base64.RawURLEncoding.EncodeToString(changed))
	}
	for _, cursor := range bad {
		if got := here.get(list + url.QueryEscape(cursor)); got.status != http.StatusBadRequest {
			t.Errorf("%q: %d, want 400", cursor, got.status)
		}
	}
}

// Behind one address the next page comes from another node.
func TestACursorOfOneNodeIsGoodOnEveryOther(t *testing.T) {
	database := pgtest.Start(t).Database(t, nil)
	one := tokentest.Start(t, tokentest.WithDatabase(database))
	two := tokentest.Start(t, tokentest.WithDatabase(database), tokentest.WithKeyOf(one))
	cursors, _ := somePages(t, one)
	for path, cursor := range cursors {
		if got := local(t, two).get(path + cursor); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
