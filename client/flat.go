package client

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/token"
)

// flatError reads the errors of surfaces whose contract is a text for people,
// {"error": "text"}, or a code of OAuth with a description. The contracts fix
// the texts, so the reason can be told from them; a text that is not known
// leaves the meaning of the status. It gives nil for anything else.
func flatError(res *http.Response, data []byte) *Error {
	var flat struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	_ = json.Unmarshal(data, &flat) // what is no JSON leaves it empty
	if flat.Error == "" {
		return nil
	}
	return &Error{
		Problem: api.Problem{
			Title: http.StatusText(res.StatusCode), Status: res.StatusCode,
			Detail: cmp.Or(flat.Description, flat.Error), RequestID: res.Header.Get("X-Request-Id"),
		},
		meaning: meaningOfText(res.StatusCode, flat.Error),
	}
}

func meaningOfText(status int, text string) error {
	if status != http.StatusConflict && status != http.StatusForbidden {
		return meaningOfStatus(status)
	}
	for _, known := range []struct {
		part   string
		reason error
	}{
		{"already exists", token.ErrNameTaken},
		{"usable tokens", token.ErrQuota},
		{"already revoked", token.ErrAlreadyRevoked},
		{"was rotated already", token.ErrAlreadyRevoked},
		{"has expired", token.ErrHasExpired},
		{"is disabled", token.ErrIsDisabled},
		{"tokens do not issue tokens", token.ErrTokensMintTokens},
	} {
		if strings.Contains(text, known.part) {
			return known.reason
		}
	}
	return meaningOfStatus(status)
}
