package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) rotateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rotate ID [--overlap 24h]",
		Short: "Replace a token's secret and print the new one, once",
		Long: "Replace a token's secret. Its id, name, scopes and subject stay. The former secret\n" +
			"stays good for the overlap, at most 7 days; without one it ends at once.",
		Example: "  tokenwright token rotate 01980c2e-7a52-7cc0-8f6e-3a3d1f6c2b11 --overlap 24h",
		Args:    names("ID"),
	}
	var overlap, expiresIn time.Duration
	durationVar(c.Flags(), &overlap, "overlap", "how long the former secret stays good, at most 7d")
	lifetimeVar(c.Flags(), &expiresIn, "expires-in", "new lifetime from now (default unchanged)")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		issued, err := server.Rotate(ctx, args[0], api.RotateRequest{
			OverlapSeconds: int64(overlap / time.Second), ExpiresInSeconds: int64(expiresIn / time.Second),
		})
		if err != nil {
			return err
		}
		return a.handOver("rotated", issued)
	})
}

func (a *app) revokeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "revoke ID [--reason R]",
		Short:   "End a token for ever",
		Example: "  tokenwright token revoke 01980c2e-7a52-7cc0-8f6e-3a3d1f6c2b11 --reason 'found in a log'",
		Args:    names("ID"),
	}
	reason := c.Flags().String("reason", "", "why, for the audit log")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		t, err := server.Revoke(ctx, args[0], *reason)
		if err != nil {
			return err
		}
		return a.result(t, func(io.Writer) error { a.say("revoked %s (%s)", t.Name, t.ID); return nil })
	})
}

func (a *app) switchCommand(verb, short string, do func(*client.Client, context.Context, string) (api.Token, error)) *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     verb + " ID",
		Short:   short,
		Example: "  tokenwright token " + verb + " 01980c2e-7a52-7cc0-8f6e-3a3d1f6c2b11",
		Args:    names("ID"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		t, err := do(server, ctx, args[0])
		if err != nil {
			return err
		}
		return a.result(t, func(io.Writer) error { a.say("%sd %s (%s)", verb, t.Name, t.ID); return nil })
	})
}

func (a *app) revokeAllCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "revoke-all (--owner REF|--workspace W|--kind K|--issued-before T)",
		Short: "Revoke every token that matches, by one entry",
		Long: "Revoke every token that matches all given conditions, however many, by one entry of\n" +
			"the log. It cannot be undone: see how many it would be with --dry-run. Where neither kind\n" +
			"nor workspace is given, the owner (without one, everybody) is signed out as well, and\n" +
			"consents and codes that have not become a token end.",
		Example: "  tokenwright revoke-all --owner group:default/platform --dry-run\n" +
			"  tokenwright revoke-all --issued-before 2026-11-01T00:00:00Z --reason 'leaked backup'",
		Args: names(),
	}
	var r api.RevokeAllRequest
	flags := c.Flags()
	flags.StringVar(&r.Owner, "owner", "", "`REF` of the owning group or user")
	flags.StringVar(&r.Workspace, "workspace", "", "`name` of the workspace")
	flags.StringVar(&r.Kind, "kind", "", "kind of token")
	timeVar(flags, &r.IssuedBefore, "issued-before", "`time` of issue, exclusive")
	flags.StringVar(&r.Reason, "reason", "", "why, for the audit log")
	flags.BoolVar(&r.DryRun, "dry-run", false, "print how many it would be and change nothing")
	c.MarkFlagsOneRequired("owner", "workspace", "kind", "issued-before")
	return a.connecting(a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		for _, name := range []string{"owner", "workspace", "kind"} {
			// As a variable that is not set leaves it behind: the revocation
			// would reach further than was meant.
			if f := flags.Lookup(name); f.Changed && f.Value.String() == "" {
				return wrongUse("--%s is empty; give it a value or leave it out", name)
			}
		}
		done, err := server.RevokeAll(ctx, r)
		if err != nil {
			return err
		}
		return a.result(done, func(w io.Writer) error {
			if done.DryRun {
				a.say("so many tokens would be revoked; nothing was changed")
			} else {
				a.say("so many tokens were revoked")
			}
			_, err := fmt.Fprintln(w, done.Tokens)
			return err
		})
	}))
}
