package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) keysCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "keys", Short: "Signing keys of access tokens and of the log",
			Example: "  tokenwright keys list",
		},
		a.keyListCommand(), a.keyRotateCommand(), a.keyRetireCommand(), a.keyRemoveCommand(),
	))
}

func (a *app) keyListCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "list",
		Short:   "List the signing keys, newest first",
		Example: "  tokenwright keys list\n  tokenwright keys list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		keys, err := server.Keys(ctx)
		if err != nil {
			return err
		}
		return a.result(keys, func(w io.Writer) error {
			return rows(w, []string{"kid", "use", "algorithm", "created", "retired", "removed"}, cells(keys, keyRow))
		})
	})
}

func keyRow(k api.Key) []string {
	return []string{k.KID, k.Use, k.Algorithm, when(k.CreatedAt), when(k.RetiredAt), when(k.RemovedAt)}
}

func (a *app) keyRotateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "rotate [--use access|log|workspace]",
		Short:   "Make a new signing key; the former one still verifies what it signed",
		Example: "  tokenwright keys rotate\n  tokenwright keys rotate --use log",
		Args:    names(),
	}
	use := c.Flags().String("use", "access", "what the key signs: access, log or workspace")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		key, err := server.RotateKey(ctx, *use)
		if err != nil {
			return err
		}
		return a.result(key, func(io.Writer) error {
			a.say("new %s key %s; it is published now and signs in a few seconds", key.Use, key.KID)
			return nil
		})
	})
}

func (a *app) keyRetireCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:   "retire KID",
		Short: "Let a signing key sign nothing more; what it signed stays good until it expires",
		Long: "Let a signing key sign nothing more, from now on and on every node within two seconds.\n" +
			"What it signed stays good until it expires; to refuse that too, use remove. When it was\n" +
			"the last one that signs, another is made and signs at once.",
		Example: "  tokenwright keys retire 3f9c2a",
		Args:    names("KID"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.RetireKey(ctx, args[0]); err != nil {
			return err
		}
		return a.changed("retired %s", args[0])
	})
}

func (a *app) keyRemoveCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:   "remove KID",
		Short: "Remove a signing key that may have leaked: nothing it signed is good any more",
		Long: "Remove a signing key. Everything it signed is refused from now on, by every node within\n" +
			"two seconds. To change keys without refusing anything, use rotate; to end a key that is\n" +
			"only in doubt, use retire first.",
		Example: "  tokenwright keys remove 3f9c2a",
		Args:    names("KID"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := server.RemoveKey(ctx, args[0]); err != nil {
			return err
		}
		return a.changed("removed %s", args[0])
	})
}
