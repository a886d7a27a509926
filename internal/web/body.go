package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/tokenwright/tokenwright/internal/mediatype"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// What strict reading of JSON gives; see strictjson.
type (
	// Object is the members of an object.
	Object = strictjson.Object
	// Value is one value of any type.
	Value = strictjson.Value
)

// JSON is a body that is empty or holds one JSON value that was checked: no
// duplicate members, nothing behind it, at most 32 levels and 1,000 members,
// valid UTF-8 (row H-11; traps T-03 to T-07).
type JSON struct{ data []byte }

// Empty reports whether there was no body.
func (j JSON) Empty() bool { return len(j.data) == 0 }

// IsArray reports whether the value is an array.
func (j JSON) IsArray() bool {
	data := bytes.TrimLeft(j.data, " \t\r\n")
	return len(data) > 0 && data[0] == '['
}

// Object gives the members of an object; an empty body has none. ErrSyntax
// when the value is something else.
func (j JSON) Object() (Object, error) {
	if j.Empty() {
		return nil, nil
	}
	object, err := strictjson.ParseObject(j.data, strictjson.Limits{MaxBytes: len(j.data)})
	if err != nil {
		return nil, ErrSyntax
	}
	return object, nil
}

// JSON reads the body. Errors, in this order: ErrMediaType for a body of
// another type than application/json, ErrEncoding, ErrTooLarge, ErrSlow,
// ErrSyntax. An empty body needs no content type.
func (r *Request) JSON() (JSON, error) {
	data, err := r.body("application/json")
	if err != nil {
		return JSON{}, err
	}
	return checkJSON(data)
}

// FieldJSON is JSON for surfaces whose fields have rules of their own: half of
// a surrogate pair is given as U+0000. Neither can be stored and every rule
// about text refuses both, so the answer is the one about the field, and not
// one about the whole body.
func (r *Request) FieldJSON() (JSON, error) {
	data, err := r.body("application/json")
	if err != nil {
		return JSON{}, err
	}
	body, err := checkJSON(data)
	if errors.Is(err, strictjson.ErrSurrogate) {
		replaceHalfPairs(data)
		return checkJSON(data)
	}
	return body, err
}

func checkJSON(data []byte) (JSON, error) {
	if len(data) == 0 {
		return JSON{}, nil
	}
	if err := strictjson.Check(data, strictjson.Limits{MaxBytes: len(data)}); err != nil {
		return JSON{}, token.NewError(ErrSyntax, token.Message(ErrSyntax), err)
	}
	return JSON{data}, nil
}

// FormBody reads a body of type application/x-www-form-urlencoded. Errors are
// those of JSON. Parameters of the query are not part of it (trap T-11).
func (r *Request) FormBody() (Params, error) {
	if r.form != nil {
		return *r.form, nil
	}
	data, err := r.body("application/x-www-form-urlencoded")
	if err != nil {
		return Params{}, err
	}
	if !cleanForm(data) {
		return Params{}, ErrSyntax
	}
	values, err := url.ParseQuery(string(data))
	if err != nil {
		return Params{}, ErrSyntax
	}
	r.form = &Params{values}
	return *r.form, nil
}

// body reads the whole body, at most as long as the surface allows.
func (r *Request) body(mediaType string) ([]byte, error) {
	if r.ContentLength == 0 {
		return nil, nil
	}
	limit := r.surface.Limits.MaxBody
	typeErr := r.checkType(mediaType)
	if r.ContentLength > 0 && typeErr != nil {
		return nil, typeErr
	}
	if r.ContentLength > limit {
		return nil, ErrTooLarge
	}
	data, err := io.ReadAll(http.MaxBytesReader(r.writer, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case (err != nil || len(data) > 0) && typeErr != nil:
		return nil, typeErr
	case errors.As(err, &tooLarge):
		return nil, ErrTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, ErrSlow
	case err != nil:
		return nil, token.NewError(ErrSyntax, token.Message(ErrSyntax), err)
	}
	return data, nil
}

// checkType asks for exactly one content type, in UTF-8 and not compressed:
// what is small on the wire and large in memory is refused (row I-02).
func (r *Request) checkType(want string) error {
	if values := r.Header["Content-Encoding"]; len(values) > 0 {
		return ErrEncoding
	}
	if !mediatype.Is(r.Header["Content-Type"], want) {
		return ErrMediaType
	}
	return nil
}
