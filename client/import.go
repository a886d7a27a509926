package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tokenwright/tokenwright/api"
)

// Import takes tokens over that exist elsewhere: all lines or none. A dry run
// checks them and changes nothing. lines ends with its first error, and then
// nothing is imported; end gives the last line once lines has ended.
//
// A line that the server refuses is no error: the answer says what is wrong
// with it.
func (c *Client) Import(ctx context.Context, lines iter.Seq2[api.ImportLine, error], end func() api.ImportEnd, dryRun bool) (api.Import, error) {
	body, into := io.Pipe()
	go func() { into.CloseWithError(writeImport(into, lines, end)) }()
	defer func() { _ = body.Close() }() // ends the writer when the server answered early
	out, err := callPatiently[api.Import](ctx, c, request{
		method: http.MethodPost, path: api.PathImport, stream: body,
		query: url.Values{"dryRun": {strconv.FormatBool(dryRun)}},
	})
	var source *sourceError
	if errors.As(err, &source) {
		return api.Import{}, source.err // and not that the server is away
	}
	return out, err
}

// sourceError is why the lines ended early.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return fmt.Sprintf("the tokens cannot be read: %v", e.err) }

// Unwrap gives the cause.
func (e *sourceError) Unwrap() error { return e.err }

func writeImport(w io.Writer, lines iter.Seq2[api.ImportLine, error], end func() api.ImportEnd) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	out := json.NewEncoder(buffered)
	for line, err := range lines {
		if err != nil {
			return &sourceError{err}
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	if err := out.Encode(end()); err != nil {
		return err
	}
	return buffered.Flush()
}
