package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/token"
)

// shownWorkspace is the page of one workspace.
type shownWorkspace struct {
	workspaceView

	table  page.Table
	filter nameFilter
}

func (h handlers) listMembers(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	view, err := h.findWorkspace(r)
	if err != nil {
		return err
	}
	filter, err := readNameFilter(r, view.path)
	if err != nil {
		return err
	}
	var found token.MemberPage
	if filter.good() {
		found, err = h.Directory.Verbs.SearchMembers(r.Context(), r.Principal, token.MemberQuery{
			Workspace: view.Name, Text: filter.text, Place: filter.place(),
		})
	}
	if err != nil {
		return err
	}
	shown := shownWorkspace{workspaceView: view, filter: filter, table: memberTable(v, view, filter, found)}
	return h.Site.Write(w, v, page.Sheet{
		Title: view.Name, Tab: workspacesPath, Trail: workspaceTrail(v, ""), Content: workspaceShow(v, shown),
	})
}

// workspaceTrail leads back from the page of a workspace, and from pages about it.
func workspaceTrail(v *page.Visitor, name string) []page.Link {
	trail := []page.Link{{Text: v.Text("workspace.title"), Path: workspacesPath}}
	if name != "" {
		trail = append(trail, page.Link{Text: name, Path: workspacePath(name)})
	}
	return trail
}

func memberTable(v *page.Visitor, in workspaceView, filter nameFilter, found token.MemberPage) page.Table {
	table := page.Table{
		Caption: v.Text("workspace.members"),
		Columns: []page.Column{{Title: v.Text("workspace.member")}, {Title: v.Text("workspace.role")}, {Title: v.Text("token.state")}, {}},
		Empty:   page.Empty{Title: v.Text("workspace.alone.title"), Text: v.Text("workspace.alone.text")},
	}
	if filter.active() {
		table.Empty = page.Empty{
			Title: v.Text("token.nothing.title"), Text: v.Text("workspace.member.unmatched"),
			Action: page.Link{Text: v.Text("table.clear"), Path: filter.path},
		}
	}
	first, last := ends(found.Members, func(m token.Member) string { return m.Ref })
	table.Pages = filter.pages(found.Section, first, last)
	table.Pages.Total = v.Count("workspace.member.count", found.Total)
	for _, one := range found.Members {
		user := url.Values{"user": {one.Ref}}
		base := workspacesPath + "/" + in.Name
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			personCell(one.User), roleCell(v, one.Role), enabledCell(v, !one.DisabledAt.IsZero()),
			memberMenu(v, one.User, at(base+"/join", user), at(base+"/leave", user)),
		}})
	}
	return table
}

func (h handlers) askJoinWorkspace(w http.ResponseWriter, r *web.Request) error {
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
	form, err := h.joinForm(v, r, in, token.WorkspaceMember{User: user})
	if err != nil {
		return err
	}
	return h.writeForm(w, v, form)
}

// joinForm asks who is to be what in a workspace.
func (h handlers) joinForm(v *page.Visitor, r *web.Request, in workspaceView, m token.WorkspaceMember) (shortForm, error) {
	people, err := h.People(r.Context())
	if err != nil {
		return shortForm{}, err
	}
	if m.Role == "" {
		if m.Role, err = h.roleIn(r, in.Name, m.User); err != nil {
			return shortForm{}, err
		}
	}
	role := page.Choice{Field: page.Field{
		Name: "role", Label: v.Text("workspace.role"), Hint: v.Text("workspace.role.hint"), Value: m.Role, Required: true,
	}}
	for _, name := range token.WorkspaceRoles() {
		role.Options = append(role.Options, page.Option{Value: name, Label: v.Text(roleKey(name))})
	}
	return shortForm{
		formPlace: formPlace{
			tab: workspacesPath, path: workspacesPath + "/" + in.Name + "/join", back: in.path, trail: workspaceTrail(v, in.Name),
		},
		title: v.Text("workspace.join.title", "workspace", in.Name), lead: v.Text("workspace.join.lead"), button: v.Text("workspace.join.button"),
		fields: []page.Field{{
			Name: "user", Label: v.Text("workspace.member"), Hint: v.Text("people.ref.hint"), Value: m.User,
			Required: true, Focused: m.User == "", Mono: true, Suggestions: people,
		}},
		choices: []page.Choice{role},
	}, nil
}

// roleIn gives what somebody is in a workspace, or what newcomers are.
func (h handlers) roleIn(r *web.Request, workspace, user string) (string, error) {
	if user == "" {
		return defaultWorkspaceRole, nil
	}
	in, err := h.Directory.Verbs.MembershipsOf(r.Context(), r.Principal, user)
	for _, one := range in.Workspaces {
		if one.Name == workspace {
			return one.Role, err
		}
	}
	return defaultWorkspaceRole, err
}

// defaultWorkspaceRole is what newcomers are unless something else is chosen.
const defaultWorkspaceRole = "user"

func (h handlers) joinWorkspace(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	in, err := h.findWorkspace(r)
	if err != nil {
		return err
	}
	texts, err := readTexts(r, "user", "role")
	if err != nil {
		return err
	}
	m := token.WorkspaceMember{User: strings.TrimSpace(texts["user"]), Role: texts["role"]}
	form, err := h.joinForm(v, r, in, m)
	if err != nil {
		return err
	}
	_, isUser := token.ParseUserRef(m.User)
	switch {
	case !isUser:
		form.fields[0].Fault = v.Text("people.fault.ref")
	case token.RolePower(m.Role) == 0:
		form.choices[0].Fault = v.Text("workspace.fault.role")
	default:
		err = h.Directory.Verbs.JoinWorkspace(r.Context(), r.Principal, in.Name, m)
		if errors.Is(err, token.ErrNotFound) {
			form.fields[0].Fault = v.Text("people.fault.unknown")
		}
	}
	switch {
	case len(form.faults()) > 0:
		return h.writeForm(w, v, form)
	case err != nil:
		return err
	}
	h.Site.Notify(w, "notice.workspace-joined")
	return page.SeeOther(w, in.path)
}
