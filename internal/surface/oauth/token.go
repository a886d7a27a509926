package oauth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/login"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// tokens is the answer of the token endpoint, in the order of the wire.
type tokens struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Expires int64  `json:"expires_in"` // seconds
	ID      string `json:"id_token,omitempty"`
	Scope   string `json:"scope,omitempty"`
	Refresh string `json:"refresh_token,omitempty"`
}

var (
	errGrantType = oauth.Fail(oauth.UnsupportedGrantType, "The grant types are authorization_code and refresh_token")
	errNoClient  = oauth.Fail(oauth.InvalidRequest, "client_id is required")
)

// token answers POST /api/auth/v1/token.
func (h *handlers) token(w http.ResponseWriter, r *web.Request) error {
	form, err := readBody(r)
	if err != nil {
		return err
	}
	client, err := h.authenticate(r, form)
	if err != nil {
		return err
	}
	var out tokens
	switch form["grant_type"] {
	case "":
		return oauth.Fail(oauth.InvalidRequest, "grant_type is required")
	case "authorization_code":
		out, err = h.redeem(r, form, client)
	case "refresh_token":
		out, err = h.exchange(r, form, client)
	default:
		return errGrantType
	}
	if err != nil {
		return err
	}
	noCache(w)
	return web.WriteJSON(w, http.StatusOK, out)
}

// redeem takes a code for tokens (RFC 6749 section 4.1.3).
func (h *handlers) redeem(r *web.Request, form fields, client *token.Client) (tokens, error) {
	switch {
	case client == nil:
		return tokens{}, errNoClient
	case form["code"] == "" || form["redirect_uri"] == "":
		return tokens{}, oauth.Fail(oauth.InvalidRequest, "code and redirect_uri are required")
	}
	out := tokens{Type: "Bearer"}
	granted, err := h.Authority.Redeem(r.Context(), visitor(r), authority.RedeemRequest{
		Client: *client, Code: form["code"], RedirectURI: form["redirect_uri"], Verifier: form["code_verifier"],
		Lifetime: h.AccessLifetime,
		Seal: func(t token.Token, asked token.Authorization) error {
			out.Scope = asked.Scopes.String()
			if err := h.seal(r.Context(), &out, t, client.ID); err != nil {
				return err
			}
			return h.sealIdentity(&out, t, asked)
		},
	})
	if err != nil {
		return tokens{}, err
	}
	out.Refresh = granted.Secret.Reveal()
	return out, nil
}

// exchange takes a refresh token for a JWT (RFC 6749 section 6).
func (h *handlers) exchange(r *web.Request, form fields, client *token.Client) (tokens, error) {
	if form["refresh_token"] == "" {
		return tokens{}, oauth.Fail(oauth.InvalidRequest, "Missing refresh_token parameter for refresh_token grant")
	}
	scopes, err := h.parseScope(form["scope"])
	if err != nil {
		return tokens{}, err
	}
	out := tokens{Type: "Bearer"}
	granted, err := h.Authority.Exchange(r.Context(), visitor(r), authority.ExchangeRequest{
		Client: client, Secret: token.NewSecret(form["refresh_token"]), Scopes: scopes,
		Seal: func(t token.Token) error {
			id := t.Name
			if t.Kind == token.KindPersonal {
				id = oauth.PersonalClient
			}
			return h.seal(r.Context(), &out, t, id)
		},
	})
	if errors.Is(err, token.ErrExpired) { // less than a second is left of it
		return tokens{}, oauth.ErrInvalidRefresh
	}
	if err != nil {
		return tokens{}, err
	}
	out.Refresh = granted.Secret.Reveal()
	return out, nil
}

// seal makes the access JWT of a record.
func (h *handlers) seal(ctx context.Context, out *tokens, t token.Token, client string) error {
	made, err := h.Access.Exchange(ctx, h.exchangeOf(t, client))
	if err != nil {
		return err
	}
	out.Access, out.Expires = made.Token.Reveal(), int64(made.Lifetime/time.Second)
	return nil
}

// sealIdentity makes the ID token, when it was asked for.
func (h *handlers) sealIdentity(out *tokens, t token.Token, asked token.Authorization) error {
	if !slices.Contains(asked.Scopes, oauth.ScopeOpenID) {
		return nil
	}
	made, err := h.Access.Identify(h.exchangeOf(t, asked.Client), asked.Nonce)
	out.ID = made.Reveal()
	return err
}

func (h *handlers) exchangeOf(t token.Token, client string) login.Exchange {
	return login.Exchange{
		User: t.Owner, Client: client, Session: t.ID, Scopes: t.Scopes, Lifetime: h.AccessLifetime, Until: t.ExpiresAt,
	}
}

// visitor gives nobody, at the address that a request comes from.
func visitor(r *web.Request) token.Principal {
	from := token.Principal{RequestID: r.ID}
	if r.Address.IsValid() {
		from.Address = r.Address.String()
	}
	return from
}
