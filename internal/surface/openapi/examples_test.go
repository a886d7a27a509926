package openapi_test

import (
	"encoding/json"
	"testing"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Examples are what people copy.
func TestExamplesAreWhatTheirSchemasSay(t *testing.T) {
	text := fetch(t, tokentest.Start(t))
	schemas := compiler(t, text, closeObjects)
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, schema := range doc.Components.Schemas {
		compiled, err := schemas.Compile(schemaRoot + "#/components/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		object, _ := schema.(map[string]any)
		examples, _ := object["examples"].([]any)
		for _, example := range examples {
			n++
			if err := compiled.Validate(example); err != nil {
				t.Errorf("an example of %s: %v", name, err)
			}
		}
	}
	if n == 0 {
		t.Error("there are no examples")
	}
}
