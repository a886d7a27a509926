package audit

import (
	"encoding/json"
	"strings"
	"time"
)

// CSVHeader names the cells of [Entry.CSV], by the members of the stored form.
func CSVHeader() []string {
	return []string{
		"id", "at", "action", "outcome", "actor", "actorType", "via", "tokenId", "kind", "owner",
		"workspace", "subject", "name", "reason", "details", "requestId", "address",
	}
}

// CSV gives the entry as a row of a table; details are a cell of JSON. A cell
// that a spreadsheet would run as a formula begins with an apostrophe.
func (e Entry) CSV() ([]string, error) {
	details := ""
	if len(e.Details) > 0 {
		text, err := json.Marshal(e.Details) // members in the order of their names
		if err != nil {
			return nil, err
		}
		details = string(text)
	}
	cells := []string{
		e.ID, e.At.UTC().Format(time.RFC3339Nano), string(e.Action), string(e.Outcome), e.Actor, e.ActorType, e.Via,
		e.TokenID, string(e.Kind), e.Owner, e.Workspace, e.Subject, e.Name, e.Reason, details, e.RequestID, e.Address,
	}
	for i := range cells {
		cells[i] = noFormula(cells[i])
	}
	return cells, nil
}

// noFormula makes a cell text that a spreadsheet would run as a formula (row
// H-03): encoding/csv quotes, but does not know of formulas (trap T-14).
func noFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\x00", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
