package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) peerListCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:   "list",
		Short: "List the peers, by what they are known, and which are switched off",
		Long: "List the peers of the configuration by name. One without a name stands under its subject,\n" +
			"the callers of an issuer under the beginning of theirs, a plugin under plugin:ID. A peer\n" +
			"without a type is switched off and not configured any more.",
		Example: "  tokenwright peer list\n  tokenwright peer list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		peers, err := server.Peers(ctx)
		if err != nil {
			return err
		}
		return a.result(peers, func(w io.Writer) error {
			return rows(w, []string{"name", "types", "subject", "notes", "disabled", "by"}, cells(peers, peerRow))
		})
	})
}

func peerRow(p api.Peer) []string {
	var notes []string
	if p.Unrestricted {
		notes = append(notes, "unrestricted")
	}
	if p.Short {
		notes = append(notes, "short secret")
	}
	if p.Damaged {
		notes = append(notes, "damaged: every peer is refused")
	}
	return []string{p.Name, strings.Join(p.Types, " "), p.Subject, strings.Join(notes, ", "), when(p.DisabledAt), p.DisabledBy}
}

func (a *app) peerSwitchCommand(verb, short string, do func(*client.Client, context.Context, string) error) *cobra.Command {
	return a.remote(&cobra.Command{
		Use:   verb + " NAME",
		Short: short,
		Long: short + ": at once on the node that is asked, and\n" +
			"within two seconds on every other. It stays so after a restart. NAME is that of peer list.",
		Example: "  tokenwright peer " + verb + " search",
		Args:    names("NAME"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := do(server, ctx, args[0]); err != nil {
			return err
		}
		return a.changed("%sd %s", verb, args[0])
	})
}
