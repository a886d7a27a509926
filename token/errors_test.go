package token_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tokenwright/tokenwright/token"
)

func TestEveryReasonHasOneMeaning(t *testing.T) {
	codes := map[string]bool{}
	for _, tc := range []struct {
		reason  *token.Reason
		meaning error
	}{
		{token.ErrNoCredential, token.ErrUnauthenticated},
		{token.ErrMalformed, token.ErrUnauthenticated},
		{token.ErrUnknown, token.ErrUnauthenticated},
		{token.ErrExpired, token.ErrUnauthenticated},
		{token.ErrNotYet, token.ErrUnauthenticated},
		{token.ErrRevoked, token.ErrUnauthenticated},
		{token.ErrRotated, token.ErrUnauthenticated},
		{token.ErrDisabled, token.ErrUnauthenticated},
		{token.ErrSignature, token.ErrUnauthenticated},
		{token.ErrIssuer, token.ErrUnauthenticated},
		{token.ErrAudience, token.ErrUnauthenticated},
		{token.ErrWrongKind, token.ErrUnauthenticated},
		{token.ErrLifetime, token.ErrUnauthenticated},
		{token.ErrScope, token.ErrDenied},
		{token.ErrPermission, token.ErrDenied},
		{token.ErrNoRule, token.ErrDenied},
		{token.ErrTokensMintTokens, token.ErrDenied},
		{token.ErrNameTaken, token.ErrConflict},
		{token.ErrQuota, token.ErrConflict},
		{token.ErrAlreadyRevoked, token.ErrConflict},
		{token.ErrHasExpired, token.ErrConflict},
		{token.ErrIsDisabled, token.ErrConflict},
		{token.ErrExists, token.ErrConflict},
		{token.ErrLastAdmin, token.ErrConflict},
		{token.ErrManyCredentials, token.ErrInvalid},
	} {
		code := tc.reason.Error()
		if codes[code] || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" {
			t.Errorf("the code %q is used twice or is no word", code)
		}
		codes[code] = true
		for _, meaning := range token.Meanings() {
			if got, want := errors.Is(tc.reason, meaning), meaning == tc.meaning; got != want { //nolint:errorlint // this meaning itself
				t.Errorf("%s means %q: %v", code, meaning, got)
			}
		}
		wrapped := fmt.Errorf("verify: %w", tc.reason)
		if token.ReasonOf(wrapped) != code {
			t.Errorf("the reason of %v is %q", wrapped, token.ReasonOf(wrapped))
		}
	}
}

func TestMeaningsAreApart(t *testing.T) {
	all := token.Meanings()
	for i, a := range all {
		for k, b := range all {
			if errors.Is(a, b) != (i == k) {
				t.Errorf("%v is %v", a, b)
			}
		}
	}
	if len(all) != 7 || !errors.Is(all[0], token.ErrUnavailable) {
		t.Errorf("an answer that could not be computed must come before all refusals: %v", all)
	}
}

func TestAnErrorHidesItsCause(t *testing.T) {
	cause := errors.New("dial tcp 10.0.0.1: refused")
	err := fmt.Errorf("store: %w", token.Unavailable(cause))
	if !errors.Is(err, token.ErrUnavailable) || !errors.Is(err, cause) {
		t.Error("meaning and cause must be found")
	}
	if token.Message(err) != "Temporarily unavailable" || strings.Contains(token.Message(err), "10.0.0.1") {
		t.Errorf("message = %q", token.Message(err))
	}
	if strings.Contains(err.Error(), "10.0.0.1") {
		t.Errorf("the text shows the cause: %v", err)
	}
	if token.Cause(err) != cause { //nolint:errorlint // as it is, not wrapped
		t.Errorf("cause = %v", token.Cause(err))
	}
	if again := token.Unavailable(token.Unavailable(cause)); token.Cause(again) != cause { //nolint:errorlint // as above
		t.Errorf("the cause of what is not known in two rooms = %v", token.Cause(again))
	}
}

func TestReasonOf(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want string
	}{
		{token.ErrExpired, "expired"},
		{token.NewError(token.ErrQuota, "Too many tokens", nil), "quota"},
		{token.Invalid("name is required"), "invalid request"},
		{token.Unavailable(context.Canceled), "temporarily unavailable"},
		{errors.New("a fault"), "fault"},
	} {
		if got := token.ReasonOf(tc.err); got != tc.want {
			t.Errorf("ReasonOf(%v) = %q", tc.err, got)
		}
	}
}

func TestAnErrorWithoutCauseIsItsOwnCause(t *testing.T) {
	err := token.Invalid("name is required")
	if !errors.Is(token.Cause(err), token.ErrInvalid) || token.Message(err) != "name is required" || token.Message(errors.New("x")) != "" {
		t.Errorf("cause %v, message %q", token.Cause(err), token.Message(err))
	}
}
