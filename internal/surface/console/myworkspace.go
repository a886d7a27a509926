package console

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/tokenwright/tokenwright/internal/page"
	"github.com/tokenwright/tokenwright/internal/page/message"
	"github.com/tokenwright/tokenwright/internal/web"
	"github.com/tokenwright/tokenwright/policy"
	"github.com/tokenwright/tokenwright/token"
)

// myWorkspacesPath is the list of the workspaces of whoever looks.
const myWorkspacesPath = "/settings/workspaces"

// myWorkspaceRoutes are for everybody: what one may do in a workspace follows from
// what one is there.
func (h handlers) myWorkspaceRoutes() []web.Route {
	pages := h.workspacePages(&openedWorkspace{})
	list := web.Route{
		Method: http.MethodGet, Pattern: myWorkspacesPath, Access: web.Browsers(string(policy.WorkspaceRead)), Handle: h.listMyWorkspaces,
	}
	return append(pages.routesOf(myWorkspacesPath+"/{w}/api-tokens", h.openWorkspace), list)
}

// ownWorkspace is a workspace that one is in, or has tokens in.
type ownWorkspace struct {
	name, path string
	role       message.Key // "": no member any more
	closed     bool
	mayHave    bool // one may have tokens there
	tokens     int  // that still work or could again
}

func (h handlers) listMyWorkspaces(w http.ResponseWriter, r *web.Request) error {
	v, err := h.Site.Visitor(r)
	if err != nil {
		return err
	}
	list, err := h.ownWorkspaces(r)
	if err != nil {
		return err
	}
	table := page.Table{
		Caption: v.Text("workspace.mine.title"),
		Columns: []page.Column{
			{Title: v.Text("workspace.name")},
			{Title: v.Text("workspace.role")},
			{Title: v.Text("workspace.mine.tokens")},
			{Title: v.Text("token.state")},
		},
		Empty: page.Empty{Title: v.Text("workspace.mine.none.title"), Text: v.Text("workspace.mine.none.text")},
	}
	for _, one := range list {
		table.Rows = append(table.Rows, page.Row{Cells: []templ.Component{
			ownWorkspaceCell(v, one), ownRoleCell(v, one), numberCell(v, one.tokens), closedCell(v, one.closed),
		}})
	}
	return h.Site.Write(w, v, page.Sheet{Title: v.Text("workspace.mine.title"), Content: myWorkspaces(v, table)})
}

// maxOwnTokens is how many of one's tokens are counted.
const maxOwnTokens = 1000

// ownWorkspaces gives the workspaces that somebody is in, and behind them those
// they have left and still have tokens for: such tokens do not work, and whoever
// made them is to find and end them.
func (h handlers) ownWorkspaces(r *web.Request) ([]ownWorkspace, error) {
	in, err := h.Directory.Verbs.MembershipsOf(r.Context(), r.Principal, r.Principal.Ref)
	if err != nil {
		return nil, err
	}
	tokens, err := h.Authority.List(r.Context(), r.Principal, token.Query{
		Kind: token.KindWorkspace, Owner: r.Principal.Ref, Limit: maxOwnTokens, NoTotal: true,
		States: []token.State{token.StateActive, token.StateExpiring, token.StateDisabled},
	})
	if err != nil {
		return nil, err
	}
	var list []ownWorkspace
	for _, one := range in.Workspaces {
		list = append(list, ownWorkspace{
			name: one.Name, path: workspaceTokensPath(one.Name), role: roleKey(one.Role), closed: !one.DisabledAt.IsZero(),
			mayHave: token.RolePower(one.Role) >= token.PowerUser,
		})
	}
	for _, t := range tokens.Tokens {
		i := slices.IndexFunc(list, func(one ownWorkspace) bool { return one.name == t.Workspace })
		if i < 0 {
			i, list = len(list), append(list, ownWorkspace{name: t.Workspace, path: workspaceTokensPath(t.Workspace)})
		}
		list[i].tokens++
	}
	return list, nil
}

func workspaceTokensPath(name string) string { return myWorkspacesPath + "/" + name + "/api-tokens" }

// roleKey names a role in a workspace.
func roleKey(role string) message.Key { return message.Key("workspace.role." + role) }
