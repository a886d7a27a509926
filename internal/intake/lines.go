package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/tokenwright/tokenwright/api"
)

// Reader gives the tokens of a file, one after another.
type Reader interface {
	// Next gives the next token. An error that wraps token.ErrInvalid is about
	// this token alone: its number, and its id where it can be read, are
	// there, and Next may be called again. io.EOF stands behind the last one;
	// every other error ends the file.
	Next() (api.ImportLine, error)
}

// NewLines reads JSON Lines. Blank lines are passed over.
func NewLines(r io.Reader) Reader {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 4096), MaxLine)
	return &lines{scanner: scanner}
}

type lines struct {
	scanner *bufio.Scanner
	number  int
}

// errLongLine ends a file: what follows such a line cannot be told from it.
var errLongLine = errors.New("a line is longer than 64 KiB; this cannot be a file of tokens")

// Next implements Reader.
func (l *lines) Next() (api.ImportLine, error) {
	for l.scanner.Scan() {
		l.number++
		text := l.scanner.Bytes()
		if l.number == 1 {
			text = bytes.TrimPrefix(text, []byte(byteOrderMark))
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		line, err := ParseLine(text, false)
		line.Line = l.number
		return line, err
	}
	switch err := l.scanner.Err(); {
	case err == nil:
		return api.ImportLine{}, io.EOF
	case errors.Is(err, bufio.ErrTooLong):
		return api.ImportLine{Line: l.number + 1}, errLongLine
	default:
		return api.ImportLine{}, err
	}
}

// byteOrderMark is what some editors and spreadsheets begin a file with.
const byteOrderMark = "\ufeff"
