package wire

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// FlatError is the form of an error without an envelope.
type FlatError struct {
	Error string `json:"error"`
}

// Text gives the words that all contracts have for an error of a status, and
// where they have none of their own the error's message.
func Text(status int, err error) string {
	switch status {
	case http.StatusUnsupportedMediaType:
		if errors.Is(err, web.ErrMediaType) {
			return "Content-Type must be application/json"
		}
	case http.StatusTooManyRequests:
		return "Too many requests, please try again later."
	case http.StatusServiceUnavailable:
		return "Temporarily unavailable"
	case http.StatusInternalServerError:
		return "Internal error"
	}
	return token.Message(err)
}
