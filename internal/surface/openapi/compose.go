package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenwright/tokenwright/internal/web"
)

const about = "Tokenwright makes, keeps and checks access tokens.\n\n" +
	"Clients pass over members of answers that they do not know: more may come. Members of requests that the server does not know are refused. " +
	"HEAD is answered as GET. Routes without a security scheme are public; a permission stands in the list of a scheme."

// compose writes the description of the mounted routes. A route that no part
// describes is left out; tests see to it that there is none.
func compose(opts Options) (json.RawMessage, error) {
	parts, err := readParts()
	if err != nil {
		return nil, err
	}
	c := newComposer(opts)
	for _, one := range parts {
		if err := c.add(one); err != nil {
			return nil, err
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // people read it
	err = encoder.Encode(c.doc)
	return text.Bytes(), err
}

// rpcPath is where the parts have the account RPC, whatever the configuration
// says.
const rpcPath = "/_accounts"

// composer puts the parts together.
type composer struct {
	doc     document
	opts    Options
	mounted map[string]web.RouteInfo // by method and path
}

func newComposer(opts Options) *composer {
	version := opts.Version
	if version == "" {
		version = "(devel)"
	}
	c := &composer{opts: opts, mounted: map[string]web.RouteInfo{}}
	for _, route := range opts.Routes() {
		c.mounted[route.Method+" "+route.Pattern] = route
	}
	c.doc = document{
		OpenAPI: "3.1.1", Dialect: "https://json-schema.org/draft/2020-12/schema",
		Info: info{
			Title: "Tokenwright", Version: version, Summary: "Access tokens: made, kept and checked",
			Description: about, License: license{"Apache License 2.0", "Apache-2.0"},
		},
		Servers: []server{{opts.PublicURL}},
		Paths:   map[string]map[string]operation{},
		Components: components{
			Schemas: map[string]raw{}, Responses: map[string]response{}, SecuritySchemes: schemes(opts.SessionCookie),
		},
	}
	return c
}

// add takes a part in. What it says about routes that are not mounted is left
// out.
func (c *composer) add(p part) error {
	c.doc.Tags = append(c.doc.Tags, tag{p.Tag, p.About})
	for name, schema := range p.Schemas {
		if _, twice := c.doc.Components.Schemas[name]; twice {
			return fmt.Errorf("openapi: %s: the schema %s is there twice", p.Name, name)
		}
		c.doc.Components.Schemas[name] = schema
	}
	for _, e := range p.Routes {
		method, path, _ := strings.Cut(e.Route, " ")
		if path == rpcPath {
			path = c.opts.RPCPath
		}
		route, ok := c.mounted[method+" "+path]
		if !ok {
			continue
		}
		described, err := c.operation(p, e, route)
		if err != nil {
			return err
		}
		if c.doc.Paths[path] == nil {
			c.doc.Paths[path] = map[string]operation{}
		}
		c.doc.Paths[path][verb(method)] = described
	}
	return nil
}

// verb gives the member of a path item. OpenAPI has none for every method.
func verb(method string) string {
	if method == "*" {
		method = http.MethodGet
	}
	return strings.ToLower(method)
}

func (c *composer) operation(p part, e entry, route web.RouteInfo) (operation, error) {
	out := operation{
		Tags: []string{p.Tag}, OperationID: e.ID, Summary: e.Summary, Description: e.About,
		Security: c.security(route), Responses: map[string]response{"default": c.refuse(p, 0)},
	}
	for _, name := range slices.Concat(wildcards(route.Pattern), e.Parameters) {
		one, ok := p.Parameters[name]
		if !ok {
			return operation{}, fmt.Errorf("openapi: %s: %s takes %s, which is not described", p.Name, e.Route, name)
		}
		out.Parameters = append(out.Parameters, parameterObject{name, one.In, one.About, one.Required || one.In == "path", one.Schema})
	}
	if e.Body != nil {
		out.RequestBody = &requestBody{Required: !e.Body.Optional, Content: e.Body.media()}
	}
	for _, status := range errorsOf(e, route) {
		out.Responses[strconv.Itoa(status)] = c.refuse(p, status)
	}
	for status, one := range e.Answers {
		out.Responses[strconv.Itoa(status)] = one.response(status)
	}
	return out, nil
}

// wildcards gives the names in a pattern: {id}.
func wildcards(pattern string) []string {
	var names []string
	for segment := range strings.SplitSeq(pattern, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// media gives the content of a body by its type.
func (c content) media() map[string]media {
	if c.Type == "" {
		c.Type = "application/json"
	}
	schema := raw(`{"type":"string"}`)
	if c.Schema != "" {
		schema = append(appendText(raw(`{"$ref":`), refLead+c.Schema), '}')
	}
	return map[string]media{c.Type: {schema}}
}

func (a answer) response(status int) response {
	out := response{Description: a.About}
	if out.Description == "" {
		out.Description = http.StatusText(status)
	}
	if a.Schema != "" || a.Type != "" {
		out.Content = content{Schema: a.Schema, Type: a.Type}.media()
	}
	for name, about := range a.Headers {
		if out.Headers == nil {
			out.Headers = map[string]header{}
		}
		out.Headers[name] = header{about, raw(`{"type":"string"}`)}
	}
	return out
}
