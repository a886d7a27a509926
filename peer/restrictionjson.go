package peer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// ParseRestrictions reads the accessRestrictions of a configuration of the
// reference, given as JSON: a list of {plugin, permission, permissionAttribute:
// {action}}, where permission and action are a text or a list of texts and are
// split at spaces and commas. A limit that is there and names nothing is
// refused, where the reference reads "no limit" (PEER-18). The error is of
// meaning token.ErrInvalid.
func ParseRestrictions(data []byte) (Restrictions, error) {
	if err := strictjson.Check(data, strictjson.Limits{}); err != nil {
		return nil, token.NewError(token.ErrInvalid, "accessRestrictions: "+err.Error(), nil)
	}
	entries, ok := strictjson.Value(data).Elements()
	if !ok {
		return nil, token.Invalid("accessRestrictions: must be a list")
	}
	var list Restrictions
	for _, entry := range entries {
		one, err := parseRestriction(entry)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	if faults := list.faults(); len(faults) > 0 {
		return nil, token.Invalid(strings.Join(faults, "\n"))
	}
	return list, nil
}

func parseRestriction(entry strictjson.Value) (Restriction, error) {
	object, err := strictjson.ParseObject(entry, strictjson.Limits{})
	if err != nil {
		return Restriction{}, token.Invalid("accessRestrictions: every entry must be an object")
	}
	if name, found := object.Unknown("plugin", "permission", "permissionAttribute"); found {
		return Restriction{}, token.Invalid(fmt.Sprintf(
			"Invalid key '%s' in 'accessRestrictions' config, expected one of 'plugin', 'permission', 'permissionAttribute'", name))
	}
	plugin, _ := object.Find("plugin")
	var one Restriction
	if one.Plugin, _ = plugin.Text(); one.Plugin == "" {
		return Restriction{}, token.Invalid("accessRestrictions: every entry needs a plugin")
	}
	if one.Permissions, err = parseLimit(object, "permission"); err != nil {
		return Restriction{}, err
	}
	attribute, found := object.Find("permissionAttribute")
	if !found {
		return one, nil
	}
	inner, err := strictjson.ParseObject(attribute, strictjson.Limits{})
	if err != nil {
		return Restriction{}, token.Invalid("accessRestrictions: 'permissionAttribute' must be an object")
	}
	if name, unknown := inner.Unknown("action"); unknown {
		return Restriction{}, token.Invalid(fmt.Sprintf("Invalid key '%s' in 'permissionAttribute' config, expected 'action'", name))
	}
	if one.Actions, err = parseLimit(inner, "action"); err == nil && one.Actions == nil {
		one.Actions = []string{} // an attribute without action: a limit that names nothing
	}
	return one, err
}

// MarshalJSON writes a restriction as ParseRestrictions reads it.
func (r Restriction) MarshalJSON() ([]byte, error) {
	type attribute struct {
		Action []string `json:"action"`
	}
	written := struct {
		Plugin     string     `json:"plugin"`
		Permission []string   `json:"permission,omitzero"`
		Attribute  *attribute `json:"permissionAttribute,omitzero"`
	}{Plugin: r.Plugin, Permission: r.Permissions}
	if r.Actions != nil {
		written.Attribute = &attribute{r.Actions}
	}
	return json.Marshal(written)
}

// parseLimit reads a text or a list of texts. Absent gives nil.
func parseLimit(object strictjson.Object, name string) ([]string, error) {
	value, found := object.Find(name)
	if !found {
		return nil, nil
	}
	texts, ok := value.Texts()
	if one, single := value.Text(); single {
		texts, ok = []string{one}, true
	}
	if !ok {
		return nil, token.Invalid(fmt.Sprintf("accessRestrictions: '%s' must be a text or a list of texts", name))
	}
	return SplitList(texts), nil
}

// SplitList splits each text at spaces and commas and gives every part once, in
// the order given. It never gives nil.
func SplitList(texts []string) []string {
	parts := []string{}
	for _, text := range texts {
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
			if !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	return parts
}
