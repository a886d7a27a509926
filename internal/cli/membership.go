package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/client"
)

// noun is a sort of thing of the built-in directory that people belong to. It
// has the commands add, list, join and leave, and those that it has alone.
type noun struct {
	word    string // "group"
	key     string // what names one in usage and in the list: "ref"
	member  string // what names one beside a user: "GROUP"
	example string // "group:default/platform"
	// roles says that a member has a role there.
	roles bool

	add func(ctx context.Context, server *client.Client, name string) (added any, canonical string, err error)
	// own are further commands, columns those of the list behind key, since and
	// members.
	own     []*cobra.Command
	columns []string

	// list gives everything, and the rows of the table for people.
	list  func(ctx context.Context, server *client.Client) (all any, table [][]string, err error)
	join  func(ctx context.Context, server *client.Client, m membership) error
	leave func(server *client.Client, ctx context.Context, name, user string) error
}

// membership is a user in a thing. role is "" where there are none.
type membership struct{ of, user, role string }

func (a *app) nounCommand(n noun) *cobra.Command {
	commands := []*cobra.Command{a.addCommand(n), a.listCommand(n), a.joinCommand(n), a.leaveCommand(n)}
	return a.connecting(group(
		&cobra.Command{
			Use: n.word, Short: strings.ToUpper(n.word[:1]) + n.word[1:] + "s of the built-in directory",
			Example: "  tokenwright " + n.word + " add " + n.example,
		},
		append(commands, n.own...)...,
	))
}

func (a *app) addCommand(n noun) *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "add " + strings.ToUpper(n.key),
		Short:   "Add a " + n.word,
		Example: "  tokenwright " + n.word + " add " + n.example,
		Args:    names(strings.ToUpper(n.key)),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		added, canonical, err := n.add(ctx, server, args[0])
		if err != nil {
			return err
		}
		return a.result(added, func(io.Writer) error { a.say("added %s", canonical); return nil })
	})
}

func (a *app) listCommand(n noun) *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "list",
		Short:   "List the " + n.word + "s with their members",
		Example: "  tokenwright " + n.word + " list\n  tokenwright " + n.word + " list -o json",
		Args:    names(),
	}, func(ctx context.Context, server *client.Client, _ []string) error {
		all, table, err := n.list(ctx, server)
		if err != nil {
			return err
		}
		return a.result(all, func(w io.Writer) error {
			return rows(w, append([]string{n.key, "since", "members"}, n.columns...), table)
		})
	})
}

func (a *app) joinCommand(n noun) *cobra.Command {
	lead := "  tokenwright " + n.word + " join " + n.example
	c := &cobra.Command{
		Use:     "join " + n.member + " USER",
		Short:   "Put a user into a " + n.word,
		Example: lead + " user:default/alice",
		Args:    names(n.member, "USER"),
	}
	role := new(string)
	if n.roles {
		c.Use += " [--role ROLE]"
		c.Short += ", or change their role in it"
		c.Example += " --role owner\n" + lead + " user:default/bob"
		c.Flags().StringVar(role, "role", "user", "admin, owner, maintainer, user, guest, doc-guest or readonly-guest")
	}
	return a.remote(c, func(ctx context.Context, server *client.Client, args []string) error {
		if err := n.join(ctx, server, membership{args[0], args[1], *role}); err != nil {
			return err
		}
		if n.roles {
			return a.changed("%s is %s of %s", args[1], *role, args[0])
		}
		return a.changed("done: %s join %s", args[1], args[0])
	})
}

func (a *app) leaveCommand(n noun) *cobra.Command {
	return a.remote(&cobra.Command{
		Use:     "leave " + n.member + " USER",
		Short:   "Take a user out of a " + n.word,
		Example: "  tokenwright " + n.word + " leave " + n.example + " user:default/bob",
		Args:    names(n.member, "USER"),
	}, func(ctx context.Context, server *client.Client, args []string) error {
		if err := n.leave(server, ctx, args[0], args[1]); err != nil {
			return err
		}
		return a.changed("done: %s leave %s", args[1], args[0])
	})
}
