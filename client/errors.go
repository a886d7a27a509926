package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
)

// ErrUnreachable means that no answer came from the server. Errors that wrap
// it also wrap token.ErrUnavailable.
var ErrUnreachable = errors.New("the server cannot be reached")

// Error is a refusal by the server. It wraps the meaning of the refusal, such
// as token.ErrDenied, and its reason where the server tells it, such as
// token.ErrNameTaken.
type Error struct {
	Problem api.Problem
	meaning error
}

// Error gives the server's words.
func (e *Error) Error() string {
	if e.Problem.Detail != "" {
		return e.Problem.Detail
	}
	return e.Problem.Title
}

// Unwrap gives the meaning or reason.
func (e *Error) Unwrap() error { return e.meaning }

// problem reads an answer that is not a success.
func (c *Client) problem(res *http.Response) error {
	data, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16)) // what cannot be read is told by the status
	if flat := flatError(res, data); flat != nil {
		return flat
	}
	var p api.Problem
	if err := json.Unmarshal(data, &p); err != nil || p.Title == "" && p.Detail == "" {
		// A proxy between here and the server, or something else entirely.
		p = api.Problem{
			Status: res.StatusCode,
			Title:  fmt.Sprintf("%s answered %s, and not as Tokenwright does", c.where, res.Status),
		}
	}
	meaning := meaningOfType(p.Type)
	if meaning == nil {
		meaning = meaningOfStatus(res.StatusCode)
	}
	return &Error{Problem: p, meaning: meaning}
}

// meaningOfType reads a problem's type, or gives nil.
func meaningOfType(problemType string) error {
	word, ours := strings.CutPrefix(problemType, api.ProblemLead)
	if !ours {
		return nil
	}
	for _, reason := range []error{
		token.ErrNameTaken, token.ErrQuota, token.ErrAlreadyRevoked, token.ErrHasExpired,
		token.ErrIsDisabled, token.ErrExists, token.ErrLastAdmin,
		token.ErrManyCredentials, token.ErrTokensMintTokens,
	} {
		if word == reason.Error() {
			return reason
		}
	}
	for _, m := range []struct {
		word    string
		meaning error
	}{
		{"unavailable", token.ErrUnavailable},
		{"limited", token.ErrLimited},
		{"unauthenticated", token.ErrUnauthenticated},
		{"denied", token.ErrDenied},
		{"not_found", token.ErrNotFound},
		{"conflict", token.ErrConflict},
		{"invalid", token.ErrInvalid},
	} {
		if word == m.word {
			return m.meaning
		}
	}
	return nil
}

// meaningOfStatus is for answers that a proxy gave in the server's place.
func meaningOfStatus(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return token.ErrUnauthenticated
	case http.StatusForbidden:
		return token.ErrDenied
	case http.StatusNotFound:
		return token.ErrNotFound
	case http.StatusConflict:
		return token.ErrConflict
	case http.StatusTooManyRequests:
		return token.ErrLimited
	}
	if status >= 400 && status < 500 {
		return token.ErrInvalid
	}
	return token.ErrUnavailable
}

// unreachable wraps an error of the network. A caller that gave up is told so
// and nothing else.
func (c *Client) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &away{c.where, err}
}

// away says where no answer came from.
type away struct {
	where string
	cause error
}

// Error leaves out the URL that net/http puts before the cause: where says it.
func (e *away) Error() string {
	cause := e.cause
	var inURL *url.Error
	if errors.As(cause, &inURL) {
		cause = inURL.Err
	}
	return fmt.Sprintf("the server cannot be reached at %s: %v", e.where, cause)
}

// Unwrap gives both meanings and the cause.
func (e *away) Unwrap() []error { return []error{ErrUnreachable, token.ErrUnavailable, e.cause} }
