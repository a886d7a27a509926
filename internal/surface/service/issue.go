package service

import (
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

func (h handlers) issue(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "name", "description", "groupEntityRef", "scopes", "expiresAt", "expiresInDays")
	if err != nil {
		return err
	}
	issued, err := h.authority.Issue(r.Context(), r.Principal, authority.Request{
		Kind:        token.KindService,
		Name:        fields.Text("name"),
		Description: fields.Text("description"),
		Owner:       fields.Ref("groupEntityRef"),
		Scopes:      fields.Scopes("scopes"),
		Expiry:      expiry(fields),
	})
	if err != nil {
		return err
	}
	return h.writeIssued(w, http.StatusCreated, issued)
}

// writeIssued writes a record with its secret. It is one of the two answers
// that ever hold one.
func (h handlers) writeIssued(w http.ResponseWriter, status int, issued token.Issued) error {
	record, err := h.wire(issued.Token)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, status, wire.Issued[wireToken]{Token: record, RawToken: issued.Secret.Reveal()})
}
