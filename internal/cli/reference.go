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
	fmt.Fprintf(out, "# Command line\n\n<!-- Made from the help of the program: go test ./docs -update -->\n\n%s\n", paragraph(root.Long))
	fmt.Fprint(out, "\nA credential is never an argument. Durations are those of Go plus `d` and `w`; times are\n"+
		"RFC 3339, or a date for its beginning in UTC. Every command also has `--help`; `tokenwright\n"+
		"completion` prints the completion script of a shell.\n")
	for _, c := range root.Commands() {
		if c.Name() != "help" && c.Name() != "completion" {
			writeCommand(out, c, "##")
		}
	}
	return out.Flush()
}

// writeCommand writes a command and those below it, each one level deeper.
func writeCommand(out io.Writer, c *cobra.Command, heading string) {
	fmt.Fprintf(out, "\n%s %s\n\n%s.\n", heading, strings.TrimPrefix(c.CommandPath(), "tokenwright "), c.Short)
	if c.Long != "" {
		fmt.Fprintf(out, "\n%s\n", paragraph(c.Long))
	}
	if !c.HasSubCommands() {
		fmt.Fprintf(out, "\n```\n%s\n```\n", strings.TrimSuffix(c.UseLine(), " [flags]"))
	}
	writeFlags(out, c)
	if !c.HasSubCommands() && c.HasExample() {
		fmt.Fprintf(out, "\n```sh\n%s\n```\n", dedented(c.Example))
	}
	for _, below := range c.Commands() {
		writeCommand(out, below, heading+"#")
	}
}

// writeFlags writes the flags that begin at a command; those it has from above
// stand there.
func writeFlags(out io.Writer, c *cobra.Command) {
	flags := c.LocalFlags()
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprint(out, "\n| flag | meaning |\n| --- | --- |\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			name += " " + value
		}
		if given := f.DefValue; given != "" && given != "false" && given != "[]" {
			usage += " (default " + given + ")"
		}
		fmt.Fprintf(out, "| `%s` | %s |\n", name, strings.ReplaceAll(usage, "|", `\|`))
	})
}

// paragraph escapes what Markdown would take for a tag.
func paragraph(text string) string { return strings.ReplaceAll(text, "<", `\<`) }

// dedented takes the two spaces of the help from the beginning of lines.
func dedented(text string) string {
	return strings.TrimPrefix(strings.ReplaceAll(text, "\n  ", "\n"), "  ")
}
