package wire_test

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
)

// listing is a list that a request asks for with this cursor.
func listing(t testing.TB, name, selection, cursor string) wire.Listing {
	t.Helper()
	r := web.Request{Request: httptest.NewRequest("GET", "/?"+selection+"&after="+url.QueryEscape(cursor), nil)}
	params, err := r.Query()
	if err != nil {
		t.Fatal(err)
	}
	return wire.Listing{Name: name, Selection: params, Parameter: "after"}
}

// Row H-09, and C-02: parts that could be moved from one to the next make another
// MAC.
func TestH09ACursorIsBoundToListSelectionAndKey(t *testing.T) {
	ours, others := wire.NewCursors(make([]byte, 32)), wire.NewCursors(slices.Repeat([]byte{1}, 32))
	sealed := ours.Seal(listing(t, "tokens", "kind=a&limit=5", ""), "one", "two")
	for _, test := range []struct {
		name, list, selection string
		by                    wire.Cursors
		parts                 int
		good                  bool
	}{
		{"its own", "tokens", "kind=a", ours, 2, true},
		{"another size of the page", "tokens", "limit=7&kind=a", ours, 2, true},
		{"another selection", "tokens", "kind=b", ours, 2, false},
		{"one more parameter", "tokens", "kind=a&q=x", ours, 2, false},
		{"a name that takes from the selection", "tokenskind", "=a", ours, 2, false},
		{"another list", "entries", "kind=a", ours, 2, false},
		{"a place of another shape", "tokens", "kind=a", ours, 3, false},
		{"another installation", "tokens", "kind=a", others, 2, false},
	} {
		place, err := test.by.Open(listing(t, test.list, test.selection, sealed), test.parts)
		switch {
		case test.good && (err != nil || !slices.Equal(place, []string{"one", "two"})):
			t.Errorf("%s: %q, %v", test.name, place, err)
		case !test.good && (!errors.Is(err, web.ErrCursor) || place != nil):
			t.Errorf("%s: %q, %v, want ErrCursor", test.name, place, err)
		}
	}
}

func TestNoCursorIsTheBeginning(t *testing.T) {
	place, err := wire.NewCursors(make([]byte, 32)).Open(listing(t, "tokens", "kind=a", ""), 2)
	if err != nil || place != nil {
		t.Errorf("%q, %v", place, err)
	}
}

// FuzzACursor: whatever a client makes up, only what was sealed opens, and in its
// one spelling.
func FuzzACursor(f *testing.F) {
	cursors := wire.NewCursors(make([]byte, 32))
	good := cursors.Seal(listing(f, "tokens", "kind=a", ""), "one", "two")
	for _, seed := range []string{good, good[1:], good + "=", "", "\n", "01980000-0000-7000-8000-000000000000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		list := listing(t, "tokens", "kind=a", raw)
		place, err := cursors.Open(list, 2)
		switch {
		case raw == "" && (place != nil || err != nil), raw == good && err != nil:
			t.Errorf("%q: %q, %v", raw, place, err)
		case raw != "" && raw != good && err == nil:
			t.Errorf("%q was opened: %q", raw, place)
		}
	})
}
