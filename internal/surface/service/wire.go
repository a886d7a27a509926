package service

import (
	"strconv"
	"time"

	"github.com/tokenwright/tokenwright/audit"
	"github.com/tokenwright/tokenwright/token"
)

// The members of these types stand in the order of the contract.

type wireToken struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"`
	Description    string     `json:"description"`
	TokenPrefix    string     `json:"tokenPrefix"`
	GroupEntityRef string     `json:"groupEntityRef"`
	Scopes         []string   `json:"scopes"`
	CreatedBy      string     `json:"createdBy"`
	CreatedAt      timestamp  `json:"createdAt"`
	ExpiresAt      timestamp  `json:"expiresAt"`
	LastUsedAt     *timestamp `json:"lastUsedAt"`
	RevokedAt      *timestamp `json:"revokedAt"`
	RevokedBy      *string    `json:"revokedBy"`
	Status         string     `json:"status"`
}

type wireIssued struct {
	Token    wireToken `json:"token"`
	RawToken string    `json:"rawToken"`
}

type wireList struct {
	Tokens []wireToken `json:"tokens"`
	Total  int         `json:"total"`
	Limit  int         `json:"limit"`
	Offset int         `json:"offset"`
}

type wireScope struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	Plugin      string `json:"plugin"`
}

type wireScopes struct {
	Scopes []wireScope `json:"scopes"`
}

type wireEvent struct {
	ID         string         `json:"id"`
	TokenID    string         `json:"tokenId"`
	Event      string         `json:"event"`
	Actor      *string        `json:"actor"`
	Metadata   map[string]any `json:"metadata"`
	OccurredAt timestamp      `json:"occurredAt"`
}

type wireEvents struct {
	Events []wireEvent `json:"events"`
	Total  int         `json:"total"`
	Limit  int         `json:"limit"`
	Offset int         `json:"offset"`
}

// timestamp is written YYYY-MM-DDTHH:mm:ss.sssZ: always three decimals,
// always UTC. What is finer is cut off.
type timestamp time.Time

// MarshalText implements encoding.TextMarshaler.
func (t timestamp) MarshalText() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000Z"), nil
}

func newWireToken(t token.Token, state token.State) wireToken {
	return wireToken{
		ID: t.ID, Name: t.Name, Description: t.Description, TokenPrefix: t.Hint,
		GroupEntityRef: t.Owner, Scopes: append([]string{}, t.Scopes...),
		CreatedBy: t.CreatedBy, CreatedAt: timestamp(t.CreatedAt), ExpiresAt: timestamp(t.ExpiresAt),
		LastUsedAt: optionalTime(t.LastUsedAt), RevokedAt: optionalTime(t.RevokedAt), RevokedBy: optionalText(t.RevokedBy),
		Status: string(state),
	}
}

// events names the entries of the log that the contract knows as events.
func eventName(action audit.Action) string {
	switch action {
	case audit.TokenIssued:
		return "created"
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

func newWireEvent(e audit.Entry) wireEvent {
	metadata := map[string]any{}
	switch {
	case e.Action == audit.TokenRevoked && e.Reason != "":
		metadata["reason"] = e.Reason
	case e.Action == audit.TokenRotated:
		seconds, _ := strconv.ParseInt(e.Details["overlapSeconds"], 10, 64)
		metadata["overlapSeconds"] = seconds
	}
	return wireEvent{
		ID: e.ID, TokenID: e.TokenID, Event: eventName(e.Action), Actor: optionalText(e.Actor),
		Metadata: metadata, OccurredAt: timestamp(e.At),
	}
}

func optionalTime(t time.Time) *timestamp {
	if t.IsZero() {
		return nil
	}
	out := timestamp(t)
	return &out
}

func optionalText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
