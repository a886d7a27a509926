package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) clientCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "client", Short: "OAuth clients that were registered",
			Example: "  tokenwright client list",
		},
		a.clientListCommand(), a.clientRemoveCommand(),
	))
}

func (a *app) clientListCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "list",
		Short:   "List the registered clients, oldest first",
		Example: "  tokenwright client list\n  tokenwright client list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		clients, err := server.OAuthClients(ctx)
		if err != nil {
			return err
		}
		return a.result(clients, func(w io.Writer) error {
			return rows(w, []string{"id", "name", "redirects", "by", "since", "used"}, cells(clients, clientRow))
		})
	})
}

func clientRow(c api.OAuthClient) []string {
	return []string{c.ID, c.Name, strings.Join(c.RedirectURIs, " "), c.CreatedBy, when(c.CreatedAt), when(c.UsedAt)}
}

func (a *app) clientRemoveCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:   "remove ID",
		Short: "Forget a client, and end everything that people let it do",
		Long: "Forget a client. Its codes and refresh tokens end, and the access tokens that came out\n" +
			"of them, on every node within two seconds. What people let other clients do stays.",
		Example: "  tokenwright client remove 0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0",
		Args:    names("ID"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.RemoveOAuthClient(ctx, args[0]); err != nil {
			return err
		}
		return a.changed("removed %s", args[0])
	})
}
