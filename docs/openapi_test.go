package docs_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/tokentest"
)

func TestTheDescriptionIsThatOfTheProgram(t *testing.T) {
	const name = "reference/openapi.json"
	server := tokentest.Start(t, tokentest.WithPublicURL("https://tokens.example.com"), tokentest.WithConfig("oauth: {registration: true}"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/openapi.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+server.UserToken("user:default/admin"))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := json.Indent(&want, body, "", " "); err != nil {
		t.Fatal(err)
	}
	want.WriteByte('\n')
	if *update {
		if err := os.WriteFile(name, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(page(t, name), want.String()); diff != "" {
		t.Errorf("%s is not what the server says; mend with: go test ./docs -update\n(-page +program)\n%s", name, diff)
	}
}
