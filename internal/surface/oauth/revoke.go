package oauth

import (
	"errors"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
	"github.com/tokenwright/tokenwright/verify"
)

var (
	errNoToken = oauth.Fail(oauth.InvalidRequest, "token is required")
	errNobody  = oauth.Fail(oauth.InvalidClient, "Client authentication required")
	errForeign = oauth.Fail(oauth.InvalidGrant, "The token belongs to another client")
	errCannot  = oauth.Fail("unsupported_token_type", "This token cannot be revoked; it ends by itself")
)

// revoke answers POST /api/auth/v1/revoke (RFC 7009). Unknown, malformed and
// ended tokens, and an id with a wrong secret, are answered as if they had been
// revoked, and nothing changes (row C7). A hint never hinders.
func (h *handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	form, err := readBody(r)
	if err != nil {
		return err
	}
	if form["token"] == "" {
		return errNoToken
	}
	client, err := h.authenticate(r, form)
	if err != nil {
		return err
	}
	// One that was imported and never used is recognised by its slow hash alone.
	err = h.Authority.Adopt(r.Context(), visitor(r), token.NewSecret(form["token"]))
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return err
	}
	proof, record, err := h.Verifier.Inspect(r.Context(), form["token"])
	switch {
	case errors.Is(err, token.ErrUnavailable):
		return err
	case record.ID == "" || !holds(err), err != nil && record.Kind == token.KindAccess:
		noCache(w)
		return web.WriteEmpty(w, http.StatusOK)
	case record.Kind == token.KindPeer, record.Kind == token.KindAccess && proof.Issuer() != h.Issuer:
		return errCannot
	case client == nil && record.Kind == token.KindRefresh:
		return errNobody
	case !mayEnd(client, record, proof):
		return errForeign
	}
	holder := visitor(r)
	holder.TokenID = record.ID
	if err := h.Authority.RevokePresented(r.Context(), holder, record); err != nil {
		return err
	}
	noCache(w)
	return web.WriteEmpty(w, http.StatusOK)
}

// mayEnd reports whether a live token is one that its holder, as this client,
// may end. Nothing but the token is needed, save for refresh tokens of clients:
// they are of use to their client alone. A client ends its own (PER-20).
func mayEnd(client *token.Client, record token.Token, proof *verify.Verified) bool {
	switch {
	case record.Kind == token.KindRefresh:
		return client != nil && client.ID == record.Name
	case client == nil:
		return true
	case record.Kind == token.KindAccess:
		return client.ID == proof.ClientID()
	}
	return record.Kind == token.KindPersonal && client.ID == oauth.PersonalClient
}

// holds reports whether a token that was inspected with this result is one that
// its holder may end: good, disabled for a while, or ended on another node,
// whose change may not have come here yet. A former secret is not.
func holds(inspected error) bool {
	return inspected == nil || errors.Is(inspected, token.ErrNotBearer) ||
		errors.Is(inspected, token.ErrDisabled) || errors.Is(inspected, token.ErrRevoked)
}
