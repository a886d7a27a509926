package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

func TestEveryMeaningHasAStatus(t *testing.T) {
	want := map[error]int{
		token.ErrUnavailable: 503, token.ErrLimited: 429, token.ErrUnauthenticated: 401, token.ErrDenied: 403,
		token.ErrNotFound: 404, token.ErrConflict: 409, token.ErrInvalid: 422,
	}
	for _, meaning := range token.Meanings() {
		if want[meaning] == 0 {
			t.Errorf("meaning %v is not in this test: add it", meaning)
		}
		if got := web.Status(meaning); got != want[meaning] {
			t.Errorf("Status(%v) = %d, want %d", meaning, got, want[meaning])
		}
	}
}

func TestStatusOfMixedAndHiddenErrors(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"unavailable wins over a refusal", errors.Join(token.ErrExpired, token.Unavailable(nil)), 503},
		{"unavailable wins in either order", errors.Join(token.Unavailable(nil), token.ErrNotFound), 503},
		{"a reason has the status of its meaning", fmt.Errorf("x: %w", token.ErrQuota), 409},
		{"many credentials", token.ErrManyCredentials, 400},
		{"a fault of the program", errors.New("x"), 500},
		{"not a user", web.ErrNotUser, 401},
		{"target", web.ErrTarget, 400},
		{"host", web.ErrHost, 421},
		{"type", web.ErrMediaType, 415},
		{"size", web.ErrTooLarge, 413},
	}
	for _, test := range tests {
		if got := web.Status(test.err); got != test.want {
			t.Errorf("%s: Status = %d, want %d", test.name, got, test.want)
		}
	}
}

// failing is a surface whose one route gives err.
func failing(dialect web.Dialect, err error) web.Surface {
	return web.Surface{Dialect: dialect, Routes: []web.Route{{
		Method: "GET", Pattern: "/x", Access: web.Public("test"),
		Handle: func(http.ResponseWriter, *web.Request) error { return err },
	}}}
}

func TestErrorBodies(t *testing.T) {
	secret := errors.New("password=hunter2")
	tests := []struct {
		err     error
		status  int
		problem string
		oauth   string
	}{
		{
			token.NewError(token.ErrInvalid, "a rule is broken", secret), 422,
			`{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"a rule is broken"}`,
			`{"error":"invalid_request","error_description":"a rule is broken"}`,
		},
		{
			token.Unavailable(secret), 503,
			`{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Temporarily unavailable"}`,
			`{"error":"temporarily_unavailable","error_description":"Temporarily unavailable"}`,
		},
		{
			fmt.Errorf("x: %w", secret), 500,
			`{"type":"about:blank","title":"Internal Server Error","status":500}`,
			`{"error":"server_error"}`,
		},
		{
			token.ErrScope, 403,
			`{"type":"about:blank","title":"Forbidden","status":403,"detail":"The permission for this is missing"}`,
			`{"error":"insufficient_scope","error_description":"The permission for this is missing"}`,
		},
		{
			token.ErrUnknown, 401,
			`{"type":"about:blank","title":"Unauthorized","status":401,"detail":"A credential is needed"}`,
			`{"error":"invalid_client","error_description":"A credential is needed"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.err.Error(), func(t *testing.T) {
			s := start(t, nil, failing(web.Problem{}, test.err))
			got := s.send("GET", "/x")
			if got.status != test.status || got.body != test.problem || got.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("problem: %d %s %v", got.status, got.body, got.header)
			}
			s = start(t, nil, failing(web.OAuth{}, test.err))
			got = s.send("GET", "/x")
			status := test.status
			if status == 422 {
				status = 400
			}
			if got.status != status || got.body != test.oauth {
				t.Errorf("oauth: %d %s", got.status, got.body)
			}
		})
	}
}

func TestCausesOf5xxAreLoggedOnce(t *testing.T) {
	s := start(t, nil, failing(web.Problem{}, token.Unavailable(errors.New("disk full"))))
	got := s.send("GET", "/x?secret=1", as("a-credential"))
	log := s.log.String()
	if strings.Count(log, "disk full") != 1 || !strings.Contains(log, got.header.Get("X-Request-Id")) {
		t.Errorf("log: %s", log)
	}
	if strings.Contains(log, "a-credential") || strings.Contains(log, "secret=1") {
		t.Errorf("the log repeats the request: %s", log)
	}
}

func TestI08APanicIsA500AndTheProcessLives(t *testing.T) {
	s := start(t, nil, web.Surface{Dialect: web.Problem{}, Routes: []web.Route{{
		Method: "GET", Pattern: "/x", Access: web.Users(""),
		Handle: func(_ http.ResponseWriter, r *web.Request) error { panic(r.Header.Get("Authorization")) },
	}}})
	for range 2 {
		got := s.send("GET", "/x", as(alices))
		var problem struct{ Status int }
		if err := json.Unmarshal([]byte(got.body), &problem); err != nil || got.status != 500 || problem.Status != 500 {
			t.Errorf("answer %d %s", got.status, got.body)
		}
	}
	if log := s.log.String(); !strings.Contains(log, "handler panicked") || strings.Contains(log, alices) {
		t.Errorf("log: %s", log)
	}
}

func TestAnErrorAfterTheAnswerBeganIsNotWrittenIntoIt(t *testing.T) {
	s := start(t, nil, web.Surface{Dialect: web.Problem{}, Routes: []web.Route{{
		Method: "GET", Pattern: "/x", Access: web.Public("test"),
		Handle: func(w http.ResponseWriter, _ *web.Request) error {
			_ = web.WriteJSON(w, http.StatusOK, "whole")
			return errors.New("late")
		},
	}}})
	if got := s.send("GET", "/x"); got.status != 200 || got.body != `"whole"` {
		t.Errorf("answer %d %s", got.status, got.body)
	}
}
