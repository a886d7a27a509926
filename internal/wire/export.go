package wire

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tokenwright/tokenwright/api"
	"github.com/tokenwright/tokenwright/audit"
)

const (
	// exportBatch is how many entries are written between two looks at the
	// connection, and exportPatience how long a client may take to read them.
	exportBatch    = 1000
	exportPatience = 30 * time.Second
)

// Entries gives entries of the log one after another, and ends with the first
// error of do.
type Entries func(do func(audit.Stored) error) error

// WriteEntryLines streams entries as they are stored, one a line, and says at
// the end how many there were: a stream that was cut off has no such line.
func WriteEntryLines(w http.ResponseWriter, entries Entries) error {
	w.Header().Set("Content-Type", "application/jsonl")
	out := bufio.NewWriterSize(w, 64<<10)
	n, err := patiently(w, entries, func(e audit.Stored) error {
		_, err := out.Write(append(e.Body, '\n'))
		return err
	})
	if err != nil {
		return err
	}
	line, err := json.Marshal(api.ExportEnd{End: true, Entries: n})
	if err != nil {
		return err
	}
	if _, err := out.Write(append(line, '\n')); err != nil {
		return err
	}
	return out.Flush()
}

// WriteEntryTable streams entries as CSV (RFC 4180), with a line of headings. A
// table has no last line that says so: one that cannot be written to its end
// ends with its connection, so that half of it does not pass for the whole.
func WriteEntryTable(w http.ResponseWriter, entries Entries) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(audit.CSVHeader()); err != nil {
		return err
	}
	n, err := patiently(w, entries, func(e audit.Stored) error {
		cells, err := e.CSV()
		if err != nil {
			return err
		}
		return out.Write(cells)
	})
	if err != nil && n > 0 {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// patiently gives each entry to write, for as long as the client reads, and
// counts them.
func patiently(w http.ResponseWriter, entries Entries, write func(audit.Stored) error) (n int64, err error) {
	connection := http.NewResponseController(w)
	err = entries(func(e audit.Stored) error {
		if n%exportBatch == 0 { // by the connection's clock, which is the system's
			if err := connection.SetWriteDeadline(time.Now().Add(exportPatience)); err != nil {
				return err
			}
		}
		n++
		return write(e)
	})
	return n, err
}
