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

func (a *app) tokenCommand() *cobra.Command {
	return a.connecting(group(
		&cobra.Command{
			Use: "token", Short: "Issue, list, rotate and end tokens",
			Example: "  tokenwright token issue service --name ci --group group:default/platform --scope catalog:read",
		},
		a.issueCommand(), a.tokenListCommand(), a.tokenShowCommand(), a.tokenAuditCommand(),
		a.rotateCommand(), a.revokeCommand(),
		a.switchCommand("disable", "Refuse a token everywhere until it is enabled", (*client.Client).Disable),
		a.switchCommand("enable", "Let a disabled token be good again", (*client.Client).Enable),
		a.verifyCommand(),
	))
}

func (a *app) issueCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "issue KIND --name N (--group REF|--user REF [--workspace W]) --scope S…",
		Short: "Issue a token and print it, once",
		Long: "Issue a token. The raw token is printed alone on the standard output and is shown\n" +
			"nowhere else, ever; what is said about it goes to the standard error.",
		Example: "  tokenwright token issue service --name ci --description 'CI pipeline' \\\n" +
			"      --group group:default/platform --scope catalog:read --expires-in 30d\n" +
			"  tokenwright token issue workspace --name export --user user:default/alice --workspace demo \\\n" +
			"      --scope 'read:*' --expires-in 7d\n" +
			"  TOKEN=$(tokenwright token issue service --name ci …)",
		Args: names("KIND"),
	}
	var r api.IssueRequest
	var expiresIn time.Duration
	flags := c.Flags()
	flags.StringVar(&r.Name, "name", "", "name, unique within its owner")
	flags.StringVar(&r.Description, "description", "", "what it is for (default its name)")
	flags.StringVar(&r.Owner, "group", "", "`REF` of the group it belongs to")
	flags.StringVar(&r.User, "user", "", "`REF` of the user it belongs to")
	flags.StringVar(&r.Workspace, "workspace", "", "`name` of the workspace it is bound to, with --user")
	flags.StringSliceVar(&r.Scopes, "scope", nil, "`scope` it holds; may be given several times")
	lifetimeVar(flags, &expiresIn, "expires-in", "lifetime, such as 30d (default that of its kind)")
	c.MarkFlagsMutuallyExclusive("group", "user")
	c.MarkFlagsMutuallyExclusive("group", "workspace")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		r.Kind, r.ExpiresInSeconds = args[0], int64(expiresIn/time.Second)
		if r.Description == "" {
			r.Description = r.Name
		}
		issued, err := server.Issue(ctx, r)
		if err != nil {
			return err
		}
		return a.handOver("issued", issued)
	})
}

// handOver prints a raw token, once.
func (a *app) handOver(verb string, issued api.Issued) error {
	return a.result(issued, func(w io.Writer) error {
		t := issued.Token
		a.say("%s %s token %s (%s), good until %s; this is the only time it is shown", verb, t.Kind, t.Name, t.ID, when(t.ExpiresAt))
		_, err := fmt.Fprintln(w, plain(issued.RawToken))
		return err
	})
}

func (a *app) tokenListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List tokens, newest first",
		Example: "  tokenwright token list --owner group:default/platform\n" +
			"  tokenwright token list --status active,expiring --limit 200 -o json",
		Args: names(),
	}
	var q client.TokenQuery
	flags := c.Flags()
	flags.StringVar(&q.Kind, "kind", "", "one kind only")
	flags.StringVar(&q.Owner, "owner", "", "`REF` of the owning group or user")
	flags.StringVar(&q.Workspace, "workspace", "", "`name` of the workspace")
	flags.StringVar(&q.Status, "status", "", "active, expiring, disabled, expired or revoked; several joined by commas")
	flags.StringVar(&q.Text, "search", "", "`text` in the name, description or first characters")
	flags.IntVar(&q.Limit, "limit", 50, "at most so many, 1 to 200")
	flags.StringVar(&q.After, "after", "", "continue behind this `place`, as the page before says it")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		if q.Limit < 1 {
			return wrongUse("--limit must be at least 1")
		}
		page, err := server.List(ctx, q)
		if err != nil {
			return err
		}
		return a.result(page, func(w io.Writer) error {
			if page.Next != "" {
				a.say("%d of %d tokens; more with --after %s", len(page.Tokens), page.Total, page.Next)
			}
			return rows(w, []string{"id", "kind", "name", "owner", "scopes", "status", "expires", "last used"},
				cells(page.Tokens, tokenRow))
		})
	})
}

func tokenRow(t api.Token) []string {
	return []string{
		t.ID, t.Kind, t.Name, t.Owner, strings.Join(t.Scopes, " "), t.Status,
		when(t.ExpiresAt), when(t.LastUsedAt),
	}
}

func (a *app) tokenShowCommand() *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "show ID",
		Short:   "Show a token's record",
		Example: "  tokenwright token show 01980c2e-7a52-7cc0-8f6e-3a3d1f6c2b11",
		Args:    names("ID"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		t, err := server.Find(ctx, args[0])
		if err != nil {
			return err
		}
		return a.showToken(t)
	})
}

func (a *app) showToken(t api.Token) error {
	return a.result(t, func(w io.Writer) error { return tokenFacts(w, t) })
}

func tokenFacts(w io.Writer, t api.Token) error {
	return facts(w,
		"id", t.ID, "kind", t.Kind, "name", t.Name, "description", t.Description, "begins with", t.TokenPrefix,
		"owner", t.Owner, "workspace", t.Workspace, "subject", t.Subject, "scopes", strings.Join(t.Scopes, " "),
		"status", t.Status, "created", when(t.CreatedAt), "created by", t.CreatedBy, "expires", when(t.ExpiresAt),
		"last used", when(t.LastUsedAt), "disabled", when(t.DisabledAt),
		"revoked", when(t.RevokedAt), "revoked by", t.RevokedBy,
	)
}

func (a *app) tokenAuditCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "audit ID",
		Short:   "Show what happened to a token, newest first",
		Example: "  tokenwright token audit 01980c2e-7a52-7cc0-8f6e-3a3d1f6c2b11",
		Args:    names("ID"),
	}
	limit := c.Flags().Int("limit", 100, "at most so many, 1 to 500")
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		page, err := server.History(ctx, args[0], *limit)
		if err != nil {
			return err
		}
		return a.showEntries(page)
	})
}
