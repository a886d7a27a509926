package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"github.com/tokenwright/tokenwright/audit"
)

// writeCSV writes RFC 4180 with CRLF.
func writeCSV(w io.Writer, entries iter.Seq2[json.RawMessage, error]) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(audit.CSVHeader()); err != nil {
		return err
	}
	for line, err := range entries {
		if err != nil {
			out.Flush()
			return err
		}
		cells, err := cellsOf(line)
		if err != nil {
			return err
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cellsOf reads an entry. Members that a newer server has are passed over.
func cellsOf(line json.RawMessage) ([]string, error) {
	var e audit.Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return nil, fmt.Errorf("an entry cannot be read: %w", err)
	}
	return e.CSV()
}
