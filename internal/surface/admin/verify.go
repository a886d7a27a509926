package admin

import (
	"errors"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// verify says whether a raw token is good. Why it is not, and whose it is
// then, is told to administrators alone; everybody else learns what
// introspection would tell.
func (s surface) verify(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "token", "scopes")
	raw, demanded := f.secret("token"), token.Scopes(f.texts("scopes"))
	if f.err != nil {
		return f.err
	}
	if raw == "" {
		return token.Invalid("token is required")
	}
	verified, record, err := s.Verifier.Inspect(r.Context(), raw)
	if err != nil && (errors.Is(err, token.ErrUnavailable) || !errors.Is(err, token.ErrUnauthenticated) && !errors.Is(err, token.ErrDenied)) {
		return err
	}
	if err == nil && slices.ContainsFunc(demanded, func(scope string) bool { return !verified.Covers(scope) }) {
		err = token.ErrScope
	}
	answer := api.Verification{Active: err == nil}
	if err == nil {
		answer.Kind, answer.Subject = string(verified.Kind()), string(verified.Subject())
		answer.Scopes, answer.ExpiresAt = verified.Scopes(), verified.ExpiresAt()
	}
	if s.Policy().May(r.Principal, policy.Admin) == nil {
		if err != nil {
			answer.Reason = token.ReasonOf(err)
		}
		if _, notOurs := s.Authority.Rules(record.Kind); notOurs == nil {
			t, err := s.token(record)
			if err != nil {
				return err
			}
			answer.Token = &t
		}
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
