package verify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/token"
)

// Realm is the realm of every WWW-Authenticate header (RFC 6750 section 3).
const Realm = "tokenwright"

type contextKey struct{}

// FromContext gives the proof that [Middleware] put into a request's context,
// or nil on a public path.
func FromContext(ctx context.Context) *Verified {
	v, _ := ctx.Value(contextKey{}).(*Verified)
	return v
}

// Middleware lets a request through when the rules let its credential through:
//
//	no credential            401, WWW-Authenticate without error
//	two, or one in the URL   400, error="invalid_request", on public paths too
//	not good                 401, error="invalid_token", the same for all causes
//	kind not let in          as not good
//	scope not enough         403, error="insufficient_scope" and the scopes
//	no rule matches          as a missing permission: 401 or 403
//	verifier not available   503, Retry-After
//
// A credential is a bearer, the password of Basic (unless [Rules.WithoutBasic]),
// or X-API-Key; see [Credential].
//
// Where a ready set of rules decides, the answers are those of its own API; see
// [WorkspaceRules].
//
// The rules judge the request target as it was received. A body is read when a
// rule demands something of it, once the credential is good but for its scopes,
// and the handler gets the same bytes.
func Middleware(v *Verifier, rules *Rules) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			verified, err := v.request(r, rules)
			if err != nil {
				if rules.workspaceAPI(r.RequestURI) {
					writeWorkspaceRefusal(w, err)
				} else {
					WriteRefusal(w, err)
				}
				return
			}
			if verified != nil {
				r = r.WithContext(context.WithValue(r.Context(), contextKey{}, verified))
			}
			next.ServeHTTP(w, r)
		})
	}
}

// request judges a request; proof is nil on a public path.
func (v *Verifier) request(r *http.Request, rules *Rules) (*Verified, error) {
	if CarriesToken(r.RequestURI, v.opts.Formats) {
		return nil, errTokenInQuery
	}
	demand, ruleErr := rules.Match(r.Method, r.RequestURI, Offered(r.Header))
	if ruleErr == nil && demand.Public {
		return nil, nil
	}
	if errors.Is(ruleErr, token.ErrInvalid) {
		return nil, ruleErr
	}
	bearer, err := rules.credential(r)
	if err != nil {
		return nil, err
	}
	want := demand.ForBody(func() ([]byte, error) { return rules.ReadBody(r) })
	verified, err := v.Verify(r.Context(), bearer, want)
	if err != nil {
		return nil, err
	}
	return verified, ruleErr
}

// WriteRefusal answers a request that was not let through.
func WriteRefusal(w http.ResponseWriter, err error) {
	status, challenge := Refusal(err)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if challenge != "" {
		h.Set("WWW-Authenticate", challenge)
	}
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(refusalBody(status, err)) // the client has gone if this fails
}

// Refusal gives the status and the WWW-Authenticate header for a refusal, as
// RFC 6750 section 3.1 has them. What was wrong with a credential does not
// show.
func Refusal(err error) (status int, challenge string) {
	const bare = `Bearer realm="` + Realm + `"`
	var scope *ScopeError
	var body *bodyError
	switch {
	case errors.Is(err, token.ErrUnavailable):
		return http.StatusServiceUnavailable, ""
	case errors.As(err, &body):
		return body.status, ""
	case errors.Is(err, token.ErrNoCredential):
		return http.StatusUnauthorized, bare
	case errors.Is(err, token.ErrInvalid):
		return http.StatusBadRequest, bare + `, error="invalid_request"`
	case errors.Is(err, token.ErrUnauthenticated):
		return http.StatusUnauthorized, bare + `, error="invalid_token"`
	case errors.As(err, &scope):
		return http.StatusForbidden, bare + `, error="insufficient_scope", scope="` + quotable(scope.Required) + `"`
	case errors.Is(err, token.ErrDenied):
		return http.StatusForbidden, bare + `, error="insufficient_scope"`
	}
	return http.StatusServiceUnavailable, ""
}

// quotable joins scopes for a quoted string. What is no scope is left out: a
// program's own Expect is not checked anywhere else.
func quotable(scopes token.Scopes) string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !token.ValidScope(s) }).String()
}

// refusalJSON is the body of a refusal. A missing scope has the body of the
// reference's documented pattern.
type refusalJSON struct {
	Error    string   `json:"error"`
	Required []string `json:"required,omitempty"`
	Missing  []string `json:"missing,omitempty"`
}

func refusalBody(status int, err error) refusalJSON {
	var scope *ScopeError
	switch {
	case status == http.StatusForbidden && errors.As(err, &scope):
		return refusalJSON{"Forbidden: missing required scope", scope.Required, scope.Missing}
	case status == http.StatusForbidden:
		return refusalJSON{Error: "Forbidden"}
	case status == http.StatusUnauthorized:
		return refusalJSON{Error: "Unauthorized"}
	case status == http.StatusBadRequest:
		return refusalJSON{Error: "Bad request"}
	case status == http.StatusRequestEntityTooLarge, status == http.StatusUnsupportedMediaType:
		return refusalJSON{Error: http.StatusText(status)}
	}
	return refusalJSON{Error: "Temporarily unavailable"}
}
