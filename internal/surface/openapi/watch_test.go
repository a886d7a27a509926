package openapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tokenwright/tokenwright/tokentest"
)

// watch is a transport that judges every exchange by the description: an answer
// whose status, type, or any member is not described is an error of the test.
type watch struct {
	t       *testing.T
	doc     document
	schemas *jsonschema.Compiler

	seen *sync.Map // operations that were seen to succeed
	// answersOnly passes over requests: for bodies that no route takes.
	answersOnly bool
}

func watchOver(t *testing.T, tw *tokentest.Server) *watch {
	t.Helper()
	text := fetch(t, tw)
	w := &watch{t: t, seen: &sync.Map{}, schemas: compiler(t, text, closeObjects)}
	if err := json.Unmarshal(text, &w.doc); err != nil {
		t.Fatal(err)
	}
	return w
}

// schemaRoot is the name of the description for the compiler of its schemas.
const schemaRoot = "openapi.json"

// compiler reads a description, changed by change, for its schemas.
func compiler(t *testing.T, text []byte, change func(any)) *jsonschema.Compiler {
	t.Helper()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	change(root)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemaRoot, root); err != nil {
		t.Fatal(err)
	}
	return c
}

// closeObjects refuses members that a schema does not name. Clients have to
// pass over them; the description has to name them.
func closeObjects(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, open := value["additionalProperties"]; value["properties"] != nil && !open {
			value["additionalProperties"] = false
		}
		for _, one := range value {
			closeObjects(one)
		}
	case []any:
		for _, one := range value {
			closeObjects(one)
		}
	}
}

// RoundTrip implements http.RoundTripper.
func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	w.judge(r, res, sent, body)
	return res, err
}

func (w *watch) judge(r *http.Request, res *http.Response, sent, body []byte) {
	w.t.Helper()
	path, ok := w.match(r.Method, r.URL.Path)
	name := r.Method + " " + path + " " + strconv.Itoa(res.StatusCode)
	if !ok {
		w.t.Errorf("%s %s is not described", r.Method, r.URL.Path)
		return
	}
	op := w.doc.Paths[path][strings.ToLower(r.Method)]
	answer, ok := op.Responses[strconv.Itoa(res.StatusCode)]
	if !ok {
		if res.StatusCode < http.StatusBadRequest {
			w.t.Errorf("%s is not described", name)
			return
		}
		answer = op.Responses["default"]
	}
	if shared, ok := strings.CutPrefix(answer.Ref, "#/components/responses/"); ok {
		answer = w.doc.Components.Responses[shared]
	}
	w.check(name, answer.Content, res.Header.Get("Content-Type"), body)
	if res.StatusCode < http.StatusBadRequest {
		w.seen.Store(op.OperationID, true)
	}
	if res.StatusCode < http.StatusBadRequest && !w.answersOnly {
		w.check(name+", the request", op.RequestBody.Content, r.Header.Get("Content-Type"), sent)
	}
}

// match gives the described path of a request: the one that takes the fewest
// segments for parameters.
func (w *watch) match(method, path string) (string, bool) {
	best, fewest := "", -1
	for pattern, operations := range w.doc.Paths {
		if operations[strings.ToLower(method)].OperationID == "" {
			continue
		}
		if n := wildcards(pattern, path); n >= 0 && (fewest < 0 || n < fewest) {
			best, fewest = pattern, n
		}
	}
	return best, fewest >= 0
}

// wildcards counts the parameters by which a pattern is a path, -1 when it is
// not.
func wildcards(pattern, path string) int {
	want, got, n := strings.Split(pattern, "/"), strings.Split(path, "/"), 0
	if len(want) != len(got) {
		return -1
	}
	for i := range want {
		switch {
		case strings.HasPrefix(want[i], "{"):
			n++
		case want[i] != got[i]:
			return -1
		}
	}
	return n
}

// check judges a body by what is described.
func (w *watch) check(name string, described map[string]struct{ Schema any }, contentType string, body []byte) {
	w.t.Helper()
	mediaType, _, _ := mime.ParseMediaType(contentType)
	content, ok := described[mediaType]
	switch {
	case len(body) == 0 && (described == nil || mediaType == ""):
		return
	case !ok:
		w.t.Errorf("%s: a body of type %q is not described: %.200s", name, mediaType, body)
		return
	case !strings.HasSuffix(mediaType, "json"):
		return
	}
	ref, _ := content.Schema.(map[string]any)["$ref"].(string)
	schema, err := w.schemas.Compile(schemaRoot + ref)
	if err != nil {
		w.t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		w.t.Errorf("%s: %v\n%.400s", name, err, body)
	}
}
