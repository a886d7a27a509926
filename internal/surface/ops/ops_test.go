package ops_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

func TestReadinessNamesEveryPart(t *testing.T) {
	s := tokentest.Start(t)
	resp, err := http.Get(s.URL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Ready bool
		Parts map[string]bool
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || !answer.Ready {
		t.Errorf("a ready server answers %d %+v", resp.StatusCode, answer)
	}
	for _, part := range []string{"server", "store", "keys", "feed", "clock"} {
		if !answer.Parts[part] {
			t.Errorf("%s is missing or not ready: %+v", part, answer.Parts)
		}
	}
}

func TestHealthAnswersGETAndHEADAlone(t *testing.T) {
	s := tokentest.Start(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		for method, want := range map[string]int{
			http.MethodGet: http.StatusOK, http.MethodHead: http.StatusOK,
			http.MethodPost: http.StatusMethodNotAllowed, http.MethodDelete: http.StatusMethodNotAllowed,
		} {
			req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if _ = resp.Body.Close(); resp.StatusCode != want {
				t.Errorf("%s %s: %d, want %d", method, path, resp.StatusCode, want)
			}
		}
	}
}
