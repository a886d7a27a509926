package oauth

import (
	"net/http"

	"github.com/tokenwright/tokenwright/internal/oauth"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// person is what is told of the one who is asked about.
type person struct {
	Subject string   `json:"sub"`
	Owns    []string `json:"ent"` // refs of the person and of their groups
}

// userinfo answers GET and POST /api/auth/v1/userinfo (OpenID Connect Core
// section 5.3): who the holder of an access JWT acts as. The same members stand
// at the top, for OpenID clients, and in claims, where the reference has them
// (PER-24).
func (h *handlers) userinfo(w http.ResponseWriter, r *web.Request) error {
	if r.Principal.Type != token.PrincipalUser || !r.Presented {
		return oauth.Fail(oauth.InvalidToken, "The access token is not valid")
	}
	groups, err := h.GroupsOf(r.Context(), r.Principal.Ref)
	if err != nil {
		return token.Unavailable(err)
	}
	who := person{r.Principal.Ref, append([]string{r.Principal.Ref}, groups...)}
	noCache(w)
	return web.WriteJSON(w, http.StatusOK, struct {
		person

		Claims person `json:"claims"`
	}{who, who})
}
