package wire

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
)

// envelope is the form of errors about credentials and unreadable bodies.
type envelope struct {
	Error struct {
		Name    string `json:"name"`
		Message string `json:"message"`
	} `json:"error"`
	Request struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	} `json:"request"`
	Response struct {
		StatusCode int `json:"statusCode"`
	} `json:"response"`
}

// WriteEnvelope answers with an error that has the envelope in the contracts
// of service and personal tokens, and reports whether it is one. Others have
// the one member error, whose text is the surface's own.
func WriteEnvelope(w http.ResponseWriter, r *web.Request, status int, err error) bool {
	name, message := enveloped(r, status, err)
	if name == "" {
		return false
	}
	var body envelope
	body.Error.Name, body.Error.Message = name, message
	// The path alone: a query can hold what must not be repeated.
	body.Request.Method, body.Request.URL = r.Method, r.Path()
	body.Response.StatusCode = status
	_ = web.WriteJSON(w, status, body)
	return true
}

// enveloped gives name and message of the errors that have the envelope. All
// reasons why a credential is not good share one message (row C2).
func enveloped(r *web.Request, status int, err error) (name, message string) {
	switch {
	case errors.Is(err, web.ErrNotUser):
		return "", ""
	case status == http.StatusUnauthorized && r.Presented:
		return "AuthenticationError", "Illegal token"
	case status == http.StatusUnauthorized:
		return "AuthenticationError", "Missing credentials"
	case errors.Is(err, web.ErrSyntax):
		return "SyntaxError", "Request body is not valid JSON"
	case status == http.StatusRequestEntityTooLarge:
		return "PayloadTooLargeError", "request entity too large"
	}
	return "", ""
}
