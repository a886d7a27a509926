package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// Dialect writes errors in the format of one protocol.
type Dialect interface {
	// WriteError answers with the error. It begins with [ErrorHeaders],
	// which gives the status. What it writes is [token.Message] of the error
	// or words of its own, never err.Error().
	WriteError(w http.ResponseWriter, r *Request, err error)
}

const challenge = `Bearer realm="tokenwright"`

// ErrorHeaders sets the headers that belong to an error in every dialect and
// gives its status: the challenge of a 401 (RFC 6750 section 3), Retry-After
// of 429 and 503.
func ErrorHeaders(w http.ResponseWriter, r *Request, err error) (status int) {
	status = Status(err)
	switch status {
	case http.StatusUnauthorized:
		value := challenge
		if r.Presented {
			value += `, error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", value)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter(err)))
	}
	return status
}

// retryAfter gives whole seconds, at least one.
func retryAfter(err error) int {
	var limited *limitError
	if errors.As(err, &limited) {
		return max(1, int(math.Ceil(limited.after.Seconds())))
	}
	return 1
}

// UsedRate gives the rate that an error says is used up, in requests a minute, and
// how long it takes until there is room again. ok is false for other errors.
func UsedRate(err error) (perMinute int, after time.Duration, ok bool) {
	var limited *limitError
	if !errors.As(err, &limited) {
		return 0, 0, false
	}
	return limited.perMinute, limited.after, true
}

// limitError is a used-up rate.
type limitError struct {
	after     time.Duration
	perMinute int
}

func (e *limitError) Error() string { return "Too many requests, please try again later." }

// Unwrap gives token.ErrLimited.
func (e *limitError) Unwrap() error { return token.ErrLimited }

// WriteJSON answers with v as JSON. Nothing is sent before all of it was
// encoded, so an error still becomes a whole error answer.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	return writeJSON(w, status, "application/json; charset=utf-8", v)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	// Answers are never HTML: nosniff and the policy of every answer see to
	// that, so text stays readable.
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	body := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	return nil
}

// WriteEmpty answers with a status and no body.
func WriteEmpty(w http.ResponseWriter, status int) error {
	w.WriteHeader(status)
	return nil
}

// Problem is the dialect of problem documents (RFC 9457). All are of type
// about:blank; the title is the status's own and the detail is the safe
// message.
type Problem struct{}

type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// WriteError implements Dialect.
func (Problem) WriteError(w http.ResponseWriter, r *Request, err error) {
	status := ErrorHeaders(w, r, err)
	_ = writeJSON(w, status, "application/problem+json", problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail(r, status, err),
	})
}

// detail gives what a stranger may read about an error. All reasons why a
// credential is not good share one text (row C2), and a fault of the program
// has none.
func detail(r *Request, status int, err error) string {
	switch status {
	case http.StatusUnauthorized:
		if r.Presented {
			return "The credential is not valid"
		}
		return "A credential is needed"
	case http.StatusInternalServerError:
		return ""
	case http.StatusServiceUnavailable:
		return "Temporarily unavailable"
	case http.StatusTooManyRequests:
		return "Too many requests, please try again later."
	case http.StatusForbidden:
		if token.Message(err) == "" {
			return "The permission for this is missing"
		}
	}
	return token.Message(err)
}
