package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// Rule says what a request for some paths must present. The first rule that
// matches decides; a request that no rule matches is denied.
type Rule struct {
	// Use names a ready set of rules in the place of this one: "workspace";
	// see [WorkspaceRules]. Path is then what stands before its paths, and
	// Removing goes to it; nothing else may be set.
	Use string
	// Path is a pattern of segments: "*" stands for one segment, a final
	// "**" for the rest, which may be empty. "{workspace}" stands for one that
	// must be the UUID of the token's workspace, "{operation}" for the name of
	// an operation, which demands delete:* when it removes.
	Path string
	// Methods are compared exactly; empty means every method. GET stands for
	// HEAD too: a server answers HEAD like GET but for the body, so a rule
	// for GET alone must not leave HEAD to a weaker one (T-15, D-08).
	Methods []string
	// Public lets everybody in and excludes every other demand.
	Public bool
	// Scopes are all needed, of AnyScope one.
	Scopes, AnyScope []string
	// Kinds are let in; empty means every kind but people. "user" lets in
	// user tokens and people with an access JWT.
	Kinds []string
	// Upgrade, when set, is a protocol that the request must offer to change
	// to ("websocket"), whatever else it offers.
	Upgrade string
	// Body holds demands that depend on a JSON body, added to the others.
	Body []BodyRule
	// Content says what a body must be, and demands what that needs:
	// "transaction", "event" or "operations".
	Content string
	// Removing are names of events and operations that remove, beside those
	// that begin with "remove" or "delete".
	Removing []string
}

// Rules is a compiled list of rules. It is immutable.
type Rules struct {
	list []compiled
	apis []workspaceAPI
	// maxBody is the length of the longest body that is read.
	maxBody int64
	noBasic bool // the password of Basic is no credential
}

type compiled struct {
	rule   Rule
	path   []string // "*" is any segment
	rest   bool     // ends in "**"
	demand Demand
	capture
}

// Demand is what a request must present.
type Demand struct {
	Public bool
	// Expect is the most that the request can need. Who has read the body may
	// ask for less, by [Demand.ForBody].
	Expect Expect
	// Rule is the number of the rule that decided, from 1.
	Rule int
	body *bodyDemand // nil: the body changes nothing
}

// Warning is something about a list of rules that is probably not meant.
type Warning struct {
	Rule int // from 1
	Text string
}

// NewRules compiles rules. All faults are reported at once; rules that can
// never be reached are warnings.
func NewRules(rules []Rule) (*Rules, []Warning, error) {
	compiledRules := &Rules{maxBody: DefaultMaxBody}
	var faults []string
	var warnings []Warning
	for i, r := range rules {
		set, err := compiledRules.expand(r)
		if err != nil {
			faults = append(faults, fmt.Sprintf("rule %d: %v", i+1, err))
			continue
		}
		for _, r := range set {
			c, err := compile(r, i+1)
			if err != nil {
				faults = append(faults, fmt.Sprintf("rule %d: %v", i+1, err))
				continue
			}
			if earlier, ok := compiledRules.shadow(c); ok {
				warnings = append(warnings, Warning{i + 1, fmt.Sprintf("can never be reached: rule %d matches all of it first", earlier)})
			}
			compiledRules.list = append(compiledRules.list, c)
		}
	}
	if len(faults) > 0 {
		return nil, warnings, token.Invalid(strings.Join(faults, "\n"))
	}
	return compiledRules, warnings, nil
}

// shadow gives the number of a former rule that matches all that c does. The
// rules of one ready set are not compared with each other.
func (r *Rules) shadow(c compiled) (rule int, ok bool) {
	for i := range r.list {
		if earlier := &r.list[i]; earlier.demand.Rule != c.demand.Rule && earlier.shadows(c) {
			return earlier.demand.Rule, true
		}
	}
	return 0, false
}

// Len is the number of rules.
func (r *Rules) Len() int { return len(r.list) }

func compile(r Rule, number int) (compiled, error) {
	c := compiled{rule: r, demand: Demand{Public: r.Public, Rule: number}}
	var err error
	if c.path, c.rest, err = compilePath(r.Path); err != nil {
		return c, err
	}
	for _, m := range r.Methods {
		if m == "" || strings.ToUpper(m) != m || strings.ContainsAny(m, " \t,") {
			return c, fmt.Errorf("%q is not a method: write methods in capitals, such as GET", m)
		}
	}
	if r.Public {
		if len(r.Scopes)+len(r.AnyScope)+len(r.Kinds)+len(r.Body) > 0 || r.Content != "" {
			return c, fmt.Errorf("a public rule cannot demand scopes or kinds")
		}
		return c, nil
	}
	if c.demand.Expect, err = compileExpect(r); err != nil {
		return c, err
	}
	if c.capture, err = compileCapture(&c); err != nil {
		return c, err
	}
	c.demand.body, err = compileBody(r, c.demand.Expect)
	if c.demand.body != nil {
		c.demand.Expect = c.demand.body.most
	}
	return c, err
}

func compilePath(pattern string) (path []string, rest bool, err error) {
	if !strings.HasPrefix(pattern, "/") {
		return nil, false, fmt.Errorf("path %q must begin with a slash", pattern)
	}
	path, err = segments(pattern)
	if err != nil || strings.Contains(pattern, "?") {
		return nil, false, fmt.Errorf("path %q can be read in two ways: write it without a query, without escapes of / \\ . %% ;, without dot segments and empty segments", pattern)
	}
	if path[len(path)-1] == "**" {
		path, rest = path[:len(path)-1], true
	}
	for _, s := range path {
		if s != "*" && strings.Contains(s, "*") {
			return nil, false, fmt.Errorf("path %q: * stands for a whole segment, ** for the rest at the end", pattern)
		}
	}
	return path, rest, nil
}

func compileExpect(r Rule) (Expect, error) {
	e := Expect{Scopes: r.Scopes, AnyScope: r.AnyScope}
	for _, s := range slices.Concat(r.Scopes, r.AnyScope) {
		if !token.ValidScope(s) {
			return e, fmt.Errorf("%q is not a scope", s)
		}
	}
	if len(r.Kinds) == 0 {
		e.Kinds = []token.Kind{token.KindService, token.KindWorkspace, token.KindUser, token.KindPeer}
		return e, nil
	}
	for _, name := range r.Kinds {
		kind, err := token.ParseKind(name)
		if err != nil || kind == token.KindPersonal {
			return e, fmt.Errorf("%q is not a kind that can be presented: service, workspace, user or peer", name)
		}
		e.Kinds = append(e.Kinds, kind)
		if kind == token.KindUser {
			e.Kinds = append(e.Kinds, token.KindAccess)
		}
	}
	return e, nil
}
