package web

import (
	"errors"
	"io"
	"os"

	"github.com/tokenwright/tokenwright/token"
)

const formType = "application/x-www-form-urlencoded"

// FormText is FormBody for endpoints that are asked on every request of
// somebody else's users: it gives the form as it was sent, for the caller to
// read without a map. Errors are those of JSON.
func (r *Request) FormText() (string, error) {
	types := r.Header["Content-Type"]
	if len(types) != 1 || types[0] != formType || len(r.Header["Content-Encoding"]) > 0 ||
		r.ContentLength <= 0 || r.ContentLength > r.surface.Limits.MaxBody {
		data, err := r.body(formType)
		return string(data), err
	}
	text := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, text); err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return "", ErrSlow
		}
		return "", token.NewError(ErrSyntax, token.Message(ErrSyntax), err)
	}
	return string(text), nil
}
