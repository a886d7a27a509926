package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/client"
)

func (a *app) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE | import --from primedx DATABASE",
		Short: "Take over tokens that exist elsewhere, by their digests",
		Long: "Take over tokens that another system has issued, by their digests, so that nobody\n" +
			"needs a new one. Everything is checked first, and all of a file is imported or\n" +
			"nothing: each line that is refused is listed with what is wrong and how to mend it.\n" +
			"See what would happen with --dry-run.\n\n" +
			"A file is JSON Lines, or CSV whose first line names the columns: kind, digest,\n" +
			"algorithm, hint, name, description, owner, scopes, expiresAt, createdAt, createdBy,\n" +
			"lastUsedAt, revokedAt, revokedBy, history, id. It never holds a raw token. The guide\n" +
			"docs/guides/moving.md describes them.\n\n" +
			"With --from primedx the service tokens of the access-tokens plugin of Backstage are\n" +
			"read from its own database, which is not changed. Its password, if it has one, is\n" +
			"read from PGPASSWORD or a password file, never from the address.\n\n" +
			"With --from primedx-personal its personal tokens are read; what they are recognised\n" +
			"by is in the database of Backstage's auth plugin, which --sessions names. A token\n" +
			"that is no good there any more is imported as revoked.",
		Example: "  tokenwright import tokens.jsonl --dry-run\n" +
			"  tokenwright import tokens.csv --kind service\n" +
			"  tokenwright import --from primedx postgres://reader@db/backstage_plugin_access-tokens\n" +
			"  tokenwright import --from primedx sqlite:access-tokens.sqlite --dry-run\n" +
			"  tokenwright import --from primedx-personal postgres://reader@db/backstage_plugin_access-tokens \\\n" +
			"    --sessions postgres://reader@db/backstage_plugin_auth",
		Args: names("FILE"),
	}
	var format, from, kind, sessions string
	var leaveOut []string
	var dryRun bool
	flags := c.Flags()
	flags.StringVar(&from, "from", "", "`system` whose database is read: primedx or primedx-personal")
	flags.StringVar(&sessions, "sessions", "", "`DATABASE` of the auth plugin, for --from primedx-personal")
	flags.StringVar(&format, "format", "", "jsonl or csv (default by the name of the file)")
	flags.StringVar(&kind, "kind", "", "kind of the tokens that do not say it")
	flags.StringSliceVar(&leaveOut, "leave-out", nil, "`ID` of a token that is not to be imported; may be given several times")
	flags.BoolVar(&dryRun, "dry-run", false, "check everything and change nothing")
	c.MarkFlagsMutuallyExclusive("from", "format")
	c.MarkFlagsMutuallyExclusive("from", "kind")
	return a.connecting(a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		if err := checkImport(from, format, sessions); err != nil {
			return err
		}
		source, format, err := a.openSource(ctx, args[0], cmp.Or(from, format), sessions)
		if err != nil {
			return err
		}
		defer func() { _ = source.Close() }() // nothing was written
		chosen := selection{kind: kind, leftOut: map[string]bool{}, presumed: source}
		for _, id := range leaveOut {
			chosen.leftOut[id] = true
		}
		return a.importTokens(ctx, server, importing{chosen, format, dryRun})
	}))
}

// checkImport judges the flags that say what is read.
func checkImport(from, format, sessions string) error {
	switch {
	case from != "" && from != formatPrimeDX && from != formatPersonal:
		return wrongUse("--from takes primedx or primedx-personal, not %q", from)
	case from == formatPersonal && sessions == "":
		return wrongUse("--from primedx-personal needs --sessions: the database of the auth plugin of Backstage")
	case from != formatPersonal && sessions != "":
		return wrongUse("--sessions goes with --from primedx-personal")
	case format != "" && format != formatLines && format != formatCSV:
		return wrongUse("--format takes jsonl or csv, not %q", format)
	}
	return nil
}

// importing is an import that was asked for.
type importing struct {
	selection
	format string
	dryRun bool
}

// importTokens looks at everything here, then has the server check and import
// it. Where a line cannot even be read the server only checks the others, so
// that one run tells everything.
func (a *app) importTokens(ctx context.Context, server *client.Client, what importing) error {
	found, err := what.look(ctx)
	if err != nil {
		return err
	}
	bar := a.progress("import")
	defer bar.end()
	lines := what.good(ctx, found, func(n int64) { bar.show(n, int64(found.good)) })
	end := func() api.ImportEnd {
		return api.ImportEnd{End: true, Lines: found.good, Format: what.format, SHA256: found.sum}
	}
	done, err := server.Import(ctx, lines, end, what.dryRun || len(found.faults) > 0)
	if err != nil {
		return err
	}
	bar.end()
	done.DryRun = what.dryRun
	done.Lines += len(found.faults)
	done.Refused = append(done.Refused, found.faults...)
	slices.SortStableFunc(done.Refused, func(a, b api.ImportRefused) int { return a.Line - b.Line })
	if err := a.result(done, func(w io.Writer) error { return a.showImport(w, done) }); err != nil {
		return err
	}
	if n := len(done.Refused); n > 0 {
		return fmt.Errorf("nothing was imported: %d of %d tokens are refused; mend them, or take them out", n, done.Lines)
	}
	return nil
}

// showImport prints what was refused, which subjects change, or how many tokens
// were imported.
func (a *app) showImport(w io.Writer, done api.Import) error {
	if len(done.Refused) > 0 {
		return rows(w, []string{"line", "id", "refused because"}, cells(done.Refused, func(r api.ImportRefused) []string {
			return []string{strconv.Itoa(r.Line), r.ID, r.What}
		}))
	}
	if len(done.Subjects) > 0 {
		a.say("%d tokens speak for another subject than before; name it in rules and roles", len(done.Subjects))
		err := rows(w, []string{"line", "subject before", "subject here"}, cells(done.Subjects, func(s api.ImportSubject) []string {
			return []string{strconv.Itoa(s.Line), s.From, s.To}
		}))
		if err != nil {
			return err
		}
	}
	if done.DryRun {
		a.say("%d tokens would be imported; nothing was changed", done.Lines)
	} else {
		a.say("%d tokens were imported", done.Imported)
	}
	return nil
}
