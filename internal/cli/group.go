package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) groupCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "group", Short: "Groups of the built-in directory",
			Example: "  tokenwright group add group:default/platform",
		},
		a.groupAddCommand(), a.groupListCommand(),
		a.memberCommand("join", "Put a user into a group", (*client.Client).JoinGroup),
		a.memberCommand("leave", "Take a user out of a group", (*client.Client).LeaveGroup),
	))
}

func (a *app) groupAddCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "add REF",
		Short:   "Add a group",
		Example: "  tokenwright group add group:default/platform",
		Args:    names("REF"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		g, err := server.AddGroup(ctx, args[0])
		if err != nil {
			return err
		}
		return a.result(g, func(io.Writer) error { a.say("added %s", g.Ref); return nil })
	})
}

func (a *app) groupListCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "list",
		Short:   "List the groups with their members",
		Example: "  tokenwright group list\n  tokenwright group list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		groups, err := server.Groups(ctx)
		if err != nil {
			return err
		}
		return a.result(groups, func(w io.Writer) error {
			return rows(w, []string{"ref", "since", "members"}, cells(groups, groupRow))
		})
	})
}

func groupRow(g api.Group) []string {
	return []string{g.Ref, when(g.CreatedAt), strings.Join(g.Members, ", ")}
}

func (a *app) memberCommand(verb, short string, do func(*client.Client, context.Context, string, string) error) *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     verb + " GROUP USER",
		Short:   short,
		Example: "  tokenwright group " + verb + " group:default/platform user:default/alice",
		Args:    names("GROUP", "USER"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := do(server, ctx, args[0], args[1]); err != nil {
			return err
		}
		return a.changed("done: %s %s %s", args[1], verb, args[0])
	})
}
