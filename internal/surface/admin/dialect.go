package admin

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// dialect writes problem documents whose type tells clients the meaning, so
// that a Go client gives back the same error value.
type dialect struct{}

// WriteError implements web.Dialect.
func (dialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	status := web.ErrorHeaders(w, r, err)
	p := api.Problem{
		Type: api.ProblemLead + problemWord(err), Title: http.StatusText(status),
		Status: status, Detail: problemDetail(status, err), RequestID: r.ID,
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{}`) // strings alone cannot fail
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
}

// problemWord names the meaning, or the reason where the caller may know it.
// Why a credential is not good is never told (row C2).
func problemWord(err error) string {
	for _, reason := range []error{token.ErrManyCredentials, token.ErrTokensMintTokens} {
		if errors.Is(err, reason) {
			return reason.Error()
		}
	}
	for _, m := range []struct {
		meaning error
		word    string
	}{
		{token.ErrUnavailable, "unavailable"},
		{token.ErrLimited, "limited"},
		{token.ErrUnauthenticated, "unauthenticated"},
		{token.ErrDenied, "denied"},
		{token.ErrNotFound, "not_found"},
		{token.ErrConflict, token.ReasonOf(err)},
		{token.ErrInvalid, "invalid"},
	} {
		if errors.Is(err, m.meaning) {
			return m.word
		}
	}
	return "fault"
}

// problemDetail gives the safe message, where there is something to say.
func problemDetail(status int, err error) string {
	told := []int{
		http.StatusUnauthorized, http.StatusInternalServerError,
		http.StatusServiceUnavailable, http.StatusTooManyRequests,
	}
	if slices.Contains(told, status) {
		return "" // the title says all that may be said
	}
	if message := token.Message(err); message != "" {
		return message
	}
	if errors.Is(err, token.ErrTokensMintTokens) {
		return "Tokens do not issue tokens: use the credential of a person"
	}
	return ""
}
