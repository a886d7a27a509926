package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) workspaceCommand() *cobra.Command {
	return a.nounCommand(noun{
		word: "workspace", key: "name", member: "NAME", example: "demo", roles: true,
		columns: []string{"disabled"},
		own: []*cobra.Command{
			a.directorySwitch(workspaceSwitch("disable", (*client.Client).DisableWorkspace), "Refuse every token of a workspace"),
			a.directorySwitch(workspaceSwitch("enable", (*client.Client).EnableWorkspace), "Let the tokens of a disabled workspace work again"),
		},
		add: func(ctx context.Context, server *client.Client, name string) (any, string, error) {
			added, err := server.AddWorkspace(ctx, name)
			return added, added.Name, err
		},
		list: func(ctx context.Context, server *client.Client) (any, [][]string, error) {
			workspaces, err := server.Workspaces(ctx)
			return workspaces, cells(workspaces, workspaceRow), err
		},
		join: func(ctx context.Context, server *client.Client, m membership) error {
			return server.JoinWorkspace(ctx, m.of, api.WorkspaceMember{User: m.user, Role: m.role})
		},
		leave: (*client.Client).LeaveWorkspace,
	})
}

func workspaceSwitch(verb string, do change) flip {
	return flip{verb: verb, word: "workspace", key: "NAME", example: "demo", do: do}
}

func workspaceRow(w api.Workspace) []string {
	members := make([]string, len(w.Members))
	for i, m := range w.Members {
		members[i] = m.User + " (" + m.Role + ")"
	}
	return []string{w.Name, when(w.CreatedAt), strings.Join(members, ", "), when(w.DisabledAt)}
}
