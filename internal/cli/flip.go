package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/client"
)

// flip is a command that switches one thing of the built-in directory off or on.
type flip struct {
	verb    string // "disable"
	word    string // "user"
	key     string // what names one in usage: "REF"
	example string // "user:default/bob"
	do      change
}

// change is a change of what a name names.
type change func(server *client.Client, ctx context.Context, name string) error

func (a *app) directorySwitch(f flip, short string) *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     f.verb + " " + f.key,
		Short:   short,
		Example: "  tokenwright " + f.word + " " + f.verb + " " + f.example,
		Args:    names(f.key),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := f.do(server, ctx, args[0]); err != nil {
			return err
		}
		return a.changed("%sd %s", f.verb, args[0])
	})
}
