package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// raw is JSON that was written as YAML. Members keep their order: people read
// schemas from the front.
type raw []byte

// MarshalJSON implements json.Marshaler.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }

// UnmarshalYAML implements yaml.Unmarshaler.
func (r *raw) UnmarshalYAML(node *yaml.Node) error {
	text, err := appendJSON(nil, node)
	*r = text
	return err
}

// refLead stands before the name of a schema.
const refLead = "#/components/schemas/"

func appendJSON(b []byte, node *yaml.Node) ([]byte, error) {
	switch node.Kind {
	case yaml.MappingNode:
		return appendMembers(b, node)
	case yaml.SequenceNode:
		return appendElements(b, node)
	case yaml.ScalarNode:
		return appendScalar(b, node)
	}
	return nil, fmt.Errorf("line %d: aliases and tags are not known here", node.Line)
}

func appendMembers(b []byte, node *yaml.Node) ([]byte, error) {
	b = append(b, '{')
	for i := 0; i+1 < len(node.Content); i += 2 {
		if i > 0 {
			b = append(b, ',')
		}
		name, value := node.Content[i].Value, node.Content[i+1]
		b = append(appendText(b, name), ':')
		if name == "$ref" && !strings.HasPrefix(value.Value, "#") {
			b = appendText(b, refLead+value.Value)
			continue
		}
		var err error
		if b, err = appendJSON(b, value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendElements(b []byte, node *yaml.Node) ([]byte, error) {
	b = append(b, '[')
	for i, element := range node.Content {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendJSON(b, element); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendScalar(b []byte, node *yaml.Node) ([]byte, error) {
	switch node.ShortTag() {
	case "!!null":
		if node.Value == "" { // as an unquoted comma in a text leaves it behind
			return nil, fmt.Errorf("line %d: a member without a value; quote the text before it", node.Line)
		}
		return append(b, "null"...), nil
	case "!!bool", "!!int", "!!float":
		if !json.Valid([]byte(node.Value)) {
			return nil, fmt.Errorf("line %d: %s is not written as JSON writes it", node.Line, node.Value)
		}
		return append(b, node.Value...), nil
	}
	return appendText(b, node.Value), nil
}

// appendText appends a JSON string, without escapes for the sake of HTML.
func appendText(b []byte, s string) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always encodes
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
