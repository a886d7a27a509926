package web

import (
	"maps"
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/token"
)

// Params are the parameters of a query or of a form. Reading one that was
// given twice is an error: two programs would read two different values
// (rows C3, H-12).
type Params struct{ values url.Values }

// One gives the value of a parameter, or "" when it is absent. Given more
// than once it is an ErrInvalid that says so; the text names the parameter as
// the caller of One spells it.
func (p Params) One(name string) (string, error) {
	switch values := p.values[name]; {
	case len(values) > 1:
		return "", token.NewError(ErrRepeated, name+" given more than once", nil)
	case len(values) == 1 && !utf8.ValidString(values[0]):
		return "", token.Invalid(name + " is not valid UTF-8")
	case len(values) == 1:
		return values[0], nil
	}
	return "", nil
}

// All gives the values of a parameter that a form may hold several times, such
// as the boxes that are ticked, in their order.
func (p Params) All(name string) ([]string, error) {
	for _, value := range p.values[name] {
		if !utf8.ValidString(value) {
			return nil, token.Invalid(name + " is not valid UTF-8")
		}
	}
	return slices.Clone(p.values[name]), nil
}

// Has reports whether a parameter is there, empty or not.
func (p Params) Has(name string) bool { return len(p.values[name]) > 0 }

// Without gives all parameters but these in one spelling: by name, each with its
// values in their order.
func (p Params) Without(names ...string) string {
	rest := maps.Clone(p.values)
	for _, name := range names {
		delete(rest, name)
	}
	return rest.Encode()
}

// Query gives the parameters of the query.
func (r *Request) Query() (Params, error) {
	if r.URL.RawQuery == "" {
		return Params{}, nil
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Params{}, ErrTarget
	}
	return Params{values}, nil
}

// credential finds the request's one credential, and refuses more than one.
func (r *Request) credential() (raw string, err error) {
	if raw, r.Presented, err = bearer(r.Header); err != nil {
		return "", err
	}
	return raw, r.checkQuery()
}

// cleanForm: '&' is the only separator; a raw semicolon would be dropped with
// its pair by the standard library (trap T-11).
func cleanForm(data []byte) bool {
	for _, c := range data {
		if c == ';' || c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}
