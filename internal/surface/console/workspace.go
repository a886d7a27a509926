package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// workspacesPath is the list of all workspaces, for administrators.
const workspacesPath = adminBase + "/workspaces"

// workspacePath gives the page of one workspace: its members.
func workspacePath(name string) string { return workspacesPath + "/" + name + "/members" }

func (h handlers) workspaceRoutes() []web.Route {
	admin := web.Browsers(string(policy.Admin))
	const list, one = "/workspaces", "/workspaces/{w}"
	routes := []web.Route{
		{Method: http.MethodGet, Pattern: list, Access: admin, Handle: h.listWorkspaces},
		{Method: http.MethodGet, Pattern: one + "/members", Access: admin, Handle: h.listMembers},
		{Method: http.MethodPost, Pattern: one + "/enable", Access: admin, Handle: h.enableWorkspace},
	}
	routes = append(routes, change(list+"/new", admin, h.beginWorkspace, h.addWorkspace)...)
	routes = append(routes, change(one+"/join", admin, h.askJoinWorkspace, h.joinWorkspace)...)
	routes = append(routes, change(one+"/leave", admin, h.askLeaveWorkspace, h.leaveWorkspace)...)
	return append(routes, change(one+"/disable", admin, h.askDisableWorkspace, h.disableWorkspace)...)
}

// workspaceView is a workspace as administrators see it.
type workspaceView struct {
	token.Workspace

	path, tokensPath string
	size, usable     int // members, and tokens that work; notKnown
}

// notKnown stands for a number of tokens that whoever looks may not know:
// the administration of workspaces is not that of all tokens.
const notKnown = -1

func (w workspaceView) closed() bool { return !w.DisabledAt.IsZero() }

func (h handlers) listWorkspaces(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	filter, err := readNameFilter(r, workspacesPath)
	if err != nil {
		return err
	}
	var found token.WorkspacePage
	if filter.good() {
		found, err = h.Directory.Verbs.SurveyWorkspaces(r.Context(), r.Principal, token.NameQuery{Text: filter.text, Place: filter.place()})
	}
	if err != nil {
		return err
	}
	table := page.Table{
		Caption: v.Text("workspace.title"),
		Columns: []page.Column{
			{Title: v.Text("workspace.name")},
			{Title: v.Text("workspace.members")},
			{Title: v.Text("workspace.tokens")},
			{Title: v.Text("token.created")},
			{Title: v.Text("token.state")},
		},
		Empty: noWorkspaces(v, filter),
	}
	first, last := ends(found.Workspaces, func(one token.Peopled[token.Workspace]) string { return one.Is.Name })
	table.Pages = filter.pages(found.Section, first, last)
	table.Pages.Total = v.Count("workspace.count", found.Total)
	for _, one := range found.Workspaces {
		view, err := h.viewWorkspace(r, one)
		if err != nil {
			return err
		}
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			workspaceCell(view), numberCell(v, view.size), numberCell(v, view.usable), page.Moment(v, view.CreatedAt, ""), closedCell(v, view.closed()),
		}})
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("workspace.title"), Content: workspaceList(v, table, filter)})
}

func noWorkspaces(v *page.Visitor, filter nameFilter) page.Empty {
	if filter.active() {
		return page.Empty{
			Title: v.Text("token.nothing.title"), Text: v.Text("workspace.unmatched"),
			Action: page.Link{Text: v.Text("table.clear"), Path: filter.path},
		}
	}
	return page.Empty{
		Title: v.Text("workspace.empty.title"), Text: v.Text("workspace.empty.text"),
		Action: page.Link{Text: v.Text("workspace.add"), Path: workspacesPath + "/new"}, Dialog: true,
	}
}

// viewWorkspace adds how many tokens of a workspace work.
func (h handlers) viewWorkspace(r *web.Request, one token.Peopled[token.Workspace]) (workspaceView, error) {
	view := workspaceView{
		Workspace: one.Is, size: one.Size, path: workspacePath(one.Is.Name), tokensPath: workspaceTokensPath(one.Is.Name) + "?view=" + viewAll,
	}
	var err error
	view.usable, err = h.countTokens(r, token.Query{Workspace: one.Is.Name})
	return view, err
}

// countTokens counts the tokens of a query about a workspace that work.
func (h handlers) countTokens(r *web.Request, q token.Query) (int, error) {
	if _, all := h.Policy().Owners(r.Principal, policy.WorkspaceRead); !all {
		return notKnown, nil
	}
	q.States = []token.State{token.StateActive, token.StateExpiring}
	found, err := h.Authority.ListInWorkspace(r.Context(), r.Principal, q)
	return found.Total, err
}

// findWorkspace gives the workspace of the path.
func (h handlers) findWorkspace(r *web.Request) (workspaceView, error) {
	name := r.PathValue("w")
	found, err := h.Directory.Verbs.SurveyWorkspaces(r.Context(), r.Principal, token.NameQuery{Name: name, Place: token.Place{Limit: 1}})
	switch {
	case err != nil:
		return workspaceView{}, err
	case len(found.Workspaces) == 0:
		return workspaceView{}, token.NewError(token.ErrNotFound, "There is no such workspace", nil)
	}
	return h.viewWorkspace(r, found.Workspaces[0])
}

func (h handlers) beginWorkspace(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	return h.writeForm(w, v, workspaceForm(v, "", ""))
}

func workspaceForm(v *page.Visitor, name, fault string) shortForm {
	return shortForm{
		formPlace: formPlace{
			tab: workspacesPath, path: workspacesPath + "/new", back: workspacesPath,
			trail: []page.Link{{Text: v.Text("workspace.title"), Path: workspacesPath}},
		},
		title: v.Text("workspace.add"), lead: v.Text("workspace.add.lead"), button: v.Text("workspace.add.button"),
		fields: []page.Field{{
			Name: "name", Label: v.Text("workspace.name"), Hint: v.Text("workspace.add.hint"), Value: name, Fault: fault,
			Required: true, Focused: true, Mono: true, Max: 63,
		}},
	}
}

func (h handlers) addWorkspace(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	form, err := readTexts(r, "name")
	if err != nil {
		return err
	}
	name := strings.TrimSpace(form["name"])
	_, err = h.Directory.Verbs.AddWorkspace(r.Context(), r.Principal, name)
	switch {
	case errors.Is(err, token.ErrExists):
		return h.writeForm(w, v, workspaceForm(v, name, v.Text("workspace.fault.taken")))
	case errors.Is(err, token.ErrInvalid):
		return h.writeForm(w, v, workspaceForm(v, name, v.Text("workspace.fault.name")))
	case err != nil:
		return err
	}
	h.Site.Notify(w, "notice.workspace-added")
	return page.SeeOther(w, workspacePath(name))
}
