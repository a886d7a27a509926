package workspace

import (
	"net/http"

	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// list answers with one's own tokens, or with all of a workspace to its owners.
func (h handlers) list(w http.ResponseWriter, r *web.Request) error {
	query, err := r.Query()
	if err != nil {
		return err
	}
	q := token.Query{Kind: token.KindWorkspace}
	if q.Limit, q.Offset, err = wire.ReadPage(query, wire.UsualPage); err != nil {
		return err
	}
	if q.States, err = wire.ReadStates(query); err != nil {
		return err
	}
	if q.Workspace, err = query.One("workspace"); err != nil {
		return err
	}
	list := h.Authority.ListInWorkspace
	if q.Workspace == "" {
		q.Owner = r.Principal.Ref
		list = h.Authority.List
	}
	page, err := list(r.Context(), r.Principal, q)
	if err != nil {
		return err
	}
	records, err := h.wireAll(r.Context(), page.Tokens)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, wire.List[wireToken]{
		Tokens: records, Total: page.Total, Limit: q.Limit, Offset: q.Offset,
	})
}

func (h handlers) find(w http.ResponseWriter, r *web.Request) error {
	t, err := h.Authority.Find(r.Context(), r.Principal, token.KindWorkspace, r.PathValue("id"))
	if err != nil {
		return err
	}
	records, err := h.wireAll(r.Context(), []token.Token{t})
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, records[0])
}

func (h handlers) issue(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "name", "workspace", "user", "scopes", "expiresInDays", "expiresAt")
	if err != nil {
		return err
	}
	owner := fields.Ref("user")
	if owner == "" {
		owner = r.Principal.Ref
	}
	issued, err := h.Authority.Issue(r.Context(), r.Principal, authority.Request{
		Kind: token.KindWorkspace, Name: fields.Text("name"), Owner: owner, Workspace: fields.Text("workspace"),
		Scopes: scopesOf(fields), Expiry: expiryOf(fields),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", Base+"/"+issued.Token.ID)
	return h.writeIssued(w, r, http.StatusCreated, issued)
}

// writeIssued writes a record with its token. It is one of the two answers of
// this surface that ever hold one.
func (h handlers) writeIssued(w http.ResponseWriter, r *web.Request, status int, issued token.Issued) error {
	records, err := h.wireAll(r.Context(), []token.Token{issued.Token})
	if err != nil {
		return err
	}
	return web.WriteJSON(w, status, wire.Issued[wireToken]{Token: records[0], RawToken: issued.Secret.Reveal()})
}

func (h handlers) rotate(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "overlapSeconds", "scopes", "expiresInDays", "expiresAt")
	if err != nil {
		return err
	}
	overlap, err := fields.Overlap()
	if err != nil {
		return err
	}
	issued, err := h.Authority.Rotate(r.Context(), r.Principal, authority.RotateRequest{
		Kind: token.KindWorkspace, TokenID: r.PathValue("id"), Overlap: overlap,
		Scopes: scopesOf(fields), Expiry: expiryOf(fields),
	})
	if err != nil {
		return err
	}
	return h.writeIssued(w, r, http.StatusOK, issued)
}

// revoke ends a token of one's own, or one of a workspace for its owners.
func (h handlers) revoke(w http.ResponseWriter, r *web.Request) error {
	fields, err := wire.ReadFields(r, "reason")
	if err != nil {
		return err
	}
	rev := token.Revocation{TokenID: r.PathValue("id")}
	if rev.Reason, err = fields.Reason(); err != nil {
		return err
	}
	t, err := h.Authority.Find(r.Context(), r.Principal, token.KindWorkspace, rev.TokenID)
	switch {
	case err != nil:
		return err
	case t.Owner == r.Principal.Ref:
		_, err = h.Authority.Revoke(r.Context(), r.Principal, token.KindWorkspace, rev)
	default:
		err = h.Authority.RevokeInWorkspace(r.Context(), r.Principal, t.Workspace, rev)
	}
	if err != nil {
		return err
	}
	return web.WriteEmpty(w, http.StatusNoContent)
}

// scopesOf gives the wished scopes: nil when the member is absent, which means
// all of them, and never nil for one that is there and empty or null: a client
// whose variable has no value must not be given everything (W-23).
func scopesOf(fields wire.Fields) []string {
	if !fields.Has("scopes") {
		return nil
	}
	return fields.Scopes("scopes")
}

// What can be wrong with a wished expiry.
var (
	errBoth       = token.Invalid("give expiresInDays or expiresAt, not both")
	errDays       = token.Invalid("expiresInDays must be a whole number of at least 1")
	errUnreadable = token.Invalid("expiresAt must be in the future")
)

// expiryOf gives the wish for an expiry. What cannot be read becomes its Fault.
func expiryOf(fields wire.Fields) authority.Expiry {
	at, hasAt := fields.Find("expiresAt")
	days, hasDays := fields.Find("expiresInDays")
	switch {
	case hasAt && hasDays:
		return authority.Expiry{Fault: errBoth}
	case hasDays:
		n, ok := days.Integer()
		if !ok || n < 1 {
			return authority.Expiry{Fault: errDays}
		}
		return authority.Expiry{Days: n}
	case hasAt:
		text, ok := at.Text()
		if !ok {
			return authority.Expiry{Fault: errUnreadable}
		}
		instant, err := wire.ParseInstant(text)
		return authority.Expiry{At: instant, Fault: err}
	}
	return authority.Expiry{}
}
