package admin

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/authority"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

const (
	defaultTokens = 50
	maxTokens     = 200
)

func (s surface) tokenRoutes() []web.Route {
	return []web.Route{
		route(http.MethodPost, api.PathTokens, verb, s.issue),
		route(http.MethodGet, api.PathTokens, verb, s.listTokens),
		route(http.MethodGet, api.PathToken, verb, s.findToken),
		route(http.MethodGet, api.PathTokenAudit, verb, s.history),
		route(http.MethodPost, api.PathTokenRotate, verb, s.rotate),
		route(http.MethodPost, api.PathTokenRevoke, verb, s.revoke),
		route(http.MethodPost, api.PathTokenDisable, policy.Admin, s.disable),
		route(http.MethodPost, api.PathTokenEnable, policy.Admin, s.enable),
		route(http.MethodPost, api.PathRevokeAll, policy.Admin, s.revokeAll),
		route(http.MethodPost, api.PathVerify, policy.Introspect, s.verify),
	}
}

func (s surface) issue(w http.ResponseWriter, r *web.Request) error {
	f := body(r, "kind", "name", "description", "owner", "user", "workspace", "scopes", "expiresAt", "expiresInSeconds")
	req := authority.Request{
		Name: f.text("name"), Description: f.text("description"),
		Scopes: f.texts("scopes"), Expiry: f.expiry(s.Authority.Now()),
	}
	kind, belongs := f.text("kind"), belonging{f.text("owner"), f.text("user"), f.text("workspace")}
	if f.err != nil {
		return f.err
	}
	var err error
	if req.Kind, err = token.ParseKind(kind); err != nil {
		return err
	}
	if req.Owner, req.Workspace, err = belongs.to(req.Kind); err != nil {
		return err
	}
	issued, err := s.Authority.Issue(r.Context(), r.Principal, req)
	if err != nil {
		return err
	}
	return s.handOver(w, http.StatusCreated, issued)
}

// belonging is whom a token is to belong to, as it was asked for.
type belonging struct{ owner, user, workspace string }

// to gives the owner and the workspace of a token of a kind.
func (b belonging) to(kind token.Kind) (owner, workspace string, err error) {
	switch {
	case kind == token.KindService && (b.user != "" || b.workspace != ""):
		err = token.Invalid("a service token belongs to a group: give owner, and neither user nor workspace")
	case kind == token.KindUser && (b.owner != "" || b.workspace != ""):
		err = token.Invalid("a user token belongs to a person: give user, and neither owner nor workspace")
	case kind == token.KindWorkspace && b.owner != "":
		err = token.Invalid("a workspace token belongs to a person in a workspace: give user and workspace, and not owner")
	}
	return cmp.Or(b.owner, b.user), b.workspace, err
}

// handOver writes a record together with its secret: the one place of this
// surface where a secret leaves.
func (s surface) handOver(w http.ResponseWriter, status int, issued token.Issued) error {
	t, err := s.token(issued.Token)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, status, api.Issued{Token: t, RawToken: issued.Secret.Reveal()})
}

// kinds lists the kinds that are issued here.
func (s surface) kinds() []token.Kind {
	return slices.DeleteFunc(token.Kinds(), func(k token.Kind) bool {
		_, err := s.Authority.Rules(k)
		return err != nil
	})
}

// readable lists the kinds whose tokens a principal may read. Whoever may read
// none is given all: the verb then refuses, and records it.
func (s surface) readable(by token.Principal) []token.Kind {
	table, all := s.Policy(), s.kinds()
	some := slices.DeleteFunc(slices.Clone(all), func(k token.Kind) bool {
		rules, err := s.Authority.Rules(k)
		return err != nil || table.May(by, rules.Read) != nil
	})
	if len(some) == 0 {
		return all
	}
	return some
}

// find gives the record of an id, whatever its kind.
func (s surface) find(r *web.Request, id string) (token.Token, error) {
	kind, err := s.Authority.FindKind(r.Context(), r.Principal, id, audit.AccessRefused)
	if err != nil {
		return token.Token{}, err
	}
	return s.Authority.Find(r.Context(), r.Principal, kind, id)
}

func (s surface) findToken(w http.ResponseWriter, r *web.Request) error {
	t, err := s.find(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.answer(w, t)
}

// answer writes a record.
func (s surface) answer(w http.ResponseWriter, t token.Token) error {
	out, err := s.token(t)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, out)
}

func (s surface) history(w http.ResponseWriter, r *web.Request) error {
	t, err := s.find(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	q := parameters(r)
	selected, list := q.entries(), wire.Listing{Name: "history of " + t.ID, Selection: q.params, Parameter: "before"}
	selected.TokenID = t.ID
	return s.answerEntries(w, q, entryList{list, selected, func(page audit.Query) (audit.Page, error) {
		return s.Authority.History(r.Context(), r.Principal, t.Kind, page)
	}})
}
