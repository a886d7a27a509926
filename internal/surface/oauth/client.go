package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// maxClientID bounds what is looked up.
const maxClientID = 2048

// findClient gives a client by its id, or token.ErrNotFound.
func (h *handlers) findClient(ctx context.Context, id string) (token.Client, error) {
	switch {
	case id == oauth.PersonalClient && h.Personal:
		return token.Client{
			ID: id, Name: "Personal tokens", Refresh: true, Verified: true,
			RedirectURIs: []string{h.PublicURL + oauth.PersonalCallbackPath},
		}, nil
	case id == "" || len(id) > maxClientID || !token.ValidText(id):
		return token.Client{}, token.ErrNotFound
	}
	if h.documents.allows(id) {
		return h.documents.find(ctx, id)
	}
	return h.Authority.FindClient(ctx, id)
}

// findHolder is findClient for clients that hold a code or a token. Of one with
// a document nothing is read: what it holds says where it was allowed to wait.
func (h *handlers) findHolder(ctx context.Context, id string) (token.Client, error) {
	if h.documents.allows(id) {
		return token.Client{ID: id, Refresh: true}, nil
	}
	return h.findClient(ctx, id)
}

// presented is how a client says who it is.
type presented struct {
	id     string
	secret token.Secret
	proves bool // a secret was sent, good or empty
}

var errTwoClients = oauth.Fail(oauth.InvalidRequest, "Exactly one client authentication is allowed")

// authenticate gives the client of a request to the token endpoint, or nil
// when none is named. A client that has a secret must send it, and one that
// has none must not (PER-14).
func (h *handlers) authenticate(r *web.Request, form fields) (*token.Client, error) {
	sent, err := readClient(r, form)
	if err != nil || sent.id == "" && !sent.proves {
		return nil, err
	}
	client, err := h.findHolder(r.Context(), sent.id)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return nil, err
	}
	// Guesses are counted by where they come from and not by client: nobody
	// guesses 256 random bits, and who knows a client's name, which is no
	// secret, must not shut out everybody who uses it.
	guess, limited := r.Guess()
	if limited != nil {
		return nil, limited
	}
	// Of an unknown client the secret is compared all the same: the time must
	// not tell which clients there are (J-04).
	proven := h.Authority.ProvesClient(client, sent.secret)
	if err != nil || client.IsPublic() == sent.proves || sent.proves && !proven {
		return nil, oauth.ErrInvalidClient
	}
	guess.Right()
	if err := h.countClient(r, client); err != nil {
		return nil, err
	}
	return &client, h.Authority.UseClient(r.Context(), client)
}

// countClient counts a request of a client (PER-32). One that has proved who it
// is has one count, wherever it asks from. One without a secret has a count at
// each address, half as high as that of the address: strangers can say its name,
// and must not shut out everybody who uses it, nor it everybody beside it.
func (h *handlers) countClient(r *web.Request, client token.Client) error {
	if client.IsPublic() {
		return r.CountHere("client "+client.ID, h.PerClient/2)
	}
	return r.Count("client "+client.ID, h.PerClient)
}

// readClient reads client_secret_basic, client_secret_post or a bare client_id
// (RFC 6749 section 2.3.1).
func readClient(r *web.Request, form fields) (presented, error) {
	sent := presented{id: form["client_id"], secret: token.NewSecret(form["client_secret"]), proves: form["client_secret"] != ""}
	if form["client_assertion"] != "" || form["client_assertion_type"] != "" {
		return presented{}, oauth.ErrInvalidClient
	}
	basic := r.Header["Authorization"]
	if len(basic) == 0 {
		return sent, nil
	}
	scheme, value, _ := strings.Cut(basic[0], " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		return sent, nil // it says who somebody is, and nothing about the client
	case !strings.EqualFold(scheme, "Basic"):
		return presented{}, oauth.ErrInvalidClient
	}
	if sent.proves {
		return presented{}, errTwoClients
	}
	id, secret, ok := readBasic(value)
	switch {
	case !ok:
		return presented{}, oauth.ErrInvalidClient
	case sent.id != "" && sent.id != id:
		return presented{}, errTwoClients
	}
	return presented{id, token.NewSecret(secret), true}, nil
}

// readBasic undoes the encodings of a Basic credential: base64 over two parts,
// each of which is encoded as in a form.
func readBasic(value string) (id, secret string, ok bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimLeft(value, " "))
	if err != nil {
		return "", "", false
	}
	rawID, rawSecret, found := strings.Cut(string(raw), ":")
	id, errID := url.QueryUnescape(rawID)
	secret, errSecret := url.QueryUnescape(rawSecret)
	return id, secret, found && errID == nil && errSecret == nil && id != ""
}
