package config

import (
	"io"
	"maps"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v4"
)

// Print writes the effective configuration as YAML that [Load] reads again.
// Values from all sources and defaults are in it; what is empty is left out.
// Secrets are not: passwords are written as "redacted", and files and
// variables that hold secrets are named, not read.
func (c *Config) Print(w io.Writer) error {
	out, err := yaml.Dump(sectionNode(reflect.ValueOf(c).Elem()), yaml.WithV4Defaults())
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// node gives the YAML of a value, or nil when there is nothing to write.
func node(v reflect.Value) *yaml.Node {
	switch {
	case isScalar(v.Type()):
		return scalarNode(v)
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return node(v.Elem())
	case v.Kind() == reflect.Slice:
		return listNode(v)
	case v.Kind() == reflect.Map:
		return namedNode(v)
	}
	return sectionNode(v)
}

func scalarNode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: text(v)}
	switch v.Kind() {
	case reflect.String, reflect.Struct:
		n.Tag = "!!str" // the encoder adds quotes where they are needed
	}
	if n.Value == "" {
		return nil
	}
	return n
}

func sectionNode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range fieldsOf(v.Type()) {
		add(n, f.name, node(v.Field(f.index)))
	}
	if alone := aloneOf(v); alone.IsValid() && len(n.Content) == 2 {
		return scalarNode(alone)
	}
	return orNil(n)
}

func namedNode(v reflect.Value) *yaml.Node {
	n, names := &yaml.Node{Kind: yaml.MappingNode}, byName(v)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		add(n, name, node(names[name]))
	}
	return orNil(n)
}

func listNode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		if item := node(v.Index(i)); item != nil {
			n.Content = append(n.Content, item)
		}
	}
	if !slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return item.Kind != yaml.ScalarNode }) {
		n.Style = yaml.FlowStyle
	}
	return orNil(n)
}

func add(n *yaml.Node, name string, value *yaml.Node) {
	if value != nil {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
	}
}

func orNil(n *yaml.Node) *yaml.Node {
	if len(n.Content) == 0 {
		return nil
	}
	return n
}
