package arch_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// table is the allow-list of rooms.txt: room -> patterns of rooms.
type table map[string][]string

// parseTable reads lines of the form "room: room room # reason"; a line that
// begins with # is a comment.
func parseTable(text string) (table, error) {
	rooms, lists := table{}, table{}
	for i, line := range strings.Split(text, "\n") {
		rule, reason, _ := strings.Cut(line, "#")
		if strings.TrimSpace(rule) == "" {
			continue
		}
		if strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("rooms.txt:%d: write the reason behind a #", i+1)
		}
		name, imports, ok := strings.Cut(rule, ":")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("rooms.txt:%d: want \"room: imports\", have %q", i+1, line)
		}
		into := rooms
		if strings.HasPrefix(name, "@") {
			into = lists
		}
		if _, twice := into[name]; twice {
			return nil, fmt.Errorf("rooms.txt:%d: %s has a line already", i+1, name)
		}
		expanded, err := expand(strings.Fields(imports), lists)
		if err != nil {
			return nil, fmt.Errorf("rooms.txt:%d: %w", i+1, err)
		}
		into[name] = expanded
	}
	return rooms, nil
}

// expand puts the members of a list in the place of its name.
func expand(imports []string, lists table) ([]string, error) {
	var expanded []string
	for _, name := range imports {
		if !strings.HasPrefix(name, "@") {
			expanded = append(expanded, name)
			continue
		}
		members, ok := lists[name]
		if !ok {
			return nil, fmt.Errorf("the list %s is not defined above", name)
		}
		expanded = append(expanded, members...)
	}
	return expanded, nil
}

// allows reports whether room may import the room called other.
func (t table) allows(room, other string) bool {
	return slices.ContainsFunc(t[room], func(pattern string) bool {
		ok, err := path.Match(pattern, other)
		return err == nil && ok
	})
}
