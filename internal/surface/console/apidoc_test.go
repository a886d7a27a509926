package console_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/internal/surface/console"
)

func TestAFailureToReadTheAPIIsNotKeptAndWhatWasReadIs(t *testing.T) {
	asked := 0
	show := console.ShownAPI(func() (json.RawMessage, error) {
		if asked++; asked == 1 {
			return nil, errors.New("not yet")
		}
		return json.RawMessage(`{"tags":[{"name":"A"}],"paths":{"/a":{"get":{"tags":["A"]}}}}`), nil
	})
	if _, err := show(); err == nil {
		t.Fatal("the failure is not told")
	}
	for range 3 {
		if got, err := show(); err != nil || !cmp.Equal(got, []string{"A"}) {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if asked != 2 {
		t.Errorf("it was read %d times, want 2", asked)
	}
}
