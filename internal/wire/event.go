package wire

import (
	"strconv"

	"github.com/tokenwright/tokenwright/audit"
)

// EventActions lists the entries of the log that are events of a token.
func EventActions() []audit.Action {
	return []audit.Action{
		audit.TokenIssued, audit.TokenImported, audit.TokenRotated, audit.TokenRevoked, audit.TokenDisabled, audit.TokenEnabled,
	}
}

// EventName gives the name that the contracts have for an entry of
// [EventActions], or "".
func EventName(action audit.Action) string {
	switch action {
	case audit.TokenIssued:
		return "created"
	case audit.TokenImported:
		return "imported"
	case audit.TokenRotated:
		return "rotated"
	case audit.TokenRevoked:
		return "revoked"
	case audit.TokenDisabled:
		return "disabled"
	case audit.TokenEnabled:
		return "enabled"
	}
	return ""
}

// EventMetadata gives what an event has beside its name: the reason of an end,
// the overlap of a rotation.
func EventMetadata(e audit.Entry) map[string]any {
	metadata := map[string]any{}
	switch {
	case e.Action == audit.TokenRevoked && e.Reason != "":
		metadata["reason"] = e.Reason
	case e.Action == audit.TokenRotated:
		seconds, _ := strconv.ParseInt(e.Details["overlapSeconds"], 10, 64)
		metadata["overlapSeconds"] = seconds
	}
	return metadata
}
