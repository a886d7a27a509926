package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Setting is one value of the effective configuration, as it may be shown.
type Setting struct {
	Key string // "kinds.service.prefix", "rules[0].path"
	// Value is as it is written in the file, a list of single values with commas
	// between them. Of a secret it is the file or the variable that holds it,
	// and passwords in URLs are "redacted".
	Value string
	// Place is where it was given; zero for a default, and for what follows
	// from another key.
	Place Place
}

// Settings lists all values that are not empty, in the order of the file, with
// where each was given.
func (c *Config) Settings() []Setting {
	var list []Setting
	walkSettings(reflect.ValueOf(c).Elem(), "", func(key, value string) {
		if value != "" {
			list = append(list, Setting{key, value, c.placeOf(key)})
		}
	})
	return list
}

// placeOf gives where a value was given. A section that was given says nothing
// about the keys that it leaves out; an element of a list was written whole.
func (c *Config) placeOf(key string) Place {
	if place, ok := c.places[key]; ok || !strings.Contains(key, "[") {
		return place
	}
	return c.places.of(key)
}

// walkSettings visits the values below one, in the order in which Print writes
// them.
func walkSettings(v reflect.Value, key string, visit func(key, value string)) {
	switch {
	case isScalar(v.Type()):
		visit(key, text(v))
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			walkSettings(v.Elem(), key, visit)
		}
	case v.Kind() == reflect.Slice:
		walkList(v, key, visit)
	case v.Kind() == reflect.Map:
		all := byName(v)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			walkSettings(all[name], join(key, name), visit)
		}
	case v.Kind() == reflect.Struct:
		for _, f := range fieldsOf(v.Type()) {
			walkSettings(v.Field(f.index), join(key, f.name), visit)
		}
	}
}

// walkList visits a list: of single values at once, of sections one by one.
func walkList(v reflect.Value, key string, visit func(key, value string)) {
	if !isScalar(v.Type().Elem()) {
		for i := range v.Len() {
			walkSettings(v.Index(i), indexed(key, i), visit)
		}
		return
	}
	values := make([]string, v.Len())
	for i := range values {
		values[i] = text(v.Index(i))
	}
	visit(key, strings.Join(values, ", "))
}

// byName gives the values of a map by their keys.
func byName(v reflect.Value) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for _, key := range v.MapKeys() {
		all[key.String()] = v.MapIndex(key)
	}
	return all
}
