package wire

import "github.com/tokenwright/tokenwright/audit"

// The members of these types stand in the order of the contracts. T is what a
// contract says of a token, E of an event.

// Issued is a record with its secret, which is shown once.
type Issued[T any] struct {
	Token    T      `json:"token"`
	RawToken string `json:"rawToken"`
}

// List is a page of tokens, with the page's size and place as they were applied.
type List[T any] struct {
	Tokens []T `json:"tokens"`
	Total  int `json:"total"`
	Limit  int `json:"limit"`
	Offset int `json:"offset"`
}

// Events is a page of a token's history.
type Events[E any] struct {
	Events []E `json:"events"`
	Total  int `json:"total"`
	Limit  int `json:"limit"`
	Offset int `json:"offset"`
}

// Event is one of a token's history.
type Event struct {
	ID         string         `json:"id"`
	TokenID    string         `json:"tokenId"`
	Event      string         `json:"event"`
	Actor      *string        `json:"actor"`
	Metadata   map[string]any `json:"metadata"`
	OccurredAt Timestamp      `json:"occurredAt"`
}

// NewEvent makes an event of an entry of the log.
func NewEvent(e audit.Entry) Event {
	return Event{
		ID: e.ID, TokenID: e.TokenID, Event: EventName(e.Action), Actor: OptionalText(e.Actor),
		Metadata: EventMetadata(e), OccurredAt: Timestamp(e.At),
	}
}
