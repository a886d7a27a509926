package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) groupCommand() *cobra.Command {
	return a.nounCommand(noun{
		word: "group", key: "ref", member: "GROUP", example: "group:default/platform",
		add: func(ctx context.Context, server *client.Client, ref string) (any, string, error) {
			g, err := server.AddGroup(ctx, ref)
			return g, g.Ref, err
		},
		list: func(ctx context.Context, server *client.Client) (any, [][]string, error) {
			groups, err := server.Groups(ctx)
			return groups, cells(groups, groupRow), err
		},
		join: func(ctx context.Context, server *client.Client, m membership) error {
			return server.JoinGroup(ctx, m.of, m.user)
		},
		leave: (*client.Client).LeaveGroup,
	})
}

func groupRow(g api.Group) []string {
	return []string{g.Ref, when(g.CreatedAt), strings.Join(g.Members, ", ")}
}
