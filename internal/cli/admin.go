package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) adminCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "admin", Short: "Sign-in links, access tokens and roles",
			Example: "  tokenwright admin link",
		},
		a.linkCommand(), a.accessTokenCommand(), a.grantCommand(), a.withdrawCommand(), a.roleListCommand(),
	))
}

func (a *app) linkCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "link [--user REF]",
		Short: "Print a one-time sign-in URL",
		Long: "Print a sign-in URL that works once, within 15 minutes. While there is no\n" +
			"administrator, the user is made the first one.",
		Example: "  tokenwright admin link\n  tokenwright admin link --user user:default/alice",
		Args:    names(),
	}
	user := c.Flags().String("user", "", "`REF` of the user (default the only administrator)")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		link, err := server.MakeLink(ctx, *user)
		if err != nil {
			return err
		}
		return a.result(link, func(w io.Writer) error {
			a.say("one-time sign-in link for %s, good until %s", link.User, when(link.ExpiresAt))
			_, err := fmt.Fprintln(w, plain(link.URL))
			return err
		})
	})
}

func (a *app) accessTokenCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "access-token --user REF [--ttl 10m]",
		Short: "Print a short-lived access JWT of a user, for scripts",
		Example: "  export TOKENWRIGHT_TOKEN=$(tokenwright admin access-token --user user:default/admin)\n" +
			"  tokenwright token list --url https://tokens.example.com",
		Args: names(),
	}
	user := c.Flags().String("user", "user:default/admin", "`REF` of the user")
	var ttl time.Duration
	lifetimeVar(c.Flags(), &ttl, "ttl", "how long it is good, at most 1h (default 10m)")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		made, err := server.MakeAccessToken(ctx, *user, ttl)
		if err != nil {
			return err
		}
		return a.result(made, func(w io.Writer) error {
			a.say("access token of %s, good until %s", made.User, when(made.ExpiresAt))
			_, err := fmt.Fprintln(w, plain(made.AccessToken))
			return err
		})
	})
}

func (a *app) grantCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:   "grant REF ROLE",
		Short: "Give a role to a user, a group or a service token",
		Example: "  tokenwright admin grant user:default/alice administrator\n" +
			"  tokenwright admin grant group:default/platform token-admin",
		Args: names("REF", "ROLE"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.Grant(ctx, args[0], args[1]); err != nil {
			return err
		}
		return a.changed("granted %s to %s", args[1], args[0])
	})
}

func (a *app) withdrawCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "withdraw REF ROLE",
		Short:   "Take a granted role back",
		Example: "  tokenwright admin withdraw user:default/alice administrator",
		Args:    names("REF", "ROLE"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.Withdraw(ctx, args[0], args[1]); err != nil {
			return err
		}
		return a.changed("withdrew %s from %s", args[1], args[0])
	})
}

func (a *app) roleListCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "list",
		Short:   "List the roles that were granted at run time",
		Example: "  tokenwright admin list\n  tokenwright admin list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		roles, err := server.Roles(ctx)
		if err != nil {
			return err
		}
		return a.result(roles, func(w io.Writer) error {
			a.say("roles: %s", strings.Join(roles.Roles, ", "))
			return rows(w, []string{"ref", "role", "granted by", "granted at"}, cells(roles.Grants, grantRow))
		})
	})
}

func grantRow(g api.RoleGrant) []string {
	return []string{g.Ref, g.Role, g.GrantedBy, when(g.GrantedAt)}
}

// changed ends a command that has nothing to print but that it was done.
func (a *app) changed(format string, args ...any) error {
	if a.output == "json" {
		return a.json(struct{}{})
	}
	a.say(format, args...)
	return nil
}

// cells makes the rows of a table.
func cells[T any](list []T, row func(T) []string) [][]string {
	out := make([][]string, len(list))
	for i, one := range list {
		out[i] = row(one)
	}
	return out
}
