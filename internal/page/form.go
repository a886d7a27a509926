package page

import (
	"slices"
	"strings"
)

// Field is one input of a form, with what was typed and what is wrong with it.
type Field struct {
	Name, Label string
	// ID is that of the element; "" is the name. Fields of a list's filter need
	// one of their own: a form in a dialog stands beside them.
	ID       string
	Hint     string // said below the input, or ""
	Value    string
	Fault    string // in the visitor's words, or ""
	Required bool
	Focused  bool // is where one begins
	Mono     bool // holds code rather than prose
	Max      int  // characters; 0 = no limit of its own
	// Suggestions are offered while typing; other values are allowed.
	Suggestions []string
	Type        string // of the input; "" is text
	Min, Until  string // the first and the last date of an input of type date
}

// describedBy gives the ids of what explains the field.
func (f Field) describedBy() string {
	ids := ""
	if f.Fault != "" {
		ids = f.id() + "-fault"
	}
	if f.Hint != "" {
		ids = strings.TrimSpace(ids + " " + f.id() + "-hint")
	}
	return ids
}

func (f Field) id() string {
	if f.ID == "" {
		return f.Name
	}
	return f.ID
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) list() string {
	if len(f.Suggestions) == 0 {
		return ""
	}
	return f.id() + "-list"
}

// Option is one of several values to choose from.
type Option struct{ Value, Label, Hint string }

// Choice is a field with few values, all of them in sight or in a list.
type Choice struct {
	Field

	Options []Option
}

// OptionGroup is options under one heading.
type OptionGroup struct {
	Title   string
	Options []Option
}

// Checks is a field of which several values may hold at once.
type Checks struct {
	Name, Label, Hint, Fault string

	Groups  []OptionGroup
	Checked []string
}

func (c Checks) isChecked(value string) bool { return slices.Contains(c.Checked, value) }

// chosenIn counts what is checked in a group.
func (c Checks) chosenIn(group OptionGroup) int {
	n := 0
	for _, option := range group.Options {
		if c.isChecked(option.Value) {
			n++
		}
	}
	return n
}

// FieldFault is a line of the summary above a form.
type FieldFault struct{ Name, Text string }
