package workspace

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// status is what went wrong, in the words of the RPC. The code is a text: there
// are clients that compare it with a number, and they are wrong.
type status struct {
	Severity string            `json:"severity"`
	Code     string            `json:"code"`
	Params   map[string]string `json:"params"`
}

const codeLead = "platform:status:"

func newStatus(name string, params map[string]string) status {
	if params == nil {
		params = map[string]string{}
	}
	return status{"ERROR", codeLead + name, params}
}

func badRequest(field, reason string) status {
	return newStatus("BadRequest", map[string]string{"field": field, "reason": reason})
}

// statusOf gives the status of a method's error. ok is false when nothing is
// known of what happened: that is no answer of a method.
func statusOf(err error) (s status, ok bool) {
	var field *authority.FieldError
	switch {
	case errors.Is(err, token.ErrUnavailable), errors.Is(err, token.ErrLimited):
		return status{}, false
	case errors.As(err, &field):
		return badRequest(field.Field, field.Reason), true
	case errors.Is(err, token.ErrQuota):
		return badRequest("account", "quota"), true
	case errors.Is(err, token.ErrUnauthenticated):
		return newStatus("Unauthorized", nil), true
	case errors.Is(err, token.ErrDenied):
		return newStatus("Forbidden", nil), true
	case errors.Is(err, token.ErrNotFound), errors.Is(err, token.ErrConflict):
		// A token that has ended cannot be rotated, no more than one that
		// never was.
		return badRequest("tokenId", "not_found"), true
	case errors.Is(err, token.ErrInvalid):
		return badRequest("params", "type"), true
	}
	return newStatus("InternalServerError", nil), true
}

// failure is the answer of a method that failed. It never has an id.
type failure struct {
	Error status `json:"error"`
}

// rpcDialect writes what is wrong with a request itself.
type rpcDialect struct{ now func() time.Time }

// WriteError implements web.Dialect.
func (d rpcDialect) WriteError(w http.ResponseWriter, r *web.Request, err error) {
	code := web.ErrorHeaders(w, r, err)
	answer := newStatus("UnknownError", map[string]string{"message": message(code, err)})
	switch code {
	case http.StatusServiceUnavailable, http.StatusInternalServerError:
		answer = newStatus("InternalServerError", nil)
	case http.StatusTooManyRequests:
		d.rateHeaders(w.Header(), err)
	}
	_ = writeRPC(w, code, failure{answer}) // an error here has nobody to tell
}

// rateHeaders tells clients of the reference when to come again, in milliseconds,
// beside the Retry-After of everybody.
func (d rpcDialect) rateHeaders(h http.Header, err error) {
	seconds, _ := strconv.Atoi(h.Get("Retry-After"))
	h.Set("Retry-After-ms", strconv.Itoa(seconds*1000))
	h.Set("X-RateLimit-Remaining", "0")
	if perMinute, after, ok := web.UsedRate(err); ok {
		h.Set("X-RateLimit-Limit", strconv.Itoa(perMinute))
		h.Set("X-RateLimit-Reset", strconv.FormatInt(d.now().Add(after).UnixMilli(), 10))
	}
}

func message(code int, err error) string {
	if text := token.Message(err); text != "" {
		return text
	}
	return http.StatusText(code)
}

func writeRPC(w http.ResponseWriter, code int, v any) error {
	w.Header().Set("Cache-Control", "no-store")
	return web.WriteJSON(w, code, v)
}
