package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// WriteReference writes the reference page of the command line, in Markdown,
// from the help of the commands themselves. The bytes are the same for every
// run of one version, so that a test can compare them with the page that was
// committed.
func WriteReference(w io.Writer) error {
	out := bufio.NewWriter(w)
	root := (&app{}).rootCommand()
	fmt.Fprintf(out, "# Command line\n\n<!-- Made from the help of the program: go test ./docs -update -->\n\n%s\n", root.Long)
	fmt.Fprint(out, "\nA credential is never an argument. Durations are those of Go plus `d` and `w`; times are\n"+
		"RFC 3339, or a date for its beginning in UTC. Every command has `--help`; `tokenwright\n"+
		"completion SHELL` prints the completion script of a shell.\n\n## Flags of a server\n\n"+
		"Every command that talks to a server takes these, too:\n")
	writeFlags(out, (&app{}).connecting(&cobra.Command{}).PersistentFlags(), nil)
	for _, c := range root.Commands() {
		if c.Name() != "help" && c.Name() != "completion" {
			writeCommand(out, c, "##")
		}
	}
	return out.Flush()
}

// writeCommand writes a command and those below it, each one level deeper.
func writeCommand(out io.Writer, c *cobra.Command, heading string) {
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	fmt.Fprintf(out, "\n%s %s\n\n%s\n", heading, strings.TrimPrefix(c.CommandPath(), "tokenwright "), about)
	if c.PersistentFlags().Lookup("url") != nil {
		fmt.Fprint(out, "\nTakes the [flags of a server](#flags-of-a-server).\n")
	}
	if !c.HasSubCommands() {
		fmt.Fprintf(out, "\n```\n%s\n```\n", strings.TrimSuffix(c.UseLine(), " [flags]"))
		writeFlags(out, c.LocalFlags(), c.PersistentFlags())
		fmt.Fprintf(out, "\n```sh\n%s\n```\n", dedented(c.Example))
	}
	for _, below := range c.Commands() {
		writeCommand(out, below, heading+"#")
	}
}

// writeFlags writes a table of flags, without those that stand elsewhere.
func writeFlags(out io.Writer, flags, elsewhere *pflag.FlagSet) {
	head := "\n| flag | meaning |\n| --- | --- |\n"
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || elsewhere != nil && elsewhere.Lookup(f.Name) != nil {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := strings.TrimSpace("--" + f.Name + " " + value)
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if preset := f.DefValue; preset != "" && preset != "false" && preset != "[]" {
			usage += " (default " + preset + ")"
		}
		fmt.Fprintf(out, "%s| `%s` | %s |\n", head, name, strings.NewReplacer("|", `\|`, "<", `\<`).Replace(usage))
		head = ""
	})
}

// dedented takes the two spaces of the help from the beginning of lines.
func dedented(text string) string {
	return strings.TrimPrefix(strings.ReplaceAll(text, "\n  ", "\n"), "  ")
}
