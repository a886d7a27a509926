package verify

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/content"
	"github.com/tokenwright/tokenwright/token"
)

// capture says which segments of a path a rule looks into: their places from
// 1, or 0.
type capture struct{ workspace, operation int }

func (c *capture) captures() bool { return c.workspace+c.operation > 0 }

// compileCapture finds the named segments of a rule's path and makes them match
// any segment.
func compileCapture(c *compiled) (capture, error) {
	var found capture
	for i, segment := range c.path {
		place := &found.workspace
		switch segment {
		case "{workspace}":
		case "{operation}":
			place = &found.operation
		default:
			if strings.ContainsAny(segment, "{}") {
				return found, fmt.Errorf("path %q: a segment in braces is {workspace} or {operation}", c.rule.Path)
			}
			continue
		}
		if *place != 0 {
			return found, fmt.Errorf("path %q names %s twice", c.rule.Path, segment)
		}
		*place = i + 1
		c.path[i] = "*"
	}
	return found, nil
}

// filled gives the demand of a request whose path the rule looks into.
func (c *compiled) filled(path []string, target string) (Demand, error) {
	d := c.demand
	if c.workspace > 0 {
		d.Expect.Workspace = path[c.workspace-1]
	}
	if c.operation == 0 {
		return d, nil
	}
	params, err := paramsOf(target)
	if err != nil {
		return Demand{}, err
	}
	reader := content.Reader{Removing: c.rule.Removing}
	scopes, err := reader.ReadOperation(path[c.operation-1], params)
	if err != nil {
		return Demand{}, err
	}
	d.Expect.Scopes = slices.Concat(d.Expect.Scopes, scopes).Unique()
	return d, nil
}

var errParams = token.Invalid("the query cannot be read, or has params more than once")

// paramsOf gives the parameter params of a target's query, or nil. Whoever
// serves the request must find the same one, so another spelling of its name,
// or a second one, is refused (H-12).
func paramsOf(target string) ([]byte, error) {
	_, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errParams
	}
	var found []byte
	for name, list := range values {
		switch {
		case name == "params" && len(list) == 1:
			found = []byte(list[0])
		case strings.EqualFold(name, "params"):
			return nil, errParams
		}
	}
	return found, nil
}
