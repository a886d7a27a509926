package service

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// Dialect writes errors as the contract's clients expect them.
type Dialect struct{}

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

// flat is the form of all other errors.
type flat struct {
	Error string `json:"error"`
}

// WriteError implements web.Dialect.
func (Dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	if errors.Is(err, web.ErrRepeated) {
		status = http.StatusUnprocessableEntity
	}
	if name, message := enveloped(r, status, err); name != "" {
		var body envelope
		body.Error.Name, body.Error.Message = name, message
		// The path alone: a query can hold what must not be repeated.
		body.Request.Method, body.Request.URL = r.Method, r.Path()
		body.Response.StatusCode = status
		_ = web.WriteJSON(w, status, body)
		return
	}
	_ = web.WriteJSON(w, status, flat{text(r, status, err)})
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

func text(r *web.Request, status int, err error) string {
	switch status {
	case http.StatusForbidden:
		return forbidden(r, err)
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

func forbidden(r *web.Request, err error) string {
	if errors.Is(err, token.ErrTokensMintTokens) {
		return "Forbidden: tokens do not issue tokens"
	}
	switch policy.Permission(r.Access.Permission()) {
	case policy.ServiceRead:
		return "Forbidden: read access required"
	case policy.ServiceWrite:
		return "Forbidden: write access required"
	case policy.ServiceRevoke:
		return "Forbidden: revoke access required"
	}
	return "Forbidden"
}
