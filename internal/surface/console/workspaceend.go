package console

import (
	"context"
	"net/http"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

func (h handlers) askLeaveWorkspace(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	in, err := h.findWorkspace(r)
	if err != nil {
		return err
	}
	user, err := readParam(r, "user")
	if err != nil {
		return err
	}
	usable, err := h.tokensIn(r, in.Name, user)
	if err != nil {
		return err
	}
	q := workspaceQuestion(v, in, "leave")
	q.title = v.Text("workspace.leave.title", "workspace", in.Name)
	q.text, q.button = v.Text("workspace.leave.text"), v.Text("workspace.leave.button")
	q.hidden = []carriedField{{"user", user}}
	q.facts = []namedFact{{v.Text("workspace.member"), user}, {v.Text("workspace.tokens"), numberText(v, usable)}}
	return h.writeQuestion(w, v, q)
}

// tokensIn counts the tokens of somebody in a workspace that work. Nobody has
// none.
func (h handlers) tokensIn(r *web.Request, workspace, user string) (int, error) {
	if _, ok := token.ParseUserRef(user); !ok {
		return 0, nil
	}
	return h.countTokens(r, token.Query{Workspace: workspace, Owner: user})
}

// numberText puts a number into words; one that is not known is a dash.
func numberText(v *page.Visitor, n int) string {
	if n == notKnown {
		return "—"
	}
	return v.Number(n)
}

// workspaceQuestion begins a question about a workspace.
func workspaceQuestion(v *page.Visitor, in workspaceView, action string) asking {
	return asking{
		formPlace: formPlace{
			tab: workspacesPath, path: workspacesPath + "/" + in.Name + "/" + action, back: in.path, trail: workspaceTrail(v, in.Name),
		},
		keep: v.Text("token.cancel"),
	}
}

func (h handlers) leaveWorkspace(w http.ResponseWriter, r *web.Request) error {
	form, err := readTexts(r, "user")
	if err != nil {
		return err
	}
	name := r.PathValue("w")
	if err := h.Directory.Verbs.LeaveWorkspace(r.Context(), r.Principal, name, form["user"]); err != nil {
		return err
	}
	h.Site.Notify(w, "notice.workspace-left")
	return page.SeeOther(w, workspacePath(name))
}

func (h handlers) askDisableWorkspace(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	in, err := h.findWorkspace(r)
	if err != nil {
		return err
	}
	q := workspaceQuestion(v, in, "disable")
	q.title, q.danger = v.Text("workspace.disable.title", "workspace", in.Name), true
	q.text, q.button = v.Text("workspace.disable.text"), v.Text("workspace.disable.button")
	q.facts = []namedFact{{v.Text("workspace.members"), v.Number(in.size)}, {v.Text("workspace.tokens"), numberText(v, in.usable)}}
	return h.writeQuestion(w, v, q)
}

func (h handlers) disableWorkspace(w http.ResponseWriter, r *web.Request) error {
	return h.switchWorkspace(w, r, h.Directory.Verbs.DisableWorkspace, "notice.workspace-disabled")
}

func (h handlers) enableWorkspace(w http.ResponseWriter, r *web.Request) error {
	return h.switchWorkspace(w, r, h.Directory.Verbs.EnableWorkspace, "notice.workspace-enabled")
}

// switchWorkspace is about the workspace of the path, whatever the form says.
func (h handlers) switchWorkspace(
	w http.ResponseWriter, r *web.Request,
	verb func(context.Context, token.Principal, string) error, notice message.Key,
) error {
	name := r.PathValue("w")
	if err := verb(r.Context(), r.Principal, name); err != nil {
		return err
	}
	h.Site.Notify(w, notice)
	return page.SeeOther(w, workspacePath(name))
}
