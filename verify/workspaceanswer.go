package verify

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/token"
)

// workspaceRefusal is an answer of the workspace API.
type workspaceRefusal struct {
	Message string `json:"message"`
	// Workspace is that of the token, where it is not the one asked for.
	Workspace *string `json:"workspace,omitempty"`
	// Required is the first scope that is missing, in the order read, write,
	// delete.
	Required string `json:"required,omitempty"`
	Mode     string `json:"mode,omitempty"`
}

// writeWorkspaceRefusal answers as the workspace API does. All reasons why a
// credential is not good share one answer, to the byte (C2).
func writeWorkspaceRefusal(w http.ResponseWriter, err error) {
	status, body := workspaceAnswer(w.Header(), err)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if errors.Is(err, errMissingWorkspace) {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body.Message)) // the client has gone if this fails
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // as above
}

// workspaceAnswer gives status and body, and sets the headers that belong to
// them.
func workspaceAnswer(h http.Header, err error) (int, workspaceRefusal) {
	var other *WorkspaceError
	var method *methodError
	var scope *ScopeError
	status, challenge := Refusal(err)
	switch {
	case status == http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
		return status, workspaceRefusal{Message: "Token status could not be verified"}
	case errors.Is(err, token.ErrNoCredential):
		h.Set("WWW-Authenticate", challenge)
		return status, workspaceRefusal{Message: "Missing Authorization header"}
	case status == http.StatusUnauthorized:
		h.Set("WWW-Authenticate", challenge)
		return status, workspaceRefusal{Message: "Invalid or revoked token"}
	case errors.As(err, &other):
		return status, workspaceRefusal{Message: "Invalid workspace", Workspace: &other.Workspace}
	case errors.As(err, &method):
		h.Set("Allow", method.allow)
		return http.StatusMethodNotAllowed, workspaceRefusal{Message: "Method not allowed"}
	case errors.As(err, &scope):
		h.Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+quotable(scope.Missing)+`"`)
		return status, workspaceRefusal{Message: "Insufficient token scope", Required: scope.Missing[0]}
	case errors.Is(err, token.ErrRole):
		return status, workspaceRefusal{Message: "Failed to create session", Mode: "forbidden"}
	case status == http.StatusForbidden:
		return status, workspaceRefusal{Message: "Not available to API tokens"}
	case errors.Is(err, errMissingWorkspace):
		return status, workspaceRefusal{Message: "Missing workspace"}
	}
	return status, workspaceRefusal{Message: "Invalid request"}
}

// credential reads the credential of a request. The workspace API takes a bearer
// alone, exactly one space behind the scheme, and says that a token does not
// belong into a URL, where it ends in logs and histories (B-06).
func (r *Rules) credential(req *http.Request) (string, error) {
	if !r.workspaceAPI(req.RequestURI) {
		return Credential(req.Header, !r.noBasic)
	}
	if carriesToken(req.RequestURI) {
		return "", token.ErrManyCredentials
	}
	raw, err := Credential(req.Header, false)
	if err != nil {
		return "", err
	}
	if authorization := req.Header.Get("Authorization"); len(authorization) != len("Bearer ")+len(raw) {
		return "", token.ErrNoCredential
	}
	return raw, nil
}

// carriesToken reports a query with a parameter that is a credential by its
// name, or looks like a JWT.
func carriesToken(target string) bool {
	_, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return true
	}
	for name, list := range values {
		switch strings.ToLower(name) {
		case "token", "access_token", "bearer", "authorization", "api_key", "apikey":
			return true
		}
		for _, value := range list {
			if strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") == 2 {
				return true
			}
		}
	}
	return false
}
