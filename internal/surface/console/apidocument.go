package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// apiDocument is what the page takes of an OpenAPI document.
type apiDocument struct {
	Info    struct{ Description string }
	Servers []struct{ URL string }
	Tags    []struct{ Name, Description string }
	Paths   map[string]map[string]apiOperation

	Components struct {
		Schemas         map[string]*apiSchema
		Responses       map[string]apiResponse
		SecuritySchemes map[string]struct{ Description string }
	}
}

type apiOperation struct {
	OperationID, Summary, Description string

	Tags        []string
	Security    []map[string][]string
	Parameters  []apiParameter
	RequestBody struct{ Content map[string]apiMedia }
	Responses   map[string]apiResponse
}

type apiParameter struct {
	Name, In, Description string

	Required bool
	Schema   *apiSchema
}

type apiResponse struct {
	Ref         string `json:"$ref"`
	Description string
	Content     map[string]apiMedia
}

type apiMedia struct{ Schema *apiSchema }

// readAPI reads the description.
func readAPI(describe func() (json.RawMessage, error)) (*apiDocument, error) {
	text, err := describe()
	if err != nil {
		return nil, err
	}
	var d apiDocument
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("console: the description of the API cannot be read: %w", err)
	}
	return &d, nil
}

func (d *apiDocument) server() string {
	if len(d.Servers) == 0 {
		return ""
	}
	return d.Servers[0].URL
}

// view gives an operation as the page shows it.
func (d *apiDocument) view(method, path string, o apiOperation) operationView {
	one := operationView{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, About: o.Description}
	for _, way := range o.Security {
		names := slices.Sorted(maps.Keys(way))
		if len(names) == 0 {
			one.Public = true
			continue
		}
		one.Ways = append(one.Ways, strings.Join(names, " + "))
		for _, permissions := range way {
			one.Permission = cmp.Or(append(permissions, one.Permission)...)
		}
	}
	for _, p := range o.Parameters {
		one.Parameters = append(one.Parameters, fieldView{
			Name: p.Name, Where: p.In, Type: p.Schema.typeOf(), Required: p.Required, Rules: p.Schema.rules(), Text: p.Description,
		})
	}
	var body *apiSchema
	for media, content := range o.RequestBody.Content {
		one.BodyType, body = media, content.Schema
		one.Body, one.Fields = body.typeOf(), d.resolve(body).fields()
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		one.Answers = append(one.Answers, d.answer(status, o.Responses[status]))
	}
	one.Curl = d.curl(one, body)
	return one
}

// answer gives what is said of a status. References lead to one answer for many
// operations.
func (d *apiDocument) answer(status string, r apiResponse) answerView {
	if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
		r = d.Components.Responses[name]
	}
	one := answerView{Status: status, Text: r.Description, Bad: status == "default" || status >= "400"}
	for media, content := range r.Content {
		one.Media, one.Type = media, content.Schema.typeOf()
	}
	return one
}

// resolve gives the schema that a reference means.
func (d *apiDocument) resolve(s *apiSchema) *apiSchema {
	if s == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(s.Ref, schemaLead); ok {
		return d.Components.Schemas[name]
	}
	return s
}
