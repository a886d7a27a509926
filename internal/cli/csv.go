package cli

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/api"
)

func csvHeader() []string {
	return []string{
		"id", "at", "action", "outcome", "actor", "actorType", "via", "tokenId", "kind", "owner",
		"workspace", "subject", "name", "reason", "details", "requestId", "address",
	}
}

func csvRecord(e api.Entry) ([]string, error) {
	details := ""
	if len(e.Details) > 0 {
		text, err := json.Marshal(e.Details) // members in the order of their names
		if err != nil {
			return nil, err
		}
		details = string(text)
	}
	return []string{
		e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Action, e.Outcome, e.Actor, e.ActorType, e.Via,
		e.TokenID, e.Kind, e.Owner, e.Workspace, e.Subject, e.Name, e.Reason, details, e.RequestID, e.Address,
	}, nil
}

// writeCSV writes RFC 4180 with CRLF.
func writeCSV(w io.Writer, entries iter.Seq2[json.RawMessage, error]) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(csvHeader()); err != nil {
		return err
	}
	for line, err := range entries {
		if err != nil {
			out.Flush()
			return err
		}
		e, err := readEntry(line)
		if err != nil {
			return err
		}
		record, err := csvRecord(e)
		if err != nil {
			return err
		}
		for i := range record {
			record[i] = noFormula(record[i])
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// noFormula makes a cell text that a spreadsheet would run as a formula (row
// H-03): encoding/csv quotes, but does not know of formulas (trap T-14).
func noFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\x00", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
