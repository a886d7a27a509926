package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/internal/content"
	"github.com/tokenwright/tokenwright/internal/mediatype"
	"github.com/tokenwright/tokenwright/token"
)

// DefaultMaxBody is the length of the longest body that is read for a rule, in
// bytes.
const DefaultMaxBody = 1 << 20

// BodyRule demands scopes of a JSON body that holds an object with certain
// members.
type BodyRule struct {
	// Where are names of members and their texts; all must be equal.
	Where map[string]string
	// Anywhere looks at objects at any depth; otherwise only at the outermost.
	Anywhere bool
	Scopes   []string
}

// bodyDemand is what a rule demands of a body. Who cannot read the body asks
// for the most: every scope that any body could need.
type bodyDemand struct {
	rules       []BodyRule
	sort        content.Sort
	reader      content.Reader
	least, most Expect
}

// compileBody gives nil for a rule that does not look at bodies.
func compileBody(r Rule, least Expect) (*bodyDemand, error) {
	if len(r.Body) == 0 && r.Content == "" {
		return nil, nil
	}
	b := &bodyDemand{
		rules: r.Body, sort: content.Sort(r.Content), reader: content.Reader{Removing: r.Removing},
		least: least, most: least,
	}
	if r.Content != "" {
		if !slices.Contains(content.Sorts(), b.sort) {
			return nil, fmt.Errorf("content %q is unknown: write transaction, event or operations", r.Content)
		}
		b.most.Scopes = slices.Concat(b.most.Scopes, token.Scopes{token.ScopeWrite, token.ScopeDelete})
	}
	for i, one := range r.Body {
		if len(one.Where) == 0 || len(one.Scopes) == 0 {
			return nil, fmt.Errorf("body %d: needs where, with at least one member, and scopes", i+1)
		}
		for _, s := range one.Scopes {
			if !token.ValidScope(s) {
				return nil, fmt.Errorf("body %d: %q is not a scope", i+1, s)
			}
		}
		b.most.Scopes = slices.Concat(b.most.Scopes, one.Scopes)
	}
	b.most.Scopes = b.most.Scopes.Unique()
	return b, nil
}

// scopes gives what one body needs beyond what every body needs.
func (b *bodyDemand) scopes(body []byte) (token.Scopes, error) {
	var needed token.Scopes
	if b.sort != "" {
		var err error
		if needed, err = b.reader.Read(b.sort, body); err != nil {
			return nil, err
		}
	}
	for _, one := range b.rules {
		holds, err := content.Where{Members: one.Where, Anywhere: one.Anywhere}.Holds(body)
		if err != nil {
			return nil, err
		}
		if holds {
			needed = slices.Concat(needed, one.Scopes)
		}
	}
	return needed, nil
}

// ReadsBody reports whether the demand depends on the body.
func (d Demand) ReadsBody() bool { return d.body != nil }

// ForBody gives the demand of exactly the body that read gives, which is called
// only for a credential that is good but for its scopes. Without a demand on
// bodies it is Expect.
func (d Demand) ForBody(read func() ([]byte, error)) Expect {
	if d.body == nil {
		return d.Expect
	}
	want := d.body.least
	want.Workspace, want.upgrade = d.Expect.Workspace, d.Expect.upgrade
	want.Further = func() (token.Scopes, error) {
		body, err := read()
		if err != nil {
			return nil, err
		}
		return d.body.scopes(body)
	}
	return want
}

// WithMaxBody gives the same rules with another length of the longest body that
// is read for them, in bytes.
func (r *Rules) WithMaxBody(n int64) *Rules {
	next := *r
	next.maxBody = n
	return &next
}

// bodyError is a body that is not read, with its status.
type bodyError struct {
	status int
	text   string
}

func (e *bodyError) Error() string { return e.text }

// Unwrap gives token.ErrInvalid.
func (e *bodyError) Unwrap() error { return token.ErrInvalid }

// ReadBody reads the whole body of a request, at most as long as the rules
// allow, and puts the same bytes in its place for whoever comes next. Two
// programs must read the same in it: a body that is compressed (I-02), that is
// not JSON by its one Content-Type, or in another charset than UTF-8 is refused,
// since whoever comes next would take it for a form, or decode other names from
// it than those that were judged (H-12).
func (r *Rules) ReadBody(req *http.Request) ([]byte, error) {
	for _, value := range req.Header["Content-Encoding"] {
		if !strings.EqualFold(value, "identity") {
			return nil, &bodyError{http.StatusUnsupportedMediaType, "Encoded bodies are not supported"}
		}
	}
	if req.ContentLength > r.maxBody {
		return nil, &bodyError{http.StatusRequestEntityTooLarge, "The body is too large"}
	}
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, r.maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case len(body) > 0 && !mediatype.Is(req.Header["Content-Type"], "application/json"):
		return nil, &bodyError{http.StatusUnsupportedMediaType, "The body must be application/json in UTF-8"}
	case errors.As(err, &tooLarge):
		return nil, &bodyError{http.StatusRequestEntityTooLarge, "The body is too large"}
	case err != nil:
		return nil, token.NewError(token.ErrInvalid, "The body cannot be read", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.ContentLength, req.TransferEncoding = int64(len(body)), nil
	return body, nil
}
