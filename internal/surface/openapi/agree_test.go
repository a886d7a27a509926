package openapi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tokenwright/tokenwright/tokentest"
)

// Package api and the description say the same about the administrative API:
// each type has a schema of its name, with the same members, and those that are
// never left out are the required ones. Members of requests are left out as
// the caller likes: there the schema may demand fewer.
func TestTheTypesOfPackageAPIAgreeWithTheSchemas(t *testing.T) {
	schemas := describe(t, tokentest.Start(t)).Components.Schemas
	for name, fields := range apiTypes(t) {
		schema, ok := schemas[name].(map[string]any)
		if !ok {
			t.Errorf("api.%s has no schema", name)
			continue
		}
		properties, _ := schema["properties"].(map[string]any)
		got := map[string]string{}
		for member, property := range properties {
			got[member] = typeOf(t, schemas, property)
		}
		want, always := map[string]string{}, []string{}
		for _, field := range fields {
			want[field.member] = field.schema
			if field.always {
				always = append(always, field.member)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("api.%s (-) and its schema (+) differ:\n%s", name, diff)
		}
		if required := texts(schema["required"]); !slices.Equal(required, always) && !strings.HasSuffix(name, "Request") {
			t.Errorf("api.%s always has %q, its schema requires %q", name, always, required)
		}
	}
}

// field is a member of a type of package api.
type field struct {
	member string
	schema string // what typeOf gives for its schema
	always bool   // it is never left out
}

// apiTypes reads the structs of package api from its source: a type that is new
// there cannot be forgotten here.
func apiTypes(t *testing.T) map[string][]field {
	t.Helper()
	files, err := filepath.Glob("../../../api/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source of package api", err)
	}
	types := map[string][]field{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if object, ok := spec.Type.(*ast.StructType); ok {
				types[spec.Name.Name] = fieldsOf(object)
			}
			return false
		})
	}
	return types
}

func fieldsOf(object *ast.StructType) []field {
	var list []field
	for _, one := range object.Fields.List {
		tag := reflect.StructTag(strings.Trim(one.Tag.Value, "`")).Get("json")
		member, options, _ := strings.Cut(tag, ",")
		list = append(list, field{member, goType(one.Type), options == ""})
	}
	return list
}

// goType gives how a Go type is written as a schema.
func goType(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.Ident:
		switch expr.Name {
		case "bool":
			return "boolean"
		case "int", "int64":
			return "integer"
		}
		return expr.Name // string, or a type of the package
	case *ast.SelectorExpr:
		return "string date-time"
	case *ast.StarExpr:
		return goType(expr.X)
	case *ast.MapType:
		return "object"
	case *ast.ArrayType:
		if element, ok := expr.Elt.(*ast.Ident); ok && element.Name == "byte" {
			return "string base64"
		}
		return "array of " + goType(expr.Elt)
	}
	return "nothing that is known"
}

// typeOf writes the type of a schema in the words of goType, null aside. A reference to a
// schema that is no object is what that schema is: Go has strings there.
func typeOf(t *testing.T, schemas map[string]any, schema any) string {
	t.Helper()
	object, _ := schema.(map[string]any)
	if ref, ok := object["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		if to := typeOf(t, schemas, schemas[name]); to != "object" {
			return to
		}
		return name
	}
	is, _ := object["type"].(string)
	if several, ok := object["type"].([]any); ok { // with null
		is, _ = several[0].(string)
	}
	format, _ := object["format"].(string)
	encoding, _ := object["contentEncoding"].(string)
	switch {
	case is == "array":
		return "array of " + strings.TrimSuffix(typeOf(t, schemas, object["items"]), " base64")
	case format == "date-time" || encoding != "":
		return is + " " + format + encoding
	}
	return is
}

func texts(list any) []string {
	out := []string{}
	elements, _ := list.([]any)
	for _, element := range elements {
		text, _ := element.(string)
		out = append(out, text)
	}
	return out
}
