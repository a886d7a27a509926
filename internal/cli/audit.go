package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) auditCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "audit", Short: "Read, export and verify the audit log",
			Example: "  tokenwright audit verify --checkpoint kept.txt",
		},
		a.auditListCommand(), a.auditExportCommand(), a.auditVerifyCommand(), a.checkpointCommand(), a.proveCommand(),
	))
}

// entryFlags gives a command the filters of the log.
func entryFlags(flags *pflag.FlagSet, q *client.EntryQuery) {
	flags.StringVar(&q.TokenID, "token", "", "`ID` of a token")
	flags.StringVar(&q.Owner, "owner", "", "`REF` of the owning group or user")
	flags.StringVar(&q.Actor, "actor", "", "`REF` of who did it")
	flags.StringVar(&q.Kind, "kind", "", "kind of token")
	flags.StringVar(&q.Action, "action", "", "such as token.revoked; several joined by commas")
	flags.StringVar(&q.Outcome, "outcome", "", "allowed or refused")
	timeVar(flags, &q.Since, "since", "`time`, inclusive")
	timeVar(flags, &q.Until, "until", "`time`, exclusive")
}

func (a *app) auditListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List entries of the log, newest first",
		Example: "  tokenwright audit list --outcome refused --since 2026-11-01\n" +
			"  tokenwright audit list --action token.issued,token.revoked -o json",
		Args: names(),
	}
	var q client.EntryQuery
	entryFlags(c.Flags(), &q)
	c.Flags().IntVar(&q.Limit, "limit", 100, "at most so many, 1 to 500")
	c.Flags().StringVar(&q.Before, "before", "", "continue behind this `place`, as the page before says it")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		if q.Limit < 1 {
			return wrongUse("--limit must be at least 1")
		}
		page, err := server.Entries(ctx, q)
		if err != nil {
			return err
		}
		return a.showEntries(page)
	})
}

func (a *app) showEntries(page api.EntryPage) error {
	return a.result(page, func(w io.Writer) error {
		if page.Next != "" {
			a.say("%d of %d entries; more with --before %s", len(page.Entries), page.Total, page.Next)
		}
		return rows(w, []string{"at", "action", "outcome", "actor", "about", "reason", "id"}, cells(page.Entries, entryRow))
	})
}

func entryRow(e api.Entry) []string {
	about := e.Name
	if e.Owner != "" {
		about = e.Owner + " " + about
	}
	return []string{when(e.At), e.Action, e.Outcome, e.Actor, about, e.Reason, e.ID}
}

func (a *app) checkpointCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:   "checkpoint",
		Short: "Print the signed end of the log, to be kept elsewhere",
		Long: "Print the signed checkpoint of the log (a C2SP signed note). Kept elsewhere, it\n" +
			"later proves that nothing before it was changed, removed or cut off.",
		Example: "  tokenwright audit checkpoint > kept.txt",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		head, err := server.LogHead(ctx)
		if err != nil {
			return err
		}
		return a.result(head, func(w io.Writer) error {
			for _, key := range head.Keys {
				a.say("verified by %s", key)
			}
			_, err := fmt.Fprint(w, plainLines(head.Checkpoint))
			return err
		})
	})
}
