package personal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// SettingsPath is where the fragment is read: a page of the console.
const SettingsPath = "/settings/personal-tokens"

// Keys of the fragment.
const (
	mintedKey = "personal-access-tokens-mint"
	failedKey = "personal-access-tokens-mint-error"
)

// Messages that do not stand with a refusal.
const (
	sayMissing = "OAuth callback missing code or state"
	sayFailed  = "Failed to complete mint flow; try again"
)

// minted is what the settings page gets, in the order of the contract.
type minted struct {
	Type     string         `json:"type"`
	FlowID   string         `json:"flowId"`
	Token    string         `json:"token"`
	Metadata mintedMetadata `json:"metadata"`
}

type mintedMetadata struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	CreatedAt wire.Timestamp `json:"createdAt"`
	ExpiresAt wire.Timestamp `json:"expiresAt"`
	Prefix    string         `json:"prefix"`
}

type failed struct {
	Message string `json:"message"`
}

// callback makes the token that a person consented to. Whatever comes of it,
// the person ends on the settings page: a browser is here, and not a client.
func (h handlers) callback(w http.ResponseWriter, r *web.Request) error {
	answer, message := h.answerOf(r)
	if message != "" {
		return h.settle(w, failedKey, failed{message})
	}
	from := token.Principal{RequestID: r.ID}
	if r.Address.IsValid() {
		from.Address = r.Address.String()
	}
	made, err := h.Authority.FinishMint(r.Context(), from, answer)
	if err != nil {
		return h.settle(w, failedKey, failed{why(err, answer.Error)})
	}
	t := made.Token
	h.Cookies.Arrive(w, t.ID)
	return h.settle(w, mintedKey, minted{
		Type: "personal-access-tokens-mint-result", FlowID: made.FlowID, Token: made.Secret.Reveal(),
		Metadata: mintedMetadata{t.ID, t.Name, wire.Timestamp(t.CreatedAt), wire.Timestamp(t.ExpiresAt), t.Hint},
	})
}

// answerOf reads what the authorization server sent along with the browser. A
// message says why it is none. A parameter that is there twice has no meaning,
// and an empty one is absent.
func (h handlers) answerOf(r *web.Request) (answer authority.MintAnswer, message string) {
	params, err := r.Query()
	if err != nil {
		return answer, sayMissing
	}
	for _, one := range []struct {
		name string
		into *string
	}{{"state", &answer.State}, {"code", &answer.Code}, {"error", &answer.Error}} {
		if *one.into, err = params.One(one.name); err != nil {
			return answer, sayMissing
		}
	}
	if answer.State == "" || answer.Code == "" && answer.Error == "" {
		return answer, sayMissing
	}
	answer.Browser = h.Cookies.Browser(r.Request)
	return answer, ""
}

// why puts a failed mint into words. They are fixed: only a code that RFC 6749
// knows is repeated, because anybody can send a browser here (PER-43).
func why(err error, code string) string {
	switch {
	case errors.Is(err, token.ErrUnavailable):
		return sayFailed
	case errors.Is(err, authority.ErrNoMint), errors.Is(err, token.ErrHasExpired),
		errors.Is(err, token.ErrNameTaken), errors.Is(err, token.ErrQuota):
		return token.Message(err)
	case errors.Is(err, authority.ErrMintRefused):
		if !oauth.IsAuthorizationCode(code) {
			code = string(oauth.ServerError)
		}
		return "OAuth flow returned error: " + code
	}
	return sayFailed
}

// settle sends the browser to the settings page with a fragment. There is no
// body: one that names the address, as redirects usually have, would hold the
// token a second time.
func (h handlers) settle(w http.ResponseWriter, key string, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("personal: write the fragment: %w", err)
	}
	w.Header().Set("Location", h.PublicURL+SettingsPath+"#"+key+"="+base64.RawURLEncoding.EncodeToString(text))
	return web.WriteEmpty(w, http.StatusFound)
}
