package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) userCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "user", Short: "Users of the built-in directory",
			Example: "  tokenwright user add user:default/alice --name Alice",
		},
		a.userAddCommand(), a.userListCommand(),
		a.directorySwitch(userSwitch("disable", (*client.Client).DisableUser), "Refuse a user, and every token that speaks as them"),
		a.directorySwitch(userSwitch("enable", (*client.Client).EnableUser), "Let a disabled user in again"),
		a.userRebindCommand(),
	))
}

func (a *app) userAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "add REF [--name NAME]",
		Short:   "Add a user",
		Example: "  tokenwright user add user:default/alice --name Alice",
		Args:    names("REF"),
	}
	name := c.Flags().String("name", "", "name for people")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		u, err := server.AddUser(ctx, args[0], *name)
		if err != nil {
			return err
		}
		return a.result(u, func(io.Writer) error { a.say("added %s", u.Ref); return nil })
	})
}

func (a *app) userListCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "list",
		Short:   "List the users",
		Example: "  tokenwright user list\n  tokenwright user list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		users, err := server.Users(ctx)
		if err != nil {
			return err
		}
		return a.result(users, func(w io.Writer) error {
			return rows(w, []string{"ref", "name", "since", "disabled"}, cells(users, userRow))
		})
	})
}

func userRow(u api.User) []string {
	return []string{u.Ref, u.Name, when(u.CreatedAt), when(u.DisabledAt)}
}

func userSwitch(verb string, do change) flip {
	return flip{verb: verb, word: "user", key: "REF", example: "user:default/bob", do: do}
}

func (a *app) userRebindCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rebind REF [--end-tokens]",
		Short: "Let a user sign in with another account of the identity provider",
		Long: "Forget which account of the identity provider a user signs in with. The next\n" +
			"account that signs in under the user's name within a day is theirs from then\n" +
			"on. Users who hold a role, or who signed in by a link, need it before their\n" +
			"first sign-in through the provider.\n\n" +
			"Sessions of the former account end. Its tokens, and what programs were allowed\n" +
			"to do for it, stay and go on speaking as the user, unless --end-tokens ends\n" +
			"them as 'revoke-all --owner REF' does.",
		Example: "  tokenwright user rebind user:default/alice --end-tokens",
		Args:    names("REF"),
	}
	endTokens := c.Flags().Bool("end-tokens", false, "end the tokens of the former account, and what programs were allowed")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.RebindUser(ctx, api.RebindRequest{Ref: args[0], EndTokens: *endTokens}); err != nil {
			return err
		}
		return a.changed("the next account that signs in as %s within 24 hours is theirs", args[0])
	})
}
