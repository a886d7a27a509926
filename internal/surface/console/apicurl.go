package console

import (
	"bytes"
	"encoding/json"
	"strings"
)

// curl gives the call of an operation, ready to paste; "" for those that browsers
// alone can make. The token comes by the standard input: in the arguments every
// user of the machine could read it (row B-06).
func (d *apiDocument) curl(o operationView, body *apiSchema) string {
	bearer := strings.Contains(strings.Join(o.Ways, " "), "Token")
	if !bearer && !o.Public {
		return ""
	}
	words := []string{"curl"}
	if o.Method != "GET" {
		words = append(words, "-X "+o.Method)
	}
	if bearer {
		words = append(words, "-H @-")
	}
	switch o.BodyType {
	case "application/json":
		words = append(words, "--json "+quoted(d.example(body, 0)))
	case "application/x-www-form-urlencoded":
		for _, one := range o.Fields {
			if one.Required {
				words = append(words, "--data-urlencode "+one.Name+"="+variable(one.Name))
			}
		}
	case "":
	default:
		words = append(words, "-H "+quoted("Content-Type: "+o.BodyType), "--data-binary @FILE")
	}
	text := strings.Join(append(words, `"`+d.server()+filled(o)+`"`), " ")
	if bearer {
		text += " <<END\nAuthorization: Bearer $TOKEN\nEND"
	}
	return text
}

// filled gives the path with variables of the shell for its parts, and for the
// parameters without which there is no answer.
func filled(o operationView) string {
	path, separator := o.Path, "?"
	for _, one := range o.Parameters {
		switch {
		case one.Where == "path":
			path = strings.ReplaceAll(path, "{"+one.Name+"}", variable(one.Name))
		case one.Where == "query" && one.Required:
			path += separator + one.Name + "=" + variable(one.Name)
			separator = "&"
		}
	}
	return path
}

func variable(name string) string {
	return "$" + strings.ToUpper(strings.ReplaceAll(anchor("", name)[1:], "-", "_"))
}

// quoted makes one word of the shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// deepest is how deep an example is made.
const deepest = 4

// example gives a value of a schema: one that it names itself, or the least that
// it asks for.
func (d *apiDocument) example(s *apiSchema, depth int) string {
	s = d.resolve(s)
	switch {
	case s == nil || depth > deepest:
		return "{}"
	case len(s.Examples) > 0:
		return compact(s.Examples[0])
	case len(s.Const) > 0:
		return string(s.Const)
	case len(s.Enum) > 0:
		return string(s.Enum[0])
	case len(s.OneOf) > 0:
		return d.example(s.OneOf[0], depth+1)
	case len(s.AnyOf) > 0:
		return d.example(s.AnyOf[0], depth+1)
	case s.Items != nil:
		return "[" + d.example(s.Items, depth+1) + "]"
	case len(s.Properties) > 0:
		return d.members(s, depth)
	}
	return plain(s)
}

// members gives an object with the members that have to be there.
func (d *apiDocument) members(s *apiSchema, depth int) string {
	var list []string
	for _, field := range s.Properties {
		for _, name := range s.Required {
			if name == field.name {
				list = append(list, `"`+name+`":`+d.example(field.schema, depth+1))
			}
		}
	}
	return "{" + strings.Join(list, ",") + "}"
}

// plain gives a value of a type alone.
func plain(s *apiSchema) string {
	for _, one := range s.Type {
		switch one {
		case "integer", "number":
			return "1"
		case "boolean":
			return "true"
		case "string":
			return `"…"`
		}
	}
	return "{}"
}

// compact gives JSON without spaces, as it was written otherwise.
func compact(text json.RawMessage) string {
	var out bytes.Buffer
	if json.Compact(&out, text) != nil {
		return string(text)
	}
	return out.String()
}
