package openapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/tokentest"
)

// What an import takes of the scopes of a personal token is what is described:
// without them, or with null, it may do whatever its person may.
func TestALineOfAnImportIsAsItIsDescribed(t *testing.T) {
	tw := tokentest.Start(t)
	schema, err := compiler(t, fetch(t, tw), closeObjects).Compile(schemaRoot + "#/components/schemas/ImportLine")
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.StdEncoding.EncodeToString
	ours, err := json.Marshal(api.ImportLine{ // as the command line sends it
		Line: 1, ID: "4b6cf3d8-2f0e-4d3b-9a55-0c6f0e5b1a11", Kind: "personal", Algorithm: "scrypt", Name: "laptop", Owner: "user:default/alice",
		Digest: encode(bytes.Repeat([]byte{1}, 16)) + "." + encode(bytes.Repeat([]byte{2}, 64)),
	})
	if err != nil {
		t.Fatal(err)
	}
	open := strings.TrimSuffix(string(ours), "}")
	for line, taken := range map[string]bool{
		string(ours):                         true,
		open + `,"scopes":null}`:             true,
		open + `,"scopes":["catalog:read"]}`: true,
		open + `,"scopes":"catalog:read"}`:   false,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != taken {
			t.Errorf("%s: described: %v", line, err)
		}
		if refused := triesImport(t, tw, line); (len(refused) == 0) != taken {
			t.Errorf("%s: refused: %v", line, refused)
		}
	}
}

// triesImport lets a server look at one line, and gives what it refuses.
func triesImport(t *testing.T, tw *tokentest.Server, line string) []api.ImportRefused {
	t.Helper()
	body := fmt.Sprintf("%s\n{\"end\":true,\"lines\":1,\"format\":\"jsonl\",\"sha256\":%q}\n", line, strings.Repeat("0", 64))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://admin"+api.Base+"/import?dryRun=true", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/jsonl")
	res, err := tw.LocalClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var report api.Import
	if err := json.NewDecoder(res.Body).Decode(&report); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%d %v", res.StatusCode, err)
	}
	return report.Refused
}
