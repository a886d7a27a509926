package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// schemaLead stands before the name of a schema.
const schemaLead = "#/components/schemas/"

// apiSchema is a schema (JSON Schema 2020-12), as far as the page shows it.
type apiSchema struct {
	Ref         string `json:"$ref"`
	Type        anyOf
	Description string
	Properties  ordered
	Required    []string
	Items       *apiSchema
	OneOf       []*apiSchema
	AnyOf       []*apiSchema
	Enum        []json.RawMessage
	Const       json.RawMessage
	Examples    []json.RawMessage

	Format    string
	Pattern   string
	Default   json.RawMessage
	Minimum   json.RawMessage
	Maximum   json.RawMessage
	MinLength json.RawMessage
	MaxLength json.RawMessage
	MinItems  json.RawMessage
	MaxItems  json.RawMessage
	// AdditionalProperties is false, or the schema of members of any name.
	AdditionalProperties json.RawMessage
}

// anyOf is one text or a list of them.
type anyOf []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *anyOf) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("[")) {
		return json.Unmarshal(text, (*[]string)(a))
	}
	*a = make(anyOf, 1)
	return json.Unmarshal(text, &(*a)[0])
}

// property is a member of an object.
type property struct {
	name   string
	schema *apiSchema
}

// ordered is members in the order in which they were written: people read them
// from the front.
type ordered []property

// UnmarshalJSON implements json.Unmarshaler.
func (o *ordered) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil { // the brace
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		one := property{schema: &apiSchema{}}
		var ok bool
		if one.name, ok = name.(string); !ok {
			return errors.New("a member has no name")
		}
		if err := decoder.Decode(one.schema); err != nil {
			return err
		}
		*o = append(*o, one)
	}
	return nil
}

// typeView is a type in signs that need no translation: "string[]", "a | b".
// Words that are names of schemas lead to them.
type typeView []typeWord

type typeWord struct{ Text, Anchor string }

// typeOf gives the type of a schema.
func (s *apiSchema) typeOf() typeView {
	switch {
	case s == nil:
		return nil
	case s.Ref != "":
		name := strings.TrimPrefix(s.Ref, schemaLead)
		return typeView{{name, anchor("schema", name)}}
	case len(s.OneOf) > 0:
		return alternatives(s.OneOf)
	case len(s.AnyOf) > 0:
		return alternatives(s.AnyOf)
	case len(s.Enum) > 0:
		return typeView{{Text: string(bytes.Join(raws(s.Enum), []byte(" | ")))}}
	case len(s.Const) > 0:
		return typeView{{Text: string(s.Const)}}
	case s.Items != nil:
		return append(s.Items.typeOf(), typeWord{Text: "[]"})
	case s.ofAnyName() != nil:
		return append(append(typeView{{Text: "{[name]: "}}, s.ofAnyName().typeOf()...), typeWord{Text: "}"})
	}
	return typeView{{Text: strings.Join(s.Type, " | ")}}
}

func alternatives(list []*apiSchema) typeView {
	var all typeView
	for i, one := range list {
		if i > 0 {
			all = append(all, typeWord{Text: " | "})
		}
		all = append(all, one.typeOf()...)
	}
	return all
}

func raws(list []json.RawMessage) [][]byte {
	out := make([][]byte, len(list))
	for i, one := range list {
		out[i] = one
	}
	return out
}

// ofAnyName gives the schema of members of any name, nil where there are none.
func (s *apiSchema) ofAnyName() *apiSchema {
	var one apiSchema
	if !bytes.HasPrefix(s.AdditionalProperties, []byte("{")) || json.Unmarshal(s.AdditionalProperties, &one) != nil {
		return nil
	}
	return &one
}

// fields gives the members of an object.
func (s *apiSchema) fields() []fieldView {
	if s == nil {
		return nil
	}
	var list []fieldView
	for _, one := range s.Properties {
		list = append(list, fieldView{
			Name: one.name, Type: one.schema.typeOf(), Required: slices.Contains(s.Required, one.name),
			Rules: one.schema.rules(), Text: one.schema.Description,
		})
	}
	return list
}

// rules gives what a value is held to, in the words of JSON Schema.
func (s *apiSchema) rules() string {
	if s == nil {
		return ""
	}
	var list []string
	for _, one := range []struct {
		name  string
		value string
	}{
		{"", s.Format},
		{"default ", string(s.Default)},
		{"minimum ", string(s.Minimum)},
		{"maximum ", string(s.Maximum)},
		{"minLength ", string(s.MinLength)},
		{"maxLength ", string(s.MaxLength)},
		{"minItems ", string(s.MinItems)},
		{"maxItems ", string(s.MaxItems)},
		{"pattern ", s.Pattern},
	} {
		if one.value != "" {
			list = append(list, one.name+one.value)
		}
	}
	return strings.Join(list, ", ")
}
