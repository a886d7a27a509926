package oauth

import (
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

const (
	maxRedirects = 20
	// registrationsPerMinute is how many clients one address may register: each
	// is a durable row (G-02).
	registrationsPerMinute = 30
	// Methods by which clients prove who they are.
	byBasic, byPost, byNothing = "client_secret_basic", "client_secret_post", "none"
)

// registered is what was registered (RFC 7591 section 3.2.1). The first three
// members are the contract's.
type registered struct {
	ID        string   `json:"client_id"`
	Redirects []string `json:"redirect_uris"`
	Secret    string   `json:"client_secret,omitempty"`
	IssuedAt  int64    `json:"client_id_issued_at"`
	// EndsAt is 0: a secret does not end by itself. A client that is not used
	// for 90 days does.
	EndsAt        *int64   `json:"client_secret_expires_at,omitempty"`
	Name          string   `json:"client_name,omitempty"`
	GrantTypes    []string `json:"grant_types"`
	ResponseTypes []string `json:"response_types"`
	AuthMethod    string   `json:"token_endpoint_auth_method"`
	Scope         string   `json:"scope,omitempty"`
}

// register answers POST /api/auth/v1/register (RFC 7591).
func (h *handlers) register(w http.ResponseWriter, r *web.Request) error {
	if err := r.CountHere("registrations", registrationsPerMinute); err != nil {
		return err
	}
	body, err := r.JSON()
	if err != nil {
		return err
	}
	object, err := body.Object()
	if err != nil {
		return err
	}
	if _, stated := object.Find("software_statement"); stated { // what it says would have to come first
		return oauth.Fail("unapproved_software_statement", "Software statements are not accepted here; register without one")
	}
	client, method, err := h.readMetadata(object)
	if err != nil {
		return err
	}
	made, secret, err := h.Authority.RegisterClient(r.Context(), r.Principal, client, method == byNothing)
	if err != nil {
		return err
	}
	out := registered{
		ID: made.ID, Redirects: made.RedirectURIs, Secret: secret.Reveal(), IssuedAt: made.CreatedAt.Unix(), Name: made.Name,
		GrantTypes: []string{"authorization_code"}, ResponseTypes: []string{"code"}, AuthMethod: method, Scope: made.Scopes.String(),
	}
	if made.Refresh {
		out.GrantTypes = append(out.GrantTypes, "refresh_token")
	}
	if !secret.IsZero() {
		out.EndsAt = new(int64)
	}
	noCache(w)
	return web.WriteJSON(w, http.StatusCreated, out)
}

// readMetadata reads what is registered (RFC 7591 section 2) and how the client
// will authenticate. Members that are not known are passed over.
func (h *handlers) readMetadata(object web.Object) (client token.Client, method string, err error) {
	if client.RedirectURIs, err = readRedirects(object); err != nil {
		return client, "", err
	}
	if client.Name, err = optional(object, "client_name", "", token.ValidText); err != nil {
		return client, "", err
	}
	method, err = optional(object, "token_endpoint_auth_method", byBasic, func(s string) bool {
		return slices.Contains([]string{byBasic, byPost, byNothing}, s)
	})
	if err != nil {
		return client, "", err
	}
	scope, err := optional(object, "scope", "", func(s string) bool { _, err := h.parseScope(s); return err == nil })
	if err != nil {
		return client, "", err
	}
	if client.Scopes, err = h.parseScope(scope); err != nil {
		return client, "", err
	}
	grants, err := subset(object, "grant_types", "authorization_code", "refresh_token")
	if err != nil {
		return client, "", err
	}
	if _, err := subset(object, "response_types", "code"); err != nil {
		return client, "", err
	}
	_, keys := object.Find("jwks")
	if _, address := object.Find("jwks_uri"); keys && address { // RFC 7591 section 2
		return client, "", invalidMetadata("jwks and jwks_uri exclude each other")
	}
	client.Refresh = grants == nil || slices.Contains(grants, "refresh_token") ||
		slices.Contains(client.Scopes, oauth.ScopeOffline)
	return client, method, nil
}

func readRedirects(object web.Object) ([]string, error) {
	value, _ := object.Find("redirect_uris")
	list, ok := value.Texts()
	if !ok || len(list) == 0 || len(list) > maxRedirects {
		return nil, oauth.Fail(oauth.InvalidRedirectURI, "redirect_uris must be an array of 1 to 20 addresses")
	}
	for _, uri := range list {
		if !oauth.CheckRedirect(uri) {
			return nil, oauth.Fail(oauth.InvalidRedirectURI,
				"A redirect URI must be an absolute https address, an http address of this machine, or of a scheme with a dot; without fragment, credentials and wildcards")
		}
	}
	return list, nil
}

// optional reads a member that must be a text of some form.
func optional(object web.Object, name, otherwise string, good func(string) bool) (string, error) {
	value, ok := object.Find(name)
	if !ok || value.IsNull() {
		return otherwise, nil
	}
	text, ok := value.Text()
	if !ok || len(text) > maxClientID || !good(text) {
		return "", invalidMetadata(name + " is not of a form that is known here")
	}
	return text, nil
}

// subset reads a member that must be an array of known texts; the first of
// them must be there.
func subset(object web.Object, name string, known ...string) ([]string, error) {
	value, ok := object.Find(name)
	if !ok || value.IsNull() {
		return nil, nil
	}
	list, ok := value.Texts()
	if !ok || !slices.Contains(list, known[0]) ||
		slices.ContainsFunc(list, func(one string) bool { return !slices.Contains(known, one) }) {
		return nil, invalidMetadata(name + " holds what is not offered here, or not what is needed")
	}
	return list, nil
}

func invalidMetadata(why string) error { return oauth.Fail(oauth.InvalidClientMetadata, why) }
