package forwardauth

import (
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

// demands reads the query of the forward-auth URL and remembers the result:
// proxies send the few queries of their configuration over and over. The zero
// value is ready to use.
type demands struct {
	known sync.Map // from string to verify.Expect
	count atomic.Int32
}

// maxDemands bounds what is remembered; any client can make up queries.
const maxDemands = 256

// read gives the demand of a raw query. present is false for an empty query.
func (d *demands) read(raw string) (want verify.Expect, present bool, err error) {
	if raw == "" {
		return verify.Expect{}, false, nil
	}
	if known, ok := d.known.Load(raw); ok {
		return known.(verify.Expect), true, nil //nolint:errcheck // nothing else is stored below
	}
	want, err = parseDemand(raw)
	if err != nil {
		return verify.Expect{}, false, err
	}
	if d.count.Load() < maxDemands {
		if _, raced := d.known.LoadOrStore(strings.Clone(raw), want); !raced {
			d.count.Add(1)
		}
	}
	return want, true, nil
}

// parseDemand compiles a query in the way of a rule, so that words mean the
// same in both: without kind it lets in every kind but people.
func parseDemand(raw string) (verify.Expect, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return verify.Expect{}, token.Invalid("The query of the forward-auth URL is malformed")
	}
	if len(values) == 0 { // "?&" has no parameter and would demand nothing
		return verify.Expect{}, token.Invalid("The query of the forward-auth URL is empty")
	}
	rule := verify.Rule{Path: "/"}
	for name, list := range values {
		if len(list) != 1 {
			return verify.Expect{}, token.Invalid("A parameter of the forward-auth URL was given more than once; separate several values by spaces")
		}
		// An empty demand would let in everything: most likely a variable
		// of the proxy's configuration that is not set.
		if list[0] == "" {
			return verify.Expect{}, token.Invalid("A parameter of the forward-auth URL is empty")
		}
		parts := strings.Split(list[0], " ")
		switch name {
		case "scope":
			rule.Scopes = parts
		case "any_scope":
			rule.AnyScope = parts
		case "kind":
			rule.Kinds = parts
		default:
			return verify.Expect{}, token.Invalid("The forward-auth URL knows the parameters scope, any_scope and kind")
		}
	}
	rules, _, err := verify.NewRules([]verify.Rule{rule})
	if err != nil {
		return verify.Expect{}, token.NewError(token.ErrInvalid, "The forward-auth URL demands something that is no scope or no kind", err)
	}
	demand, err := rules.Match("GET", rule.Path, "")
	return demand.Expect, err
}
