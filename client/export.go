package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"

	"github.com/tokenwright/tokenwright/api"
)

// maxLine bounds one line of an export, in bytes.
const maxLine = 1 << 20

var errCutOff = errors.New("the export was cut off before its end")

// Export streams the entries that match, oldest first, each as the JSON that
// is stored and hashed. Limit and Before of the query are not used. A stream
// that was cut off ends with an error: without one the export is complete.
func (c *Client) Export(ctx context.Context, q EntryQuery) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		res, err := c.send(ctx, request{method: http.MethodGet, path: api.PathAuditExport, query: q.values()})
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = res.Body.Close() }() // nothing was written
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, maxLine)
		for n := int64(0); lines.Scan(); n++ {
			if end, ok := exportEnd(lines.Bytes()); ok {
				if end.Entries != n {
					yield(nil, c.unreachable(errCutOff))
				}
				return
			}
			if !yield(bytes.Clone(lines.Bytes()), nil) {
				return
			}
		}
		yield(nil, c.unreachable(errors.Join(errCutOff, lines.Err())))
	}
}

// exportEnd recognises the last line. Stored entries begin with their id and
// can never look like it.
func exportEnd(line []byte) (api.ExportEnd, bool) {
	var end api.ExportEnd
	if !bytes.HasPrefix(line, []byte(`{"end":`)) || json.Unmarshal(line, &end) != nil {
		return api.ExportEnd{}, false
	}
	return end, end.End
}
