package oauth

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// maxEcho bounds what is kept of a request to be sent back: state and nonce.
const maxEcho = 2048

// errClient: nobody is sent anywhere on behalf of a client that is not known or
// to an address that is not the client's.
var (
	errClient   = token.Invalid("The client that sent you here is not known, or it is named more than once. Nothing was authorized.")
	errRedirect = token.Invalid("The address to which you would be sent back is not one of this client's. Nothing was authorized.")
	errNoCookie = token.NewError(token.ErrUnavailable,
		"Nobody can be signed in here: that needs a public_url with https", nil)
	errUnread = token.NewError(token.ErrUnavailable, "The client's description cannot be read now. Nothing was authorized.", nil)
)

// authorize answers GET /api/auth/v1/authorize (RFC 6749 section 4.1.1). It
// needs nobody to be signed in and grants nothing.
func (h *handlers) authorize(w http.ResponseWriter, r *web.Request) error {
	query, err := r.Query()
	if err != nil {
		return err
	}
	back, client, err := h.wayBack(r, query)
	if err != nil {
		return err
	}
	if !h.Cookies.Usable() {
		return errNoCookie
	}
	asked, err := h.readAuthorization(query, client)
	if err == nil {
		asked.Client, asked.RedirectURI = client.ID, back
		asked.Browser = h.Cookies.EnsureBrowser(w, r.Request)
		return h.begin(w, r, asked)
	}
	return h.sendBack(w, back, asked.State, err)
}

// wayBack gives the redirect URI to which everything else may be told, and the
// client whose it is.
func (h *handlers) wayBack(r *web.Request, query web.Params) (string, token.Client, error) {
	id, err := query.One("client_id")
	if err != nil {
		return "", token.Client{}, errClient
	}
	client, err := h.findClient(r.Context(), id)
	switch {
	case errors.Is(err, token.ErrNotFound):
		return "", token.Client{}, errClient
	case err != nil:
		return "", token.Client{}, err
	}
	back, err := query.One("redirect_uri")
	if err != nil || !h.Redirects.Matches(client.RedirectURIs, back) {
		return "", token.Client{}, errRedirect
	}
	return back, client, nil
}

// readAuthorization judges the other parameters. The state is given back even
// when another parameter is wrong, so that the client knows its own request.
func (h *handlers) readAuthorization(query web.Params, client token.Client) (authority.AuthorizationRequest, error) {
	sent, err := readParams(query, []string{
		"state", "response_type", "response_mode", "scope", "nonce", "code_challenge", "code_challenge_method",
		"prompt", "request", "request_uri",
	})
	asked := authority.AuthorizationRequest{State: sent["state"], Nonce: sent["nonce"], Challenge: sent["code_challenge"]}
	if err != nil {
		if state, stateErr := query.One("state"); stateErr == nil && canEcho(state) {
			asked.State = state
		}
		return asked, err
	}
	if !canEcho(asked.State) || !canEcho(asked.Nonce) {
		asked.State = ""
		return asked, oauth.Fail(oauth.InvalidRequest, "state or nonce is too long or not plain text")
	}
	if err := checkAuthorization(sent); err != nil {
		return asked, err
	}
	if asked.Scopes, err = h.parseScope(sent["scope"]); err != nil {
		return asked, err
	}
	if len(asked.Scopes) == 0 {
		asked.Scopes = token.Scopes{oauth.ScopeOpenID}
	}
	for _, scope := range asked.Scopes {
		if client.Scopes != nil && !slices.Contains(client.Scopes, scope) {
			return asked, oauth.Fail(oauth.InvalidScope, "The client may not ask for this scope")
		}
	}
	if client.Scopes != nil && authority.CatalogueScopes(asked.Scopes) == nil {
		// To ask for less is not to get more: what is meant is all that the
		// client is registered for, and the person reads it (F-06).
		asked.Scopes = append(asked.Scopes, authority.CatalogueScopes(client.Scopes)...)
	}
	return asked, nil
}

// checkAuthorization: the only flow is a code with an S256 challenge, given
// back in the query (F-03, F-13).
func checkAuthorization(sent fields) error {
	switch {
	case sent["request"] != "" || sent["request_uri"] != "":
		// To pass over them would be to answer another request than was made.
		return oauth.Fail(oauth.InvalidRequest, "Request objects are not supported")
	case sent["response_type"] == "":
		return oauth.Fail(oauth.InvalidRequest, "response_type is required")
	case sent["response_type"] != "code":
		return oauth.Fail(oauth.UnsupportedResponseType, "The only response type is code")
	case sent["response_mode"] != "" && sent["response_mode"] != "query":
		return oauth.Fail(oauth.InvalidRequest, "The only response mode is query")
	case slices.Contains(strings.Split(sent["prompt"], " "), "none"):
		return oauth.Fail("interaction_required", "A person has to answer")
	case !oauth.IsChallenge(sent["code_challenge"]):
		return oauth.Fail(oauth.InvalidRequest, "code_challenge is required: 43 characters of base64url")
	case sent["code_challenge_method"] != oauth.MethodS256:
		return oauth.Fail(oauth.InvalidRequest, "code_challenge_method must be S256")
	}
	return nil
}

// canEcho: short, and without what no address can hold.
func canEcho(text string) bool {
	return len(text) <= maxEcho && !strings.ContainsFunc(text, func(c rune) bool { return c < 0x20 || c == 0x7f })
}

// begin keeps the request and leads the person to the page. A mint was kept
// already when it was begun; its state finds it.
func (h *handlers) begin(w http.ResponseWriter, r *web.Request, asked authority.AuthorizationRequest) error {
	var id string
	if asked.Client == oauth.PersonalClient {
		found, err := h.Authority.FindMint(r.Context(), asked.Browser, asked.State)
		if err == nil && found.Challenge != asked.Challenge {
			err = authority.ErrNoMint
		}
		if errors.Is(err, authority.ErrNoMint) {
			return h.sendBack(w, asked.RedirectURI, asked.State, oauth.Fail(oauth.InvalidRequest, "The mint is unknown or expired"))
		}
		if err != nil {
			return err
		}
		id = found.ID
	} else {
		kept, err := h.Authority.BeginAuthorization(r.Context(), asked)
		if errors.Is(err, token.ErrLimited) {
			return h.sendBack(w, asked.RedirectURI, asked.State,
				oauth.Fail(oauth.TemporarilyUnavailable, "Too many requests wait for an answer"))
		}
		if err != nil {
			return err
		}
		id = kept.ID
	}
	w.Header().Set("Location", h.PublicURL+oauth.ConsentPath+"/"+id)
	return web.WriteEmpty(w, http.StatusFound)
}

// sendBack tells the client what is wrong with its request (RFC 6749 section
// 4.1.2.1), by 303: nothing is sent there again (F-12).
func (h *handlers) sendBack(w http.ResponseWriter, back, state string, err error) error {
	var said *oauth.Error
	if !errors.As(err, &said) {
		return err
	}
	w.Header().Set("Location", oauth.AppendParams(back,
		"error", string(said.Code), "error_description", said.Description, "state", state, "iss", h.Issuer))
	return web.WriteEmpty(w, http.StatusSeeOther)
}
