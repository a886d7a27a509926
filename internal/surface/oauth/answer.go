package oauth

import (
	"net/http"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// question is what a person has to know before they answer. The first five
// members are the contract's; the others are shown by the page (PER-31).
type question struct {
	ID           string `json:"id"`
	ClientID     string `json:"clientId"`
	ClientName   string `json:"clientName"`
	Scope        string `json:"scope"`
	RedirectURI  string `json:"redirectUri"`
	Verified     bool   `json:"verified"`
	User         string `json:"user"`
	TokenName    string `json:"tokenName,omitempty"`
	TokenExpires string `json:"tokenExpiresAt,omitempty"`
	// CSRF is what an answer must bring back in X-Csrf-Token; absent for
	// bearers, who need none.
	CSRF string `json:"csrf,omitempty"`

	scopes  token.Scopes
	mint    bool
	refresh bool      // the client may come back for as long as it is let
	expires time.Time // of the token that a mint makes
}

// ask gives the question of the path to the person who may answer it.
func (h *handlers) ask(r *web.Request) (question, error) {
	id := r.PathValue("id")
	asked, err := h.Authority.FindAuthorization(r.Context(), r.Principal, h.Cookies.Browser(r.Request), id)
	if err != nil {
		return question{}, err
	}
	client, err := h.findClient(r.Context(), asked.Client)
	if err != nil {
		return question{}, err
	}
	q := question{
		ID: asked.ID, ClientID: client.ID, ClientName: oauth.PlainName(client.Name, client.ID),
		Scope: asked.Scopes.String(), RedirectURI: asked.RedirectURI, Verified: client.Verified,
		User: r.Principal.Ref, CSRF: r.CSRF(id), scopes: authority.GrantedScopes(&client, authority.CatalogueScopes(asked.Scopes)), mint: asked.IsMint(),
		refresh: client.Refresh && slices.Contains(asked.Scopes, oauth.ScopeOffline),
	}
	if q.mint {
		q.TokenName, q.TokenExpires = asked.Wish.Name, asked.Wish.ExpiresAt.Format(time.RFC3339)
		q.scopes, q.expires = asked.Wish.Scopes, asked.Wish.ExpiresAt
	}
	return q, nil
}

// answer keeps what the person says and gives where they go then.
func (h *handlers) answer(r *web.Request, approved bool) (string, error) {
	out, err := h.Authority.Answer(r.Context(), r.Principal, h.Cookies.Browser(r.Request),
		token.AuthorizationAnswer{ID: r.PathValue("id"), Approved: approved})
	if err != nil {
		return "", err
	}
	if !approved {
		return oauth.AppendParams(out.RedirectURI, "error", string(oauth.AccessDenied),
			"error_description", "User denied the request", "state", out.State, "iss", h.Issuer), nil
	}
	return oauth.AppendParams(out.RedirectURI, "code", out.Code, "state", out.State, "iss", h.Issuer), nil
}

// describe answers GET /api/auth/v1/sessions/{id}.
func (h *handlers) describe(w http.ResponseWriter, r *web.Request) error {
	q, err := h.ask(r)
	if err != nil {
		return err
	}
	noCache(w)
	return web.WriteJSON(w, http.StatusOK, q)
}

// approve answers POST /api/auth/v1/sessions/{id}/approve.
func (h *handlers) approve(w http.ResponseWriter, r *web.Request) error { return h.say(w, r, true) }

// reject answers POST /api/auth/v1/sessions/{id}/reject.
func (h *handlers) reject(w http.ResponseWriter, r *web.Request) error { return h.say(w, r, false) }

func (h *handlers) say(w http.ResponseWriter, r *web.Request, approved bool) error {
	to, err := h.answer(r, approved)
	if err != nil {
		return err
	}
	noCache(w)
	return web.WriteJSON(w, http.StatusOK, struct {
		RedirectURL string `json:"redirectUrl"`
	}{to})
}
