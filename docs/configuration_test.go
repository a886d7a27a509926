package docs_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/config"
)

// described is a row about a key of the configuration.
type described struct{ preset, variable string }

func TestEveryKeyOfTheConfigurationIsDescribed(t *testing.T) {
	inPage := map[string]described{}
	for _, cells := range rows(page(t, "reference/configuration.md")) {
		if len(cells) != 5 {
			continue // the tables of permissions and roles
		}
		key := code(cells[0])
		if _, twice := inPage[key]; twice {
			t.Errorf("%s is described twice", key)
		}
		inPage[key] = described{cells[2], cells[3]}
	}
	known := map[string]bool{}
	for _, key := range keysBelow(reflect.TypeFor[config.Config](), "") {
		known[key] = true
		if _, ok := inPage[key]; !ok {
			t.Errorf("%s is a key that the page does not describe", key)
		}
	}
	for key := range inPage {
		if !known[key] {
			t.Errorf("the page describes %s, which is no key", key)
		}
	}
}

func TestDefaultsAndVariablesAreThoseOfTheProgram(t *testing.T) {
	single := map[string]config.Key{}
	for _, key := range config.Keys() {
		single[key.Path] = key
	}
	for _, cells := range rows(page(t, "reference/configuration.md")) {
		if len(cells) != 5 {
			continue
		}
		key := single[code(cells[0])] // the zero Key for keys inside lists
		want := "–"
		if key.Env != "" {
			want = "`" + key.Env + "`"
		}
		if cells[3] != want {
			t.Errorf("%s: the page says variable %s, the program %s", cells[0], cells[3], want)
		}
		// "" and 0s are defaults that follow from other keys: the page
		// tells them in words.
		if key.Default != "" && key.Default != "0s" && cells[2] != "`"+key.Default+"`" {
			t.Errorf("%s: the page says default %s, the program %s", cells[0], cells[2], key.Default)
		}
	}
}

// keysBelow lists the keys of a section in the spelling of the page: list[]
// and NAME stand for elements of lists and for names of the operator's choice.
func keysBelow(section reflect.Type, path string) []string {
	var keys []string
	for field := range fields(section) {
		key := strings.TrimPrefix(path+"."+field.Tag.Get("yaml"), ".")
		kind := field.Type
		for {
			switch kind.Kind() {
			case reflect.Pointer:
				kind = kind.Elem()
				continue
			case reflect.Map:
				key, kind = key+".NAME", kind.Elem()
				continue
			case reflect.Slice:
				if kind = kind.Elem(); len(keysBelow(kind, "")) > 0 {
					key += "[]"
				}
				continue
			}
			break
		}
		if below := keysBelow(kind, key); len(below) > 0 {
			keys = append(keys, below...)
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}

// fields visits the fields of a section that have a key.
func fields(section reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		if section.Kind() != reflect.Struct {
			return
		}
		for i := range section.NumField() {
			field := section.Field(i)
			if name := field.Tag.Get("yaml"); name != "" && name != "-" && !yield(field) {
				return
			}
		}
	}
}
