package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/client"
)

// app is one run of the program.
type app struct {
	Process

	// started is true once a command runs, after its flags and arguments
	// were found right.
	started bool
	url     string
	data    string
	output  string
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "tokenwright",
		Short: "Makes, keeps and checks access tokens",
		Long: "Tokenwright makes, keeps and checks access tokens.\n\n" +
			"Commands that administer reach the running server through the admin socket in its\n" +
			"data folder, or a remote one by --url and TOKENWRIGHT_TOKEN.\n\n" +
			"Exit status: 0 done, 1 refused or failed, 2 wrong use, 3 the server cannot be reached.",
		Example: "  tokenwright serve --dev\n" +
			"  tokenwright token issue service --name ci --group group:default/platform --scope catalog:read",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	group(root)
	root.AddCommand(
		a.serveCommand(), a.adminCommand(), a.userCommand(), a.groupCommand(), a.workspaceCommand(),
		a.tokenCommand(), a.revokeAllCommand(), a.keysCommand(), a.sessionCommand(), a.clientCommand(), a.auditCommand(), a.importCommand(), a.peerCommand(),
		a.configCommand(), a.doctorCommand(), a.versionCommand(),
	)
	return root
}

// group makes a command one that only holds others: alone, or with a word it
// does not know, it is wrong use.
func group(c *cobra.Command, members ...*cobra.Command) *cobra.Command {
	c.AddCommand(members...)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return wrongUse("%s has no command %q", c.CommandPath(), args[0])
		}
		return wrongUse("%s needs a command", c.CommandPath())
	}
	return c
}

// names asks for exactly these arguments.
func names(want ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(want):
			return wrongUse("%s is missing", want[len(args)])
		case len(args) > len(want):
			return wrongUse("%q is one argument too many", args[len(want)])
		}
		return nil
	}
}

// action is what a command does once it is connected.
type action func(ctx context.Context, c *client.Client, args []string) error

// remote makes a command one that talks to a server.
func (a *app) remote(c *cobra.Command, do action) *cobra.Command {
	c.RunE = func(c *cobra.Command, args []string) error {
		a.started = true
		if err := a.checkOutput(); err != nil {
			return err
		}
		server, err := a.connect(c)
		if err != nil {
			return err
		}
		defer server.Close()
		return do(c.Context(), server, args)
	}
	return c
}

// local makes a command one that needs no server.
func (a *app) local(c *cobra.Command, do func(ctx context.Context, args []string) error) *cobra.Command {
	c.RunE = func(c *cobra.Command, args []string) error {
		a.started = true
		if err := a.checkOutput(); err != nil {
			return err
		}
		return do(c.Context(), args)
	}
	return c
}
