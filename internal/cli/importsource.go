package cli

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/internal/intake"
	"github.com/tokenwright/tokenwright/token"
)

const (
	formatLines   = "jsonl"
	formatCSV     = "csv"
	formatPrimeDX = "primedx"
	// formatPersonal is the plugin's personal tokens, with their sessions.
	formatPersonal = "primedx-personal"
)

// tokenSource can be read from its beginning more than once.
type tokenSource interface {
	// begin starts a reading; sum gets what was read.
	begin(ctx context.Context, sum hash.Hash) (intake.Reader, error)
	io.Closer
}

// openSource opens what is to be imported. format is "" where the name of the
// file says it; sessions is the second database of formatPersonal.
func (a *app) openSource(ctx context.Context, name, format, sessions string) (source tokenSource, as string, err error) {
	switch format {
	case formatPrimeDX, formatPersonal:
		source, err = a.openPlugin(ctx, name, sessions)
		return source, format, err
	case "":
		switch strings.ToLower(filepath.Ext(name)) {
		case ".csv":
			format = formatCSV
		case ".jsonl", ".ndjson":
			format = formatLines
		default:
			return nil, "", wrongUse("the name of the file does not say what is in it; give --format jsonl or --format csv")
		}
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, "", fmt.Errorf("the file cannot be read: %w", err)
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, "", errors.Join(wrongUse("%s is no file: it is read twice, so a pipe will not do", name), err, file.Close())
	}
	return fileSource{file, format}, format, nil
}

// fileSource is a file of JSON Lines or CSV.
type fileSource struct {
	*os.File
	format string
}

func (f fileSource) begin(_ context.Context, sum hash.Hash) (intake.Reader, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	all := io.TeeReader(bufio.NewReaderSize(f, 64<<10), sum)
	if f.format == formatCSV {
		return intake.NewCSV(all)
	}
	return intake.NewLines(all), nil
}

// selection is which tokens of a source are meant.
type selection struct {
	kind     string          // of tokens that do not say it
	leftOut  map[string]bool // by id
	presumed tokenSource
}

// read gives the tokens of one reading, each with what is wrong with it. Its
// other errors end it.
func (s selection) read(ctx context.Context, sum hash.Hash) iter.Seq2[api.ImportLine, error] {
	return func(yield func(api.ImportLine, error) bool) {
		reader, err := s.presumed.begin(ctx, sum)
		if err != nil {
			yield(api.ImportLine{}, fatal{err})
			return
		}
		for {
			line, err := reader.Next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil && !errors.Is(err, token.ErrInvalid):
				yield(line, fatal{err})
				return
			case s.leftOut[line.ID]:
				continue
			case line.Kind == "":
				line.Kind = s.kind
			}
			if !yield(line, err) {
				return
			}
		}
	}
}

// fatal is an error that is not about one line.
type fatal struct{ error }

// Unwrap gives the cause.
func (f fatal) Unwrap() error { return f.error }

// survey is what the first reading found.
type survey struct {
	good   int
	faults []api.ImportRefused
	sum    string
}

// look reads everything once, on this side alone.
func (s selection) look(ctx context.Context) (survey, error) {
	var found survey
	sum := sha256.New()
	for line, err := range s.read(ctx, sum) {
		var ends fatal
		switch {
		case errors.As(err, &ends):
			return survey{}, ends.error
		case err != nil:
			found.faults = append(found.faults, api.ImportRefused{Line: line.Line, ID: line.ID, What: token.Message(err)})
		default:
			found.good++
		}
		if found.good+len(found.faults) > api.MaxImportLines {
			return survey{}, fmt.Errorf("there are more than %d tokens, which is the most that one import takes; split the file", api.MaxImportLines)
		}
	}
	found.sum = hex.EncodeToString(sum.Sum(nil))
	return found, nil
}

// errChanged ends an import whose source is not what was looked at.
var errChanged = errors.New("the file was changed while it was read; nothing was imported, run it again")

// good gives the tokens without fault of a second reading, which must be of what
// the first one found.
func (s selection) good(ctx context.Context, found survey, sent func(n int64)) iter.Seq2[api.ImportLine, error] {
	return func(yield func(api.ImportLine, error) bool) {
		sum, n := sha256.New(), int64(0)
		for line, err := range s.read(ctx, sum) {
			var ends fatal
			if errors.As(err, &ends) {
				yield(line, ends.error)
				return
			}
			if err != nil {
				continue
			}
			if n++; n > int64(found.good) || !yield(line, nil) {
				break
			}
			sent(n)
		}
		if n != int64(found.good) || hex.EncodeToString(sum.Sum(nil)) != found.sum {
			yield(api.ImportLine{}, errChanged)
		}
	}
}
