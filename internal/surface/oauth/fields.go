package oauth

import (
	"errors"
	"mime"
	"slices"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// fields are parameters of a request by name. An empty one is as good as
// absent (RFC 6749 section 3.1).
type fields map[string]string

// bodyFields lists everything that is read from bodies. What else is sent is
// passed over.
func bodyFields() []string {
	return []string{
		"grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "token", "token_type_hint",
		"client_id", "client_secret", "client_assertion", "client_assertion_type",
	}
}

var (
	errRepeated = oauth.Fail(oauth.InvalidRequest, "A parameter was given more than once")
	errInQuery  = oauth.Fail(oauth.InvalidRequest, "Parameters belong into the body of the request")
	errNoText   = oauth.Fail(oauth.InvalidRequest, "A parameter is not a string")
)

// readBody reads a form or an object of JSON. Parameters in the query are
// refused: there they would end in logs (PER-23).
func readBody(r *web.Request) (fields, error) {
	query, err := r.Query()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(bodyFields(), query.Has) {
		return nil, errInQuery
	}
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // the readers judge it
	if mediaType == "application/json" {
		return readObject(r)
	}
	form, err := r.FormBody()
	if err != nil {
		return nil, err
	}
	return readParams(form, bodyFields())
}

func readParams(params web.Params, names []string) (fields, error) {
	out := fields{}
	for _, name := range names {
		value, err := params.One(name)
		switch {
		case errors.Is(err, web.ErrRepeated):
			return nil, errRepeated
		case err != nil:
			return nil, oauth.Fail(oauth.InvalidRequest, "A parameter is not valid text")
		}
		out[name] = value
	}
	return out, nil
}

func readObject(r *web.Request) (fields, error) {
	body, err := r.JSON()
	if err != nil {
		return nil, err
	}
	object, err := body.Object()
	if err != nil {
		return nil, err
	}
	out := fields{}
	for _, name := range bodyFields() {
		value, ok := object.Find(name)
		if !ok || value.IsNull() {
			continue
		}
		if out[name], ok = value.Text(); !ok {
			return nil, errNoText
		}
	}
	return out, nil
}

// parseScope reads a scope parameter: known scopes, each once.
func (h *handlers) parseScope(text string) (token.Scopes, error) {
	errScope := oauth.Fail(oauth.InvalidScope, "The scope is unknown or malformed")
	scopes, err := token.ParseScopes(text)
	if err != nil {
		return nil, errScope
	}
	for _, scope := range scopes {
		if !h.scopes[scope] {
			return nil, errScope
		}
	}
	return scopes, nil
}
