package intake

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/strictjson"
	"github.com/tokenwright/tokenwright/token"
)

// NewCSV reads CSV (RFC 4180). The first record names the columns, which are
// [Members] in any order; scopes are joined by spaces, and an empty cell is one
// that is absent. An error is about the columns.
func NewCSV(r io.Reader) (Reader, error) {
	bounded := &budget{r: r, left: MaxLine}
	table := &table{csv: csv.NewReader(bounded), bounded: bounded}
	header, err := table.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, token.Invalid("the file is empty; its first line names the columns")
	case err != nil:
		return nil, token.Invalid("the first line cannot be read as the names of columns")
	}
	header[0] = strings.TrimPrefix(header[0], byteOrderMark)
	for i, name := range header {
		switch {
		case !slices.Contains(Members(), name):
			return nil, token.Invalid("the first line names a column that is not known; known are: " + strings.Join(Members(), ", "))
		case slices.Contains(header[:i], name):
			return nil, token.Invalid("the first line names column " + name + " more than once")
		}
	}
	table.header = slices.Clone(header)
	return table, nil
}

type table struct {
	csv     *csv.Reader
	bounded *budget
	header  []string
}

// Next implements Reader.
func (t *table) Next() (api.ImportLine, error) {
	t.bounded.left = MaxLine
	record, err := t.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		number, _ := t.csv.FieldPos(0)
		return api.ImportLine{Line: number}, token.Invalid("the line has more or fewer cells than the first line has columns")
	case errors.As(err, &parse):
		return api.ImportLine{Line: parse.StartLine}, token.Invalid("a cell is quoted wrongly: a quote inside a quoted cell is written twice (RFC 4180)")
	case err != nil:
		return api.ImportLine{}, err
	}
	number, _ := t.csv.FieldPos(0)
	if slices.ContainsFunc(record, func(cell string) bool { return !utf8.ValidString(cell) }) {
		return api.ImportLine{Line: number}, token.Invalid("the line has bytes that are no UTF-8; save the file as UTF-8")
	}
	f := fields{find: func(name string) (strictjson.Value, bool) {
		text, err := json.Marshal(t.cell(record, name))
		return text, err == nil && len(text) > len(`""`)
	}}
	line := f.line()
	if scopes := t.cell(record, "scopes"); scopes != "" {
		line.Scopes = strings.Split(scopes, " ")
	}
	line.Line = number
	return line, f.err
}

// cell gives a cell by the name of its column, "" when there is no such column.
func (t *table) cell(record []string, name string) string {
	if i := slices.Index(t.header, name); i >= 0 {
		return record[i]
	}
	return ""
}

// budget bounds what is read for one record: a quote that is never closed would
// otherwise take the rest of the file into memory.
type budget struct {
	r    io.Reader
	left int
}

// Read implements io.Reader.
func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongLine
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
