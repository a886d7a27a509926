package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

func (a *app) checkOutput() error {
	if a.output != "" && a.output != "json" {
		return wrongUse("-o takes json, not %q", a.output)
	}
	return nil
}

// result prints a result: the value as JSON, or what people see.
func (a *app) result(value any, people func(w io.Writer) error) error {
	if a.output == "json" {
		return a.json(value)
	}
	return people(a.Stdout)
}

// json prints one JSON document. It is written whole or not at all.
func (a *app) json(value any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		return err
	}
	_, err := a.Stdout.Write(plainJSON(buf.Bytes()))
	return err
}

// say tells a person something, beside the result.
func (a *app) say(format string, args ...any) {
	fmt.Fprintln(a.Stderr, plainLines(fmt.Sprintf(format, args...)))
}

// rows prints a table. Cells are made plain here, so no caller can forget it.
func rows(w io.Writer, header []string, cells [][]string) error {
	t := table.NewWriter()
	t.SetStyle(bare())
	t.AppendHeader(tableRow(header))
	for _, row := range cells {
		t.AppendRow(tableRow(row))
	}
	return lines(w, t.Render())
}

// facts prints names and values, aligned. Empty values are left out.
func facts(w io.Writer, pairs ...string) error {
	t := table.NewWriter()
	t.SetStyle(bare())
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			t.AppendRow(tableRow(pairs[i : i+2]))
		}
	}
	return lines(w, t.Render())
}

func tableRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = plain(cell)
	}
	return row
}

// bare aligns columns with spaces and draws no lines, so that a table can be
// cut by other programs.
func bare() table.Style {
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	return style
}

// lines prints a rendered table without the spaces that end its lines.
func lines(w io.Writer, rendered string) error {
	if rendered == "" {
		return nil
	}
	for line := range strings.SplitSeq(rendered, "\n") {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// when prints a time, "" for none.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
