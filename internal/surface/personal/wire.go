package personal

import (
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/internal/wire"
	"github.com/tokenwright/tokenwright/token"
)

// The members of these types stand in the order of the contract.

// wireRow is a token in a list.
type wireRow struct {
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	UserEntityRef string          `json:"userEntityRef"`
	Prefix        string          `json:"prefix"`
	SessionID     string          `json:"sessionId"`
	CreatedAt     wire.Timestamp  `json:"createdAt"`
	ExpiresAt     wire.Timestamp  `json:"expiresAt"`
	LastUsedAt    *wire.Timestamp `json:"lastUsedAt"`
	RevokedAt     *wire.Timestamp `json:"revokedAt"`
	Status        string          `json:"status"`
}

// wireOne is a token by itself.
type wireOne struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	CreatedAt  wire.Timestamp  `json:"createdAt"`
	ExpiresAt  wire.Timestamp  `json:"expiresAt"`
	LastUsedAt *wire.Timestamp `json:"lastUsedAt"`
	Prefix     string          `json:"prefix"`
	RevokedAt  *wire.Timestamp `json:"revokedAt"`
	Status     string          `json:"status"`
}

type wireList struct {
	Tokens []wireRow `json:"tokens"`
	Total  int       `json:"total"`
	// Limit and Offset are told to those who asked for a page.
	Limit  *int `json:"limit,omitempty"`
	Offset *int `json:"offset,omitempty"`
}

type wireEvent struct {
	ID         string         `json:"id"`
	TokenID    string         `json:"tokenId"`
	Event      string         `json:"event"`
	Actor      *string        `json:"actor"`
	Metadata   any            `json:"metadata"` // an object or null
	OccurredAt wire.Timestamp `json:"occurredAt"`
}

type wireEvents struct {
	Events []wireEvent `json:"events"`
}

type wireMint struct {
	FlowID       string `json:"flowId"`
	AuthorizeURL string `json:"authorizeUrl"`
	State        string `json:"state"`
}

func newWireRow(t token.Token, now time.Time) wireRow {
	return wireRow{
		ID: t.ID, Name: t.Name, UserEntityRef: t.Owner, Prefix: t.Hint, SessionID: t.ID,
		CreatedAt: wire.Timestamp(t.CreatedAt), ExpiresAt: wire.Timestamp(t.ExpiresAt),
		LastUsedAt: wire.OptionalTime(t.LastUsedAt), RevokedAt: wire.OptionalTime(t.RevokedAt),
		Status: status(t, now),
	}
}

func newWireOne(t token.Token, now time.Time) wireOne {
	return wireOne{
		ID: t.ID, Name: t.Name, CreatedAt: wire.Timestamp(t.CreatedAt), ExpiresAt: wire.Timestamp(t.ExpiresAt),
		LastUsedAt: wire.OptionalTime(t.LastUsedAt), Prefix: t.Hint, RevokedAt: wire.OptionalTime(t.RevokedAt),
		Status: status(t, now),
	}
}

// status is that of a token now. There is no "expiring" here.
func status(t token.Token, now time.Time) string { return string(t.State(now, token.Notice{})) }

// eventName gives the name that the contract has for an entry of eventActions.
func eventName(action audit.Action) string {
	switch action {
	case audit.TokenIssued:
		return "MINTED"
	case audit.TokenImported:
		return "IMPORTED"
	case audit.TokenReused:
		return "REUSE_DETECTED"
	case audit.TokenRotated:
		return "ROTATED"
	case audit.TokenRevoked:
		return "REVOKED"
	case audit.TokenDisabled:
		return "DISABLED"
	case audit.TokenEnabled:
		return "ENABLED"
	}
	return ""
}

// eventActions lists the entries that are events of a token.
func eventActions() []audit.Action { return append(wire.EventActions(), audit.TokenReused) }

func newWireEvent(e audit.Entry) wireEvent {
	return wireEvent{
		ID: e.ID, TokenID: e.TokenID, Event: eventName(e.Action), Actor: wire.OptionalText(e.Actor),
		Metadata: metadata(e), OccurredAt: wire.Timestamp(e.At),
	}
}

// metadata gives what an event has beside its name, or nil.
func metadata(e audit.Entry) any {
	switch {
	case e.Action == audit.TokenIssued:
		return struct {
			FlowID    string `json:"flowId"`
			SessionID string `json:"sessionId"`
		}{e.Details["flow"], e.Details["session"]}
	case e.Reason != "":
		return struct {
			Reason string `json:"reason"`
		}{e.Reason}
	}
	return nil
}
