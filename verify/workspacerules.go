package verify

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/content"
	"github.com/tokenwright/tokenwright/token"
)

// WorkspaceRules gives the rules of the workspace API under a prefix, which is
// "" or a path such as "/_transactor". removing are names of events and
// operations that remove, beside those that begin with "remove" or "delete".
//
// Whatever is not among them is closed to workspace tokens, whatever their
// scopes: an interface that was added later must not be open by accident. A
// request that may become a WebSocket needs all three scopes, because nobody
// looks into what is sent on it afterwards.
//
// It is what a rule with Use "workspace" stands for.
func WorkspaceRules(prefix string, removing []string) []Rule {
	const get, post = http.MethodGet, http.MethodPost
	all := []string(token.WorkspaceScopes())
	rules := []Rule{{Path: prefix + "/**", Upgrade: "websocket", Scopes: all}}
	add := func(path string, r Rule) {
		r.Path, r.Removing = prefix+"/api/v1/"+path+"/{workspace}", removing
		rules = append(rules, r)
	}
	add("ping", Rule{Methods: []string{get}})
	add("generate-id", Rule{Methods: []string{get}})
	read := []string{token.ScopeRead}
	add("find-all", Rule{Methods: []string{get, post}, Scopes: read})
	for _, path := range []string{"search-fulltext", "load-model", "account"} {
		add(path, Rule{Methods: []string{get}, Scopes: read})
	}
	write := []string{token.ScopeWrite}
	add("tx", Rule{Methods: []string{post}, Scopes: write, Content: string(content.Transaction)})
	add("event", Rule{Methods: []string{post}, Scopes: write, Content: string(content.Event)})
	add("request/*/{operation}", Rule{Methods: []string{get}, Scopes: write})
	add("request/*", Rule{Methods: []string{post}, Scopes: write, Content: string(content.Operations)})
	add("ensure-person", Rule{Methods: []string{post}, Scopes: write})
	for i := range rules {
		rules[i].Kinds = []string{string(token.KindWorkspace)}
	}
	return rules
}

// workspaceAPI is where a ready set of rules was put.
type workspaceAPI struct {
	prefix []string
	routes []compiled
}

// expand gives the rules that one stands for.
func (r *Rules) expand(rule Rule) ([]Rule, error) {
	if rule.Use == "" {
		return []Rule{rule}, nil
	}
	if rule.Use != "workspace" {
		return nil, fmt.Errorf("use %q is unknown: write workspace", rule.Use)
	}
	if len(rule.Methods)+len(rule.Scopes)+len(rule.AnyScope)+len(rule.Kinds)+len(rule.Body) > 0 ||
		rule.Public || rule.Upgrade != "" || rule.Content != "" {
		return nil, fmt.Errorf("a rule with use can have path beside it, and nothing else")
	}
	prefix := strings.TrimSuffix(rule.Path, "/")
	set := WorkspaceRules(prefix, rule.Removing)
	api := workspaceAPI{}
	if prefix != "" {
		path, rest, err := compilePath(prefix)
		if err != nil || rest || slices.Contains(path, "*") {
			return nil, fmt.Errorf("path %q of a rule with use must be a plain path such as /_transactor", rule.Path)
		}
		api.prefix = path
	}
	for _, one := range set[1:] {
		c, err := compile(one, 0)
		if err != nil {
			return nil, err
		}
		api.routes = append(api.routes, c)
	}
	r.apis = append(r.apis, api)
	return set, nil
}

// errMissingWorkspace is the answer to a route of the workspace API that ends
// before its last segment.
var errMissingWorkspace = token.Invalid("Missing workspace")

// methodError is token.ErrRoute for a route that is there, by other methods.
type methodError struct{ allow string }

func (e *methodError) Error() string { return "the method is not allowed here" }

// Unwrap gives token.ErrRoute.
func (e *methodError) Unwrap() error { return token.ErrRoute }

// unmatched says why no rule matches a path.
func (r *Rules) unmatched(path []string) error {
	for i := range r.apis {
		if api := &r.apis[i]; api.has(path) {
			return api.unmatched(path)
		}
	}
	return token.ErrNoRule
}

// closed reports whether a path is where a ready set of rules knows every route
// there is.
func (r *Rules) closed(path []string) bool {
	return slices.ContainsFunc(r.apis, func(a workspaceAPI) bool {
		return a.has(path) && len(path) > len(a.prefix)+1 && path[len(a.prefix)] == "api" && path[len(a.prefix)+1] == "v1"
	})
}

func (a *workspaceAPI) has(path []string) bool {
	return len(path) > len(a.prefix) && slices.Equal(path[:len(a.prefix)], a.prefix)
}

func (a *workspaceAPI) unmatched(path []string) error {
	last := len(path) - 1
	var methods []string
	for i := range a.routes {
		c := &a.routes[i]
		probe := path
		if path[last] == "" && c.workspace == len(path) {
			probe = append(slices.Clone(path[:last]), "{workspace}")
		}
		for _, method := range c.rule.Methods {
			if !c.matches(method, probe, "") {
				continue
			}
			if path[last] == "" {
				return errMissingWorkspace
			}
			methods = append(methods, method)
			if method == http.MethodGet {
				methods = append(methods, http.MethodHead)
			}
		}
	}
	if methods != nil {
		slices.Sort(methods)
		return &methodError{strings.Join(slices.Compact(methods), ", ")}
	}
	return token.ErrRoute
}

// workspaceAPI reports whether a target lies under a ready set of rules, and is
// answered in its way.
func (r *Rules) workspaceAPI(target string) bool {
	if len(r.apis) == 0 {
		return false
	}
	path, err := segments(target)
	if err != nil {
		return slices.ContainsFunc(r.apis, func(a workspaceAPI) bool {
			return strings.HasPrefix(target, "/"+strings.Join(a.prefix, "/"))
		})
	}
	return slices.ContainsFunc(r.apis, func(a workspaceAPI) bool { return a.has(path) })
}

// ReadMessage gives the scopes that one message of a WebSocket needs, for a Go
// program that owns the socket and judges each message instead of the upgrade:
// compare them with [Verified.Covers]. None means that any good token may send
// it.
//
// Errors: token.ErrInvalid for a message that is not one strict JSON object,
// token.ErrRoute for one that no token may send.
func ReadMessage(message []byte, removing []string) (token.Scopes, error) {
	return content.Reader{Removing: removing}.ReadMessage(message)
}
