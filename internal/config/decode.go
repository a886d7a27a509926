package config

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// decoder sets the fields of a Config from the nodes of a file, notes where
// each key stands and goes on after a fault, so that all are found in one
// run. How deep it recurses is bounded by the shape of Config, not by the
// file.
type decoder struct {
	*findings
	file string
}

func (l *loader) decode(file string, root *yaml.Node) {
	d := decoder{&l.findings, file}
	if root.Kind != yaml.MappingNode {
		d.faultAt(d.place(root), "", "must hold settings of the form \"key: value\"")
		return
	}
	d.section(root, reflect.ValueOf(l.cfg).Elem(), "")
}

func (d decoder) place(n *yaml.Node) Place { return Place{d.file, n.Line} }

// value decodes n into v, which stands at key.
func (d decoder) value(n *yaml.Node, v reflect.Value, key string) {
	d.places[key] = d.place(n)
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		// They could make a small file grow without bound.
		d.fault(key, "uses a YAML anchor or alias, which are not read here; write the value out (in quotes when it begins with & or *)")
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		// "groups:" with nothing behind it must not mean "no limit".
		d.fault(key, "has no value; give it one or remove the key")
	case isScalar(v.Type()):
		d.scalar(n, v, key)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), key)
	case v.Kind() == reflect.Slice:
		d.list(n, v, key)
	case n.Kind == yaml.ScalarNode && aloneOf(v).IsValid():
		d.scalar(n, aloneOf(v), key)
	case n.Kind != yaml.MappingNode:
		d.fault(key, "must be a section of the form \"key: value\"")
	case v.Kind() == reflect.Map:
		d.named(n, v, key)
	default:
		d.section(n, v, key)
	}
}

// section decodes a mapping with known keys.
func (d decoder) section(n *yaml.Node, v reflect.Value, key string) {
	fields := fieldsOf(v.Type())
	for name, value := range d.members(n, key) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name.Value })
		if i < 0 {
			d.unknown(name, fields, key)
			continue
		}
		d.value(value, v.Field(fields[i].index), join(key, name.Value))
	}
}

// named decodes a mapping whose keys are names of the operator's choice.
func (d decoder) named(n *yaml.Node, v reflect.Value, key string) {
	v.Set(reflect.MakeMap(v.Type()))
	for name, value := range d.members(n, key) {
		one := reflect.New(v.Type().Elem()).Elem()
		d.value(value, one, join(key, name.Value))
		v.SetMapIndex(reflect.ValueOf(name.Value), one)
	}
}

// members visits the keys of a mapping with their values. A key that is
// repeated, or is not a single text, is a fault and is left out: parsers
// disagree on which one counts.
func (d decoder) members(n *yaml.Node, key string) func(yield func(name, value *yaml.Node) bool) {
	return func(yield func(name, value *yaml.Node) bool) {
		first := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name, value := n.Content[i], n.Content[i+1]
			line, repeated := first[name.Value]
			switch {
			case name.Kind != yaml.ScalarNode || name.Anchor != "":
				d.faultAt(d.place(name), key, "has a key that is not a plain name")
			case repeated:
				d.faultAt(d.place(name), join(key, shown(name.Value)), "is given twice, first in line %d; keep one", line)
			default:
				first[name.Value] = name.Line
				if !yield(name, value) {
					return
				}
			}
		}
	}
}

func (d decoder) list(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.SequenceNode {
		d.fault(key, "must be a list, such as [first, second]")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(item, v.Index(i), indexed(key, i))
	}
}

func (d decoder) scalar(n *yaml.Node, v reflect.Value, key string) {
	if n.Kind != yaml.ScalarNode {
		d.fault(key, "must be a single value, not a list or a section")
		return
	}
	if n.Value == "" {
		d.fault(key, "is empty; give it a value or remove the key")
		return
	}
	if kind := v.Kind(); (kind == reflect.String || kind == reflect.Struct) && n.ShortTag() != "!!str" {
		// YAML has read a number, a date or a truth value, and what was
		// written can be lost in that: 010, 1e3, 2026-01-01.
		d.fault(key, "must be text; put it in quotes")
		return
	}
	if err := setText(v, n.Value); err != nil {
		d.fault(key, "%s", err.Error())
	}
}

// unknown reports a key that does not exist, with the one that was probably
// meant.
func (d decoder) unknown(name *yaml.Node, fields []field, key string) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	path := join(key, shown(name.Value))
	if near := nearest(name.Value, names); near != "" {
		d.faultAt(d.place(name), path, "unknown key; did you mean %s?", near)
		return
	}
	d.faultAt(d.place(name), path, "unknown key; known here: %s", strings.Join(names, ", "))
}

// shown gives a key as it may stand in a message. A key that does not look
// like one may be a secret in the wrong place.
func shown(name string) string {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-.", r)
	}
	if name == "" || len(name) > 32 || strings.ContainsFunc(name, odd) {
		return "(a key that is not a name)"
	}
	return name
}
