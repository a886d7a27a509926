package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) sessionCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "session", Short: "Login sessions of people",
			Example: "  tokenwright session list",
		},
		a.sessionListCommand(), a.sessionEndCommand(),
	))
}

func (a *app) sessionListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "list [--user REF]",
		Short:   "List where people are signed in, newest first",
		Example: "  tokenwright session list\n  tokenwright session list --user user:default/alice -o json",
		Args:    names(),
	}
	user := c.Flags().String("user", "", "`REF` of one user (default everybody)")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		sessions, err := server.Sessions(ctx, *user)
		if err != nil {
			return err
		}
		return a.result(sessions, func(w io.Writer) error {
			header := []string{"id", "user", "by", "from", "browser", "since", "last seen", "until"}
			return rows(w, header, cells(sessions, sessionRow))
		})
	})
}

func sessionRow(s api.Session) []string {
	return []string{
		s.ID, s.User, s.SignedInBy, s.Address, s.Browser, when(s.CreatedAt), when(s.LastSeenAt), when(s.IdleAt),
	}
}

func (a *app) sessionEndCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "end USER [--id ID]",
		Short: "Sign a user out: everywhere, or in one place",
		Long: "End the login sessions of a user. They can sign in again at once; to keep them\n" +
			"out, disable the user.",
		Example: "  tokenwright session end user:default/alice\n" +
			"  tokenwright session end user:default/alice --id 01980000-0000-7000-8000-000000000000",
		Args: names("USER"),
	}
	id := c.Flags().String("id", "", "`ID` of the one session to end (default all)")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		n, err := server.EndSession(ctx, args[0], *id)
		if err != nil {
			return err
		}
		return a.result(api.SessionsEnded{Ended: n}, func(io.Writer) error {
			a.say("ended %d of %s", n, args[0])
			return nil
		})
	})
}
