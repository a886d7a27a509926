package mediatype_test

import (
	"testing"

	"github.com/tokenwright/tokenwright/internal/mediatype"
)

func TestH12OneTypeInUTF8(t *testing.T) {
	for _, test := range []struct {
		values []string
		want   bool
	}{
		{[]string{"application/json"}, true},
		{[]string{"Application/JSON; charset=UTF-8"}, true},
		{[]string{`application/json; charset="utf-8"; version=1`}, true},
		{nil, false},
		{[]string{""}, false},
		{[]string{"application/json", "application/json"}, false},
		{[]string{"application/json, text/plain"}, false},
		{[]string{"application/x-www-form-urlencoded"}, false},
		{[]string{"application/jsonp"}, false},
		{[]string{"application/json; charset=utf-7"}, false},
		{[]string{"application/json; charset=utf8"}, false},
		{[]string{"application/json; charset=utf-8; charset=utf-16"}, false},
		{[]string{"application/json;;"}, false},
	} {
		if got := mediatype.Is(test.values, "application/json"); got != test.want {
			t.Errorf("%q: %v, want %v", test.values, got, test.want)
		}
	}
}
