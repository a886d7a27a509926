package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) workspaceCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "workspace", Short: "Workspaces of the built-in directory",
			Example: "  tokenwright workspace add demo",
		},
		a.workspaceAddCommand(), a.workspaceListCommand(), a.workspaceJoinCommand(), a.workspaceLeaveCommand(),
	))
}

func (a *app) workspaceAddCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "add NAME",
		Short:   "Add a workspace",
		Example: "  tokenwright workspace add demo",
		Args:    names("NAME"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		added, err := server.AddWorkspace(ctx, args[0])
		if err != nil {
			return err
		}
		return a.result(added, func(io.Writer) error { a.say("added %s", added.Name); return nil })
	})
}

func (a *app) workspaceListCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "list",
		Short:   "List the workspaces with their members",
		Example: "  tokenwright workspace list\n  tokenwright workspace list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		workspaces, err := server.Workspaces(ctx)
		if err != nil {
			return err
		}
		return a.result(workspaces, func(w io.Writer) error {
			return rows(w, []string{"name", "since", "members"}, cells(workspaces, workspaceRow))
		})
	})
}

func workspaceRow(w api.Workspace) []string {
	members := make([]string, len(w.Members))
	for i, m := range w.Members {
		members[i] = m.User + " (" + m.Role + ")"
	}
	return []string{w.Name, when(w.CreatedAt), strings.Join(members, ", ")}
}

func (a *app) workspaceJoinCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "join NAME USER [--role ROLE]",
		Short: "Put a user into a workspace, or change their role in it",
		Example: "  tokenwright workspace join demo user:default/alice --role owner\n" +
			"  tokenwright workspace join demo user:default/bob",
		Args: names("NAME", "USER"),
	}
	role := c.Flags().String("role", "user", "owner, maintainer, user or guest")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.JoinWorkspace(ctx, args[0], api.WorkspaceMember{User: args[1], Role: *role}); err != nil {
			return err
		}
		return a.changed("%s is %s of %s", args[1], *role, args[0])
	})
}

func (a *app) workspaceLeaveCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "leave NAME USER",
		Short:   "Take a user out of a workspace",
		Example: "  tokenwright workspace leave demo user:default/bob",
		Args:    names("NAME", "USER"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.LeaveWorkspace(ctx, args[0], args[1]); err != nil {
			return err
		}
		return a.changed("done: %s leave %s", args[1], args[0])
	})
}
