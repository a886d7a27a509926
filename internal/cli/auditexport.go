package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/tokenwright/tokenwright/client"
)

func (a *app) auditExportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "export [--format jsonl|csv]",
		Short: "Write the log to the standard output, oldest entry first",
		Long: "Write the log to the standard output. A line of jsonl is the entry as it is stored\n" +
			"and hashed. In csv, cells that a spreadsheet would run as a formula begin with '.",
		Example: "  tokenwright audit export > audit.jsonl\n" +
			"  tokenwright audit export --format csv --since 2026-11-01 > audit.csv",
		Args: names(),
	}
	var q client.EntryQuery
	entryFlags(c.Flags(), &q)
	format := c.Flags().String("format", "jsonl", "jsonl or csv")
	return a.remote(c, func(ctx context.Context, server *client.Client, _ []string) error {
		write := writeLines
		switch {
		case *format == "csv" && a.output == "json":
			return wrongUse("-o json and --format csv contradict each other")
		case *format == "csv":
			write = writeCSV
		case *format != "jsonl":
			return wrongUse("--format takes jsonl or csv, not %q", *format)
		}
		all := int64(0)
		bar := a.progress("export")
		if bar.shown {
			page, err := server.Entries(ctx, q)
			if err != nil {
				return err
			}
			all = int64(page.Total)
		}
		defer bar.end()
		return write(a.Stdout, counted(server.Export(ctx, q), func(n int64) { bar.show(n, all) }))
	})
}

// counted tells of every entry that passes.
func counted(entries iter.Seq2[json.RawMessage, error], seen func(n int64)) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		n := int64(0)
		for line, err := range entries {
			n++
			seen(n)
			if !yield(line, err) {
				return
			}
		}
	}
}

// writeLines writes JSON Lines. What encoding/json left unescaped stays as it
// is: the bytes are those that the log's hashes are computed over.
func writeLines(w io.Writer, entries iter.Seq2[json.RawMessage, error]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	for line, err := range entries {
		if err != nil {
			return flushed(out, err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return out.Flush()
}

// flushed writes what came before an error: it is right as far as it goes.
func flushed(out *bufio.Writer, err error) error {
	if flushErr := out.Flush(); flushErr != nil {
		return fmt.Errorf("%w; and the output could not be written: %w", err, flushErr)
	}
	return err
}
