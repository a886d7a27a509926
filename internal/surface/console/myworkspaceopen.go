package console

import (
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// openedWorkspace is the workspace of a path, as whoever looks may see it.
type openedWorkspace struct {
	name, uuid string
	usable     bool // they may have tokens in it that work
	whole      bool // they may see and end those of everybody
	closed     bool // it is disabled
	left       bool // they are no member any more
}

var errNoWorkspace = token.NewError(token.ErrNotFound, "There is no such workspace, or you are not in it", nil)

// openWorkspace gives the pages about the tokens of the workspace of a path. To
// whoever is not in it, and has no tokens for it, it does not exist (row C5); nor
// does a token of another workspace exist in it (row E-07).
func (h handlers) openWorkspace(r *web.Request) (tokenPages, error) {
	in, err := h.lookInto(r, r.PathValue("w"))
	if err != nil {
		return tokenPages{}, err
	}
	p := h.workspacePages(in)
	if r.PathValue("id") != "" {
		_, err = p.find(r)
	}
	return p, err
}

func (h handlers) lookInto(r *web.Request, name string) (*openedWorkspace, error) {
	standing, err := h.Directory.Standing(r.Context(), r.Principal.Ref, name)
	switch {
	case err != nil:
		return nil, token.Unavailable(err)
	case standing.Workspace == "":
		return nil, errNoWorkspace
	}
	_, all := h.Policy().Owners(r.Principal, policy.WorkspaceRead)
	in := &openedWorkspace{
		name: name, uuid: standing.Workspace, closed: standing.Closed, left: standing.Power == 0,
		usable: standing.Active && !standing.Closed && standing.Power >= token.PowerUser,
		whole:  all || standing.Active && standing.Power >= token.PowerOwner,
	}
	if in.whole || !in.left {
		return in, nil
	}
	own, err := h.Authority.List(r.Context(), r.Principal, token.Query{
		Kind: token.KindWorkspace, Owner: r.Principal.Ref, Workspace: name, Limit: 1, NoTotal: true,
	})
	if err == nil && len(own.Tokens) == 0 {
		err = errNoWorkspace
	}
	return in, err
}

// workspacePages are the pages about the tokens of one workspace, as one who is
// in it sees them.
func (h handlers) workspacePages(in *openedWorkspace) tokenPages {
	return tokenPages{
		handlers: h, kind: token.KindWorkspace, path: workspaceTokensPath(in.name), owner: "user", in: in,
		read: policy.WorkspaceRead, write: policy.WorkspaceWrite, revoke: policy.WorkspaceRevoke,
		form: formRules{presets: true, longest: 255, named: namedByPeople},
		words: kindWords{
			title: "workspace.mine.title", lead: "workspace.tokens.lead", search: "token.name",
			owner: "workspace.account", scopes: "workspace.access",
			add: "workspace.new", addLead: "workspace.new.lead",
			noneTitle: "workspace.none.title", none: "workspace.none.text", mayNot: "workspace.none.ask",
			nothing:  "workspace.nothing.text",
			nameHint: "workspace.name.hint", expiryLimit: "workspace.expiry.limit",
			nameLong: "workspace.fault.name.long", nameTaken: "workspace.fault.name.characters", nameCharacters: "workspace.fault.name.characters",
			ownerFull:   "workspace.fault.full",
			scopesEmpty: "workspace.fault.access", scopesLost: "workspace.fault.access",
		},
	}
}

// own fails unless a token of a workspace is that of whoever asks: nobody gets a
// secret that speaks as somebody else.
func (p tokenPages) own(r *web.Request) error {
	if p.in == nil {
		return nil
	}
	t, err := p.find(r)
	if err == nil && t.Owner != r.Principal.Ref {
		return token.NewError(token.ErrNotFound, "Token not found", nil)
	}
	return err
}

// endToken revokes a token: one of one's own, or, as an owner of its workspace,
// one of somebody else.
func (p tokenPages) endToken(r *web.Request, rev token.Revocation) error {
	if p.in != nil {
		t, err := p.find(r)
		switch {
		case err != nil:
			return err
		case t.Owner != r.Principal.Ref:
			return p.Authority.RevokeInWorkspace(r.Context(), r.Principal, p.in.name, rev)
		}
	}
	_, err := p.Authority.Revoke(r.Context(), r.Principal, p.kind, rev)
	return err
}

// opener gives the pages that a request is for.
type opener func(r *web.Request) (tokenPages, error)

// within makes a handler of one that stands on the pages of its request.
func (o opener) within(handle func(tokenPages, http.ResponseWriter, *web.Request) error) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		p, err := o(r)
		if err != nil {
			return err
		}
		return handle(p, w, r)
	}
}

// summary says in words what a new token will be able to do.
func (in *openedWorkspace) summary(v *page.Visitor, form tokenForm, until time.Time) string {
	return v.Text(summaryKey(form.access), "name", form.name, "workspace", in.name, "person", form.owner, "day", v.Day(until))
}
