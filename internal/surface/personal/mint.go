package personal

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

var (
	errDate = token.Invalid("expiresAt must be a valid ISO 8601 date")
	// errNoCookies: without https everybody on the way could read the cookie.
	errNoCookies = token.Invalid("personal tokens need an https address: set public_url")
)

// mint keeps a wish for a token and says where the person can consent to it.
func (h handlers) mint(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "name", "expiresAt", "scopes")
	if err != nil {
		return err
	}
	begun, err := h.beginMint(w, r, wish(fields))
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, wireMint{begun.FlowID, h.authorizeURL(begun), begun.State})
}

// Begin keeps a person's wish for a token, makes their browser known, and gives
// the address at which they consent to it: the mint for a page of ours.
//
// Errors: those of authority.BeginMint; token.ErrInvalid where there is no https,
// because everybody on the way could read the cookie.
func (o Options) Begin(w http.ResponseWriter, r *web.Request, wish authority.Request) (consent string, err error) {
	h := handlers{o}
	begun, err := h.beginMint(w, r, wish)
	if err != nil {
		return "", err
	}
	return h.authorizeURL(begun), nil
}

// beginMint keeps a wish, and makes the browser known.
func (h handlers) beginMint(w http.ResponseWriter, r *web.Request, wish authority.Request) (authority.Mint, error) {
	if !h.Cookies.Usable() {
		return authority.Mint{}, errNoCookies
	}
	return h.Authority.BeginMint(r.Context(), r.Principal, authority.MintRequest{
		Request:     wish,
		Browser:     h.Cookies.EnsureBrowser(w, r.Request),
		RedirectURI: h.redirectURI(),
	})
}

// wish reads what is wished for. Scopes that are absent are not the same as
// none: the first is all that the person may do.
func wish(fields wire.Fields) authority.Request {
	req := authority.Request{Name: fields.Text("name")}
	if value, given := fields.Find("expiresAt"); given {
		text, _ := value.Text()
		req.Expiry = until(text)
	}
	if _, given := fields.Find("scopes"); given {
		req.Scopes = fields.Scopes("scopes")
	}
	return req
}

// until reads a date, or a date-time with a time zone.
func until(text string) authority.Expiry {
	at, err := wire.ParseInstant(text)
	if err != nil {
		return authority.Expiry{Fault: errDate}
	}
	return authority.Expiry{At: at}
}

func (h handlers) redirectURI() string { return h.PublicURL + oauth.PersonalCallbackPath }

// authorizeURL gives the address of the authorization endpoint, with the
// parameters in the order of the contract.
func (h handlers) authorizeURL(begun authority.Mint) string {
	var query strings.Builder
	for _, one := range [][2]string{
		{"response_type", "code"},
		{"client_id", oauth.PersonalClient},
		{"redirect_uri", h.redirectURI()},
		{"scope", oauth.ScopeOpenID + " " + oauth.ScopeOffline},
		{"state", begun.State},
		{"code_challenge", begun.Challenge},
		{"code_challenge_method", "S256"},
	} {
		if query.Len() > 0 {
			query.WriteByte('&')
		}
		query.WriteString(one[0] + "=" + url.QueryEscape(one[1]))
	}
	return h.PublicURL + oauth.AuthorizePath + "?" + query.String()
}
